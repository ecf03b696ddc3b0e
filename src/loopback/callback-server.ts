/**
 * The callback from bound sockets to delivered page: `listen`, `receiver` and `app` put together for one login.
 * express is loaded once the turn of the event loop in which the sockets were bound is over, so that it stands between nobody and
 * the address; requests that come earlier wait for it.
 * What arrives by another way than the sockets (a pasted address) settles the same receiver: one answer, whatever comes first.
 */

import { randomBytes } from 'node:crypto';

import { LoopbackError } from '../words/errors.ts';
import { type Listener, listen } from './listen.ts';
import type { Page } from './pages.ts';
import { createReceiver, type Offer, type Reading, type Receiver } from './receiver.ts';

export interface CallbackServer<Value> {
  /** The redirect URI, with the port that is bound; without a listener the first one that has a port. */
  readonly redirectUri: string;
  /** Undefined where no port could be had, and another way than the browser's callback is at hand. */
  readonly listener: Listener | undefined;
  /** Why there is no listener. */
  readonly unheard: LoopbackError | undefined;
  /** Once what answers requests is loaded; at once where nobody listens. Never rejects. */
  readonly ready: Promise<void>;
  /** From now on a response that `read` accepts settles the login. Until then every callback is turned away. */
  expect(read: (query: URLSearchParams) => Reading<Value>): void;
  /** A query that came by another way than the sockets; nobody waits for a page then. */
  offer(query: string): Pick<Offer<unknown>, 'kind'> & { readonly reason?: string };
  /**
   * An address here with a name that nobody can guess, which leads to `url`: `once`, for what other programs can see, or as
   * often as a person opens it. Without a listener it is `url` itself.
   */
  startLink(url: string, uses: 'once' | 'always'): string;
  /** The first right response. */
  readonly settled: Promise<Value>;
  /** Sends every held browser to this page, under a one-time address. */
  conclude(page: Page): void;
  /** Resolves when a browser has fetched the page. */
  readonly delivered: Promise<void>;
  /** Whether a browser is held, and so whether there is anybody to deliver a page to. */
  readonly hasAudience: boolean;
  /** Whether somebody is connected: a browser that comes late, after another way has won. */
  isBusy(): boolean;
  close(): Promise<void>;
}

/**
 * Binds the sockets. What answers them is loaded in the next turn of the event loop.
 * @param onTurnedAway hears why a request changed nothing
 * @param listener `wanted`: go on without one where no port can be had
 * @throws LoopbackError `ERR_NO_CALLBACK_PORT` where a listener is demanded
 */
export async function openCallbackServer<Value>(
  redirectUris: readonly string[],
  onTurnedAway: (reason: string) => void,
  demand: 'demanded' | 'wanted' = 'demanded',
): Promise<CallbackServer<Value>> {
  let read: (query: URLSearchParams) => Reading<Value> = () => ({
    kind: 'stray',
    reason: 'nothing is expected yet',
  });
  let concluded: { path: string; page: Page } | undefined;
  const starts = new Map<string, { url: string; uses: 'once' | 'always' }>();
  let hasAudience = false;
  let deliver: () => void = () => undefined;
  const delivered = new Promise<void>((resolve) => {
    deliver = resolve;
  });
  const receiver: Receiver<Value, { path: string; page: Page }> = createReceiver(
    (query) => read(query),
    onTurnedAway,
  );
  const bound = await bind();
  const listener = bound instanceof LoopbackError ? undefined : bound;
  const redirectUri = listener?.redirectUri ?? withRealPort(redirectUris) ?? '';
  const app = listener && loadApp(listener);

  async function bind(): Promise<Listener | LoopbackError> {
    try {
      return await listen(redirectUris, (request, response) => {
        app?.then(
          (handle) => handle(request, response),
          () => response.destroy(),
        );
      });
    } catch (thrown) {
      if (demand === 'wanted' && thrown instanceof LoopbackError) return thrown;
      throw thrown;
    }
  }

  async function loadApp({ port }: Listener) {
    await new Promise(setImmediate);
    const { createApp } = await import('./app.ts');
    return createApp({
      callbackPath: new URL(redirectUri).pathname,
      port,
      offer(query) {
        const offer = receiver.offer(query);
        hasAudience ||= offer.kind === 'held';
        return offer;
      },
      takeStart(path) {
        const start = starts.get(path);
        if (start?.uses === 'once') starts.delete(path);
        return start?.url;
      },
      resultAt: (path) => (path === concluded?.path ? concluded.page : undefined),
      onResultDelivered: deliver,
      onTurnedAway,
    });
  }

  return {
    redirectUri,
    listener,
    ready: Promise.resolve(app).then(nothing, nothing),
    unheard: bound instanceof LoopbackError ? bound : undefined,
    expect(reader) {
      read = reader;
    },
    offer: (query) => receiver.offer(query),
    startLink(url, uses) {
      if (listener === undefined) return url;
      const path = oneTimePath();
      starts.set(path, { url, uses });
      return new URL(path, redirectUri).href;
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
    isBusy: () => listener?.isBusy() ?? false,
    close: async () => listener?.close(),
  };
}

function nothing(): void {}

/** Where nobody listens, the address is only to be pasted: it still has to be one that a browser goes to. */
function withRealPort(redirectUris: readonly string[]): string | undefined {
  return redirectUris.find((uri) => new URL(uri).port !== '0') ?? redirectUris[0];
}

/** A name that nobody can guess: 128 bits. */
function oneTimePath(): string {
  return `/${randomBytes(16).toString('base64url')}`;
}
