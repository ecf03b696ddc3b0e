/** The door `codex-login/store`: credential stores without a login. Loads neither express nor openid-client. */

export { LoginError, StoreError } from '../errors.ts';
export type { Clock, EpochMs } from '../ports.ts';
export { systemClock } from '../system.ts';
export { type LoginToRecord, type RecordedLogin, recordLogin } from './edits.ts';
export { type FileStoreOptions, openFileStore } from './file-store.ts';
export { openMemoryStore } from './memory-store.ts';
export { clearOrder, setOrder } from './order-edits.ts';
export type {
  AuthProfiles,
  CommitDecision,
  CommitOptions,
  OAuthProfile,
  ProfileStore,
  StoredProfile,
  StoreInfo,
  UsageStats,
} from './profile-store.ts';
export {
  type ReasonCode,
  type RoutingConfiguration,
  type Selection,
  selectProfiles,
  type Verdict,
} from './selection.ts';
