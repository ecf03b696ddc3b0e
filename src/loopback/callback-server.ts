/**
 * The callback from bound sockets to delivered page: `listen`, `receiver` and `app` put together for one login.
 * express is loaded after the sockets are bound; requests that come earlier wait for it.
 */

import { randomBytes } from 'node:crypto';

import { type Listener, listen } from './listen.ts';
import type { Page } from './pages.ts';
import { createReceiver, type Reading, type Receiver } from './receiver.ts';

export interface CallbackServer<Value> {
  readonly listener: Listener;
  /** From now on a response that `read` accepts settles the login. Until then every callback is turned away. */
  expect(read: (query: URLSearchParams) => Reading<Value>): void;
  /** A one-time address here that leads to `url` once: what other programs may see instead of it. */
  startLink(url: string): string;
  /** The first right response. */
  readonly settled: Promise<Value>;
  /** Sends every held browser to this page, under a one-time address. */
  conclude(page: Page): void;
  /** Resolves when a browser has fetched the page. */
  readonly delivered: Promise<void>;
  /** Whether a browser is held, and so whether there is anybody to deliver a page to. */
  readonly hasAudience: boolean;
  close(): Promise<void>;
}

/**
 * Binds the sockets and starts loading what answers them.
 * @param onTurnedAway hears why a request changed nothing
 * @throws LoopbackError `ERR_NO_CALLBACK_PORT`
 */
export async function openCallbackServer<Value>(
  redirectUris: readonly string[],
  onTurnedAway: (reason: string) => void,
): Promise<CallbackServer<Value>> {
  let read: (query: URLSearchParams) => Reading<Value> = () => ({
    kind: 'stray',
    reason: 'nothing is expected yet',
  });
  let concluded: { path: string; page: Page } | undefined;
  let start: { path: string; url: string } | undefined;
  let hasAudience = false;
  let deliver: () => void = () => undefined;
  const delivered = new Promise<void>((resolve) => {
    deliver = resolve;
  });
  const receiver: Receiver<Value, { path: string; page: Page }> = createReceiver(
    (query) => read(query),
    onTurnedAway,
  );
  const listener = await listen(redirectUris, (request, response) => {
    app.then(
      (handle) => handle(request, response),
      () => response.destroy(),
    );
  });
  const app = loadApp();

  async function loadApp() {
    const { createApp } = await import('./app.ts');
    return createApp({
      callbackPath: new URL(listener.redirectUri).pathname,
      port: listener.port,
      offer(query) {
        const offer = receiver.offer(query);
        hasAudience ||= offer.kind === 'held';
        return offer;
      },
      takeStart(path) {
        if (path !== start?.path) return undefined;
        const { url } = start;
        start = undefined;
        return url;
      },
      resultAt: (path) => (path === concluded?.path ? concluded.page : undefined),
      onResultDelivered: deliver,
      onTurnedAway,
    });
  }

  return {
    listener,
    expect(reader) {
      read = reader;
    },
    startLink(url) {
      start = { path: oneTimePath(), url };
      return new URL(start.path, listener.redirectUri).href;
    },
    settled: receiver.settled,
    conclude(page) {
      concluded ??= { path: oneTimePath(), page };
      receiver.conclude(concluded);
    },
    delivered,
    get hasAudience() {
      return hasAudience;
    },
    close: () => listener.close(),
  };
}

/** A name that nobody can guess: 128 bits. */
function oneTimePath(): string {
  return `/${randomBytes(16).toString('base64url')}`;
}
