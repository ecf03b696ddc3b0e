/**
 * The door of the mock: a strict authorization server with faults on demand, and stand-in browsers. No logic.
 */

export type { Account, AccountChoice } from './accounts.ts';
export { defaultAccounts } from './accounts.ts';
export type { Approver, PendingApproval } from './approvals.ts';
export type {
  AuthorizationServer,
  AuthorizationServerOptions,
  DevicePerson,
  VirtualAuthorizationServer,
} from './authorization-server.ts';
export { startAuthorizationServer } from './authorization-server.ts';
export type { MockClock, VirtualClock } from './clock.ts';
export { createVirtualClock, realClock } from './clock.ts';
export type { ConformanceName } from './conformance-names.ts';
export { conformanceNames } from './conformance-names.ts';
export type { Control, ControlOptions } from './control.ts';
export { startControl } from './control.ts';
export type { ExchangeKind, Journal, JournalEntry } from './journal.ts';
export type { GuardedPlaces, Leak } from './leaks.ts';
export { findLeaks, guardSecrets, SecretLeakError } from './leaks.ts';
export type { TokenRecord, TokenState, TokenUse } from './lineage.ts';
export type { MatcherResult, MockMatchers } from './matchers.ts';
export { matchers } from './matchers.ts';
export type { VisitedPage } from './navigation.ts';
export type { ProfileName, ProfilePaths, ServerProfile } from './profiles.ts';
export { profiles } from './profiles.ts';
export type { ProgramOptions, ProgramRun } from './program.ts';
export { runProgram } from './program.ts';
export type { Scenario, ScenarioEndpoint } from './scenario.ts';
export type { ScenarioName } from './scenarios.ts';
export { scenarios } from './scenarios.ts';
export type { Strictness, StrictRule } from './strictness.ts';
export { strictness } from './strictness.ts';
export type { TlsFront, TlsFrontOptions, TunnelEntry } from './tls-front.ts';
export { startTlsFront } from './tls-front.ts';
export type { TunnelScenarioName } from './tunnel-faults.ts';
export { tunnelScenarios } from './tunnel-faults.ts';
export type { OpenUrl, UserAgent, UserAgentOptions } from './user-agent.ts';
export { createUserAgent, forbiddenUserAgent } from './user-agent.ts';
