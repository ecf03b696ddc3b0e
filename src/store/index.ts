/** The door `codex-login/store`: credential stores without a login. Loads neither express nor openid-client. */

export { systemClock } from '../system.ts';
export { LoginError, StoreError } from '../words/errors.ts';
export type { Clock, EpochMs } from '../words/ports.ts';
export { type LoginToRecord, type RecordedLogin, recordLogin } from './edits/login.ts';
export { clearOrder, setOrder } from './edits/order.ts';
export {
  type ClaimOutcome,
  claimRefresh,
  isClaimed,
  isDead,
  type RefusalOutcome,
  refuseRefresh,
  releaseRefresh,
  type SettleOutcome,
  settleRefresh,
} from './edits/refresh.ts';
export { type FileStoreOptions, openFileStore } from './file/file-store.ts';
export { openMemoryStore } from './memory-store.ts';
export { openPostgresStore, type PostgresStoreOptions } from './postgres/postgres-store.ts';
export type {
  AuthProfiles,
  CommitDecision,
  CommitOptions,
  DeadMark,
  ExclusionOptions,
  OAuthProfile,
  ProfileStore,
  RefreshClaim,
  StoredProfile,
  StoreInfo,
  UsageStats,
} from './profile-store.ts';
export { createKeyRing, type KeyRing, parseKeyRing } from './sealing/key-ring.ts';
export type { SealingKey } from './sealing/seal.ts';
export {
  type ReasonCode,
  type RoutingConfiguration,
  type Selection,
  selectProfiles,
  type Verdict,
} from './selection.ts';
