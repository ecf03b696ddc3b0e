/** A whole login in this process against the mock, with a stand-in for the browser, watched for leaks. */

// What a login loads late is loaded here: in the test runner, unlike in Node.js, two imports at once can wait for each other for good.
import '../../src/credential/issued-by.ts';
import '../../src/login/preflight.ts';
import '../../src/login/preparation.ts';
import '../../src/login/ways.ts';
import '../../src/login/ways/device.ts';
import '../../src/login/ways/paste.ts';
import '../../src/loopback/app.ts';
import '../../src/loopback/pages.ts';
import '../../src/oauth/configuration.ts';

import { inspect } from 'node:util';
import { expect, onTestFinished } from 'vitest';

import {
  type Account,
  type AuthorizationServer,
  createUserAgent,
  type ScenarioName,
  startAuthorizationServer,
  type UserAgent,
} from '../../mocks/index.ts';
import { type LoginOptions, type LoginResult, login } from '../../src/login.ts';
import { openaiCodex } from '../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../src/provider/overrides.ts';
import { openMemoryStore } from '../../src/store/memory-store.ts';
import type { ProfileStore } from '../../src/store/profile-store.ts';
import type { LoginError } from '../../src/words/errors.ts';
import type { LoginEvent } from '../../src/words/events.ts';

export interface SignInOptions extends LoginOptions {
  scenario?: ScenarioName | undefined;
  /** How often the scenario applies; once by default. */
  times?: number;
  discover?: boolean;
  accounts?: readonly Account[];
  server?: AuthorizationServer;
  agent?: UserAgent;
  /** Sends another browser to the page when the first one was turned away, as a person would. */
  again?: boolean;
}

export interface SignedIn {
  server: AuthorizationServer;
  agent: UserAgent;
  store: ProfileStore;
  events: LoginEvent[];
  result?: LoginResult;
  error?: LoginError;
}

export async function signIn(options: SignInOptions = {}): Promise<SignedIn> {
  const { scenario, times = 1, discover, accounts, again, ...loginOptions } = options;
  const server = options.server ?? (await startAuthorizationServer(accounts ? { accounts } : {}));
  onTestFinished(() => server.close());
  if (scenario) server.scenario(scenario, { times });
  const agent = options.agent ?? createUserAgent();
  const store = options.store ?? openMemoryStore();
  const events: LoginEvent[] = [];
  const openUrl: LoginOptions['openUrl'] = async (url, signal) => {
    if (again) agent.settled.catch(() => createUserAgent().openUrl(url));
    return agent.openUrl(url, signal);
  };
  const outcome = await login({
    provider: overrideProvider(openaiCodex, {
      issuer: server.issuer,
      port: 0,
      ...(discover ? { discover, clientId: server.clientId } : {}),
    }),
    openUrl,
    ...loginOptions,
    store,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
  }).then(
    (result) => ({ result }),
    (error: LoginError) => ({ error }),
  );
  // The walk ends a moment after the login that it belongs to.
  if (agent.visited.length > 0) await agent.settled.catch(() => undefined);
  expectNoSecret(server, [
    outcome,
    events.filter(({ type }) => type !== 'authorization_url'),
    agent.lastPage()?.html,
  ]);
  return { server, agent, store, events, ...outcome };
}

/** The secret law: nothing that the server ever called secret shows up in what can be looked at. */
export function expectNoSecret(server: AuthorizationServer, things: readonly unknown[]): void {
  const shown = things
    .map((thing) =>
      typeof thing === 'string'
        ? thing
        : inspect(thing, { depth: 12, showHidden: true, maxStringLength: null }),
    )
    .join('\n');
  const leaked = server.journal.secrets().filter((secret) => secret.length > 8 && shown.includes(secret));
  expect(leaked.map((secret) => server.journal.label(secret))).toEqual([]);
}
