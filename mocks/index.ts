/**
 * The door of the mock: a strict authorization server with faults on demand, and stand-in browsers. No logic.
 */

export type { Account } from './accounts.ts';
export type {
  AuthorizationServer,
  AuthorizationServerOptions,
  DevicePerson,
} from './authorization-server.ts';
export { startAuthorizationServer } from './authorization-server.ts';
export type { MockClock, VirtualClock } from './clock.ts';
export { createVirtualClock, realClock } from './clock.ts';
export type { Journal, JournalEntry } from './journal.ts';
export type { VisitedPage } from './navigation.ts';
export type { Scenario, ScenarioEndpoint } from './scenario.ts';
export type { ScenarioName } from './scenarios.ts';
export { scenarios } from './scenarios.ts';
export type { TlsFront, TlsFrontOptions, TunnelEntry } from './tls-front.ts';
export { startTlsFront } from './tls-front.ts';
export type { TunnelScenarioName } from './tunnel-faults.ts';
export { tunnelScenarios } from './tunnel-faults.ts';
export type { OpenUrl, UserAgent, UserAgentOptions } from './user-agent.ts';
export { createUserAgent, forbiddenUserAgent } from './user-agent.ts';
