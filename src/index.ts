/** The door `codex-login`: what an embedder uses. Names only, no logic. */

export {
  type CredentialStore,
  type CredentialStoreOptions,
  openCredentialStore,
} from './agents/credential-store.ts';
export {
  type Diagnosis,
  type DoctorOptions,
  diagnose,
  type PlannedChange,
  planRepair,
  type Repair,
  repair,
} from './doctor.ts';
export { type LoginOptions, type LoginResult, login } from './login.ts';
export { type LogoutOptions, type LogoutResult, logout } from './logout.ts';
export { type Network, type NetworkOptions, openNetwork, type Preflight } from './network/index.ts';
export { openaiChatgpt } from './provider/openai-chatgpt.ts';
export { openaiCodex } from './provider/openai-codex.ts';
export { overrideProvider, type ProviderOverrides } from './provider/overrides.ts';
export type { IssuedClient, ProviderProfile } from './provider/provider.ts';
export { providers } from './provider/providers.ts';
export { type Credential, type CredentialOptions, requireCredential } from './require-credential.ts';
export { type Resolution, type Routability, resolveCredential } from './resolver.ts';
export { type SharedLoginOptions, sharedLogin } from './shared-login.ts';
export type { ProfileStore } from './store/profile-store.ts';
export type { RoutingConfiguration, Verdict } from './store/selection.ts';
export {
  type KeepSynchronizedOptions,
  keepSynchronized,
  type Synchronized,
  type SynchronizeOptions,
  synchronize,
} from './synchronize.ts';
export { ConnectionError, type Hop } from './words/connection-error.ts';
export {
  AuthorizationError,
  CredentialError,
  type ErrorCode,
  EXIT_STATUS,
  IdentityError,
  LoginError,
  LoopbackError,
  type PortAttempt,
  type PortHolder,
  StoreError,
  TokenError,
} from './words/errors.ts';
export type { LoginEvent, SynchronizeEvent } from './words/events.ts';
export type { Finding, FindingId, Severity } from './words/findings.ts';
export type {
  Clock,
  Environment,
  EpochMs,
  Fetch,
  OpenUrl,
  OpenUrlOutcome,
  PasteInput,
  RandomBytes,
} from './words/ports.ts';
