/**
 * The door of the mock: a strict authorization server with faults on demand, and stand-in browsers. No logic.
 */

export type {
  AuthorizationServer,
  AuthorizationServerOptions,
  DevicePerson,
  VirtualAuthorizationServer,
} from './authorization-server.ts';
export { startAuthorizationServer } from './authorization-server.ts';
export type { MockClock, VirtualClock } from './clock.ts';
export { createVirtualClock, realClock } from './clock.ts';
export type { Control, ControlOptions } from './control/control.ts';
export { startControl } from './control/control.ts';
export type { Account, AccountChoice } from './grants/accounts.ts';
export { defaultAccounts } from './grants/accounts.ts';
export type { Approver, PendingApproval } from './grants/approvals.ts';
export type { ExchangeKind, Journal, JournalEntry } from './journal/journal.ts';
export type { GuardedPlaces, Leak } from './journal/leaks.ts';
export { findLeaks, guardSecrets, SecretLeakError } from './journal/leaks.ts';
export type { TokenRecord, TokenState, TokenUse } from './journal/lineage.ts';
export type { MatcherResult, MockMatchers } from './journal/matchers.ts';
export { matchers } from './journal/matchers.ts';
export type { VisitedPage } from './person/navigation.ts';
export type { ProgramOptions, ProgramRun } from './person/program.ts';
export { runProgram } from './person/program.ts';
export type { OpenUrl, UserAgent, UserAgentOptions } from './person/user-agent.ts';
export { createUserAgent, forbiddenUserAgent } from './person/user-agent.ts';
export type { ProfileName, ProfilePaths, ServerProfile } from './profiles.ts';
export { profiles } from './profiles.ts';
export type { ConformanceName } from './scenarios/conformance-names.ts';
export { conformanceNames } from './scenarios/conformance-names.ts';
export type { Scenario, ScenarioEndpoint } from './scenarios/scenario.ts';
export type { ScenarioName } from './scenarios/table.ts';
export { scenarios } from './scenarios/table.ts';
export type { Strictness, StrictRule } from './strictness/rules.ts';
export { strictness } from './strictness/rules.ts';
export type { TlsFront, TlsFrontOptions, TunnelEntry } from './tls/front.ts';
export { startTlsFront } from './tls/front.ts';
export type { TunnelScenarioName } from './tls/tunnel-faults.ts';
export { tunnelScenarios } from './tls/tunnel-faults.ts';
