/**
 * Starts and closes the mock authorization server: one socket on 127.0.0.1, laid out as OpenAI's server is.
 * It wires the parts together; what each endpoint answers is its own file's business.
 */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createVirtualClock, type MockClock, realClock, type VirtualClock } from './clock.ts';
import { firstAccount } from './endpoints/token-endpoint.ts';
import { type Account, type AccountChoice, chooseAccount, defaultAccounts } from './grants/accounts.ts';
import { type Approver, createApprovals } from './grants/approvals.ts';
import { createClients } from './grants/clients.ts';
import { createDeviceCodes, type Decision, type DeviceCodes } from './grants/device-codes.ts';
import { createGrants } from './grants/grants.ts';
import { createApp } from './http/app.ts';
import { createCourier } from './http/delivery.ts';
import { createJournal, type Journal, type JournalEntry } from './journal/journal.ts';
import { type ProfileName, profileOf, type ServerProfile } from './profiles.ts';
import type { ConformanceName } from './scenarios/conformance-names.ts';
import { createFaults } from './scenarios/faults.ts';
import type { ScenarioName } from './scenarios/table.ts';
import { type Strictness, strictBut } from './strictness/rules.ts';

/** What the mock may be told. Everything has a default: a free port, OpenAI's layout, approval at once. */
export interface AuthorizationServerOptions {
  /** 0 by default: a free one. */
  port?: number;
  /** What the server calls itself; `http://127.0.0.1:<port>` by default. No trailing slash. */
  issuer?: string;
  /** What kind of server it is: `openai-codex` by default, `openai-chatgpt`, `generic-oidc`, or one described by yourself. */
  profile?: ProfileName | ServerProfile;
  /** The one client it knows, or by which it registers others; the profile's by default. */
  clientId?: string;
  /** What it shall not be strict about, by name (see `strictness`); on top of what the profile tolerates. */
  lenient?: readonly Strictness[];
  /** A fault for the server's whole life. */
  scenario?: ScenarioName | ConformanceName;
  /**
   * Who is asked: nobody (`auto` signs the first account in at once, on another device too), a person on a page, or the test
   * (`manual`: every request waits for `approve()` or `deny()`).
   */
  approve?: 'auto' | 'page' | 'manual';
  /**
   * Only the registered redirect URIs: `localhost` and `127.0.0.1`, ports 1455 and 1457, path
   * `/auth/callback`. Otherwise any port of a loopback address as well (RFC 8252 §7.3).
   */
  fixedPorts?: boolean;
  /** Seconds between two polls for a device code, as announced and enforced; 5 by default. */
  deviceIntervalSeconds?: number;
  /** At least one; two made-up people by default, one of them in two workspaces. */
  accounts?: readonly Account[];
  /** `virtual` stands still until `server.clock.advance('10d')`; slow answers wait for it, too. The machine's by default. */
  clock?: MockClock | 'virtual';
  /**
   * How many of the latest requests are remembered; 10,000 by default. What no request has carried for longer is forgotten with
   * them: its secrets, and codes and tokens, which are unknown from then on. So a server may run for weeks.
   */
  remember?: number;
  /** Called with every request's journal entry, before its answer is sent. */
  onExchange?: (entry: JournalEntry) => void;
}

/** A running mock: where it is, what it saw, and what it is to do next. Whoever started it closes it. */
export interface AuthorizationServer extends Approver {
  readonly issuer: string;
  /** The bound port, which an `issuer` of another name does not tell. */
  readonly port: number;
  readonly clientId: string;
  readonly journal: Journal;
  readonly clock: MockClock;
  /**
   * Arms a fault for the next request it applies to, or the next `times`; Infinity makes it the rule, 0
   * takes it away. Those of one endpoint are met in the order they were armed.
   */
  scenario(name: ScenarioName | ConformanceName, options?: { times?: number }): void;
  /** The person with the other device: answers for the page. */
  readonly device: DevicePerson;
  /** Stops listening and ends every open connection, answered or not. */
  close(): Promise<void>;
  /** `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A server whose clock is the test's. */
export interface VirtualAuthorizationServer extends AuthorizationServer {
  readonly clock: VirtualClock;
}

/** Both throw a RangeError for a code that nobody waits for: unknown, expired, or used. */
export interface DevicePerson {
  /** Signs in with the code: as this account, by default the first. */
  approve(userCode: string, choice?: AccountChoice): void;
  /** Refuses. */
  deny(userCode: string): void;
}

/**
 * A mock authorization server, ready for requests.
 * @throws the system's error where the port is taken (`EADDRINUSE`)
 */
export function startAuthorizationServer(
  options: AuthorizationServerOptions & { clock: 'virtual' | VirtualClock },
): Promise<VirtualAuthorizationServer>;
export function startAuthorizationServer(options?: AuthorizationServerOptions): Promise<AuthorizationServer>;
export async function startAuthorizationServer(
  options: AuthorizationServerOptions = {},
): Promise<AuthorizationServer> {
  const { accounts = defaultAccounts, approve = 'auto', fixedPorts = false } = options;
  const clock = options.clock === 'virtual' ? createVirtualClock() : (options.clock ?? realClock);
  const profile = profileOf(options.profile ?? 'openai-codex');
  const { clientId = profile.clientId } = options;
  const strict = strictBut([...profile.lenient, ...(options.lenient ?? [])]);
  const journal = createJournal(() => clock.now(), options.onExchange, options.remember ?? 10_000);
  const approvals = createApprovals();
  const faults = createFaults();
  const courier = createCourier(clock);
  if (options.scenario !== undefined) faults.arm(options.scenario, Number.POSITIVE_INFINITY);

  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  const issuer = options.issuer ?? `http://127.0.0.1:${port}`;
  const grants = createGrants(clock, journal, strict, () => firstAccount({ accounts, clock }));
  const devices = createDeviceCodes(clock, journal, {
    signsIn: approve === 'auto' ? accounts[0] : undefined,
    intervalSeconds: options.deviceIntervalSeconds ?? 5,
    strict,
    onIssue: ({ userCode, scope }, settle, isOpen) =>
      approvals.hold({ kind: 'device', scope, userCode, accounts }, settle, isOpen),
  });
  const context = {
    issuer,
    clientId,
    clients: createClients(clientId, profile),
    profile,
    strict,
    accounts,
    approve,
    approvals,
    fixedPorts,
    clock,
    journal,
    faults,
    grants,
    devices,
  };
  server.on('request', createApp(context, courier));

  const close = () => {
    courier.close();
    return stop(server);
  };
  return {
    issuer,
    port,
    clientId,
    journal,
    clock,
    scenario: (name, { times = 1 } = {}) => faults.arm(name, times),
    device: personWith(devices, accounts),
    pending: approvals.pending,
    approve: approvals.approve,
    deny: approvals.deny,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function personWith(devices: DeviceCodes, accounts: readonly Account[]): DevicePerson {
  const decide = (userCode: string, decision: Decision) => {
    const outcome = devices.decide(userCode, decision, true);
    if (outcome !== 'decided') throw new RangeError(`Nobody waits for this user code: it is ${outcome}.`);
  };
  return {
    approve: (userCode, choice) => decide(userCode, { account: chooseAccount(accounts, choice) }),
    deny: (userCode) => decide(userCode, 'denied'),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Closing twice is fine. */
function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
