/**
 * A login in this process that waits for a real browser: the test opens its URL and looks at what comes of it.
 * Ends with the test, and what the server called secret is then in no event and no outcome.
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';

import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from '../../mocks/index.ts';
import { type LoginOptions, type LoginResult, login } from '../../src/login.ts';
import { openaiCodex } from '../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../src/provider/overrides.ts';
import type { ProviderProfile } from '../../src/provider/provider.ts';
import { openMemoryStore } from '../../src/store/memory-store.ts';
import type { LoginError } from '../../src/words/errors.ts';
import type { LoginEvent } from '../../src/words/events.ts';
import { expectNoSecret } from '../support/sign-in.ts';

export type Outcome = { result: LoginResult; error?: never } | { error: LoginError; result?: never };

export interface PendingLogin {
  server: AuthorizationServer;
  /** The authorization URL, handed to the browser as `openUrl` would. */
  url: string;
  /** Where the callback is awaited, as it was bound: `http://localhost:<port>`. */
  origin: string;
  port: number;
  events: LoginEvent[];
  outcome: Promise<Outcome>;
  /** Whether it has ended, one way or the other. */
  ended(): boolean;
}

export interface PendingLoginOptions extends Omit<LoginOptions, 'openUrl' | 'signal' | 'provider'> {
  /** The mock; one of its own by default. */
  server?: AuthorizationServer | AuthorizationServerOptions;
  /** The callback's port; any free one by default. */
  port?: number;
  redirectUris?: ProviderProfile['redirectUris'];
}

export async function startLogin(options: PendingLoginOptions = {}): Promise<PendingLogin> {
  const { server: given = {}, port = 0, redirectUris, ...loginOptions } = options;
  const server = 'issuer' in given && 'journal' in given ? given : await startAuthorizationServer(given);
  onTestFinished(() => server.close());
  const provider = overrideProvider(openaiCodex, { issuer: server.issuer, port });
  const controller = new AbortController();
  const events: LoginEvent[] = [];
  let ended = false;
  let outcome: Promise<Outcome> = Promise.reject();
  outcome.catch(() => undefined);
  const url = await new Promise<string>((resolve, reject) => {
    outcome = login({
      store: openMemoryStore(),
      ...loginOptions,
      provider: redirectUris === undefined ? provider : { ...provider, redirectUris },
      signal: controller.signal,
      onEvent: (event) => events.push(event),
      openUrl: async (toOpen) => {
        resolve(toOpen);
        return { opened: true };
      },
    }).then(
      (result) => ({ result }),
      (error: LoginError) => ({ error }),
    );
    outcome.then(({ error }) => {
      ended = true;
      reject(error ?? new Error('The login ended before it opened a URL.'));
    });
  });
  onTestFinished(async () => {
    controller.abort();
    const told = events.filter(({ type }) => type !== 'authorization_url');
    expectNoSecret(server, [await outcome, told]);
  });
  const { origin, port: bound } = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
  return { server, url, origin, port: Number(bound), events, outcome, ended: () => ended };
}

/** How many requests for tokens the server saw. */
export function exchanges({ journal }: AuthorizationServer): number {
  return journal.entries.filter(({ path }) => path === '/oauth/token').length;
}

/** Where the server would send the browser: the callback with the code and the state that are awaited. */
export async function awaitedCallback({ url }: PendingLogin): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  return answer.headers.get('location') ?? '';
}

export interface Arrival {
  port: number;
  method: string;
  target: string;
  headers: IncomingMessage['headers'];
}

/** Every request that reaches a server of this process, favicons too, which the browser's own record leaves out. */
export function watchArrivals(): Arrival[] {
  const arrivals: Arrival[] = [];
  const onStart = (message: unknown) => {
    const { method = '', url = '', headers, socket } = (message as { request: IncomingMessage }).request;
    arrivals.push({ port: socket.localPort ?? 0, method, target: url, headers });
  };
  subscribe('http.server.request.start', onStart);
  onTestFinished(() => void unsubscribe('http.server.request.start', onStart));
  return arrivals;
}
