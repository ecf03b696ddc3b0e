/** The door `codex-login/store`: credential stores without a login. Loads neither express nor openid-client. */

export { LoginError, StoreError } from '../errors.ts';
export type { Clock, EpochMs } from '../ports.ts';
export { systemClock } from '../system.ts';
export { type LoginToRecord, type RecordedLogin, recordLogin } from './edits.ts';
export { type FileStoreOptions, openFileStore } from './file-store.ts';
export { createKeyRing, type KeyRing, parseKeyRing } from './key-ring.ts';
export { openMemoryStore } from './memory-store.ts';
export { clearOrder, setOrder } from './order-edits.ts';
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
} from './refresh-edits.ts';
export type { SealingKey } from './seal.ts';
export {
  type ReasonCode,
  type RoutingConfiguration,
  type Selection,
  selectProfiles,
  type Verdict,
} from './selection.ts';
