/**
 * The person's part of a login: the browser that is opened for them, the ways in which their answer can arrive, the page that is
 * kept up. It decides which ways there are; how they race, `ways` decides.
 */

import type { CallbackServer } from '../loopback/callback-server.ts';
import type { SuccessFacts } from '../loopback/pages.ts';
import type { AuthorizationRequest } from '../oauth/authorization-request.ts';
import { parseAuthorizationResponse } from '../oauth/authorization-response.ts';
import type { Authorized } from '../oauth/authorized.ts';
import type { ServerMetadata } from '../oauth/metadata.ts';
import { systemOpenUrl, systemOpenUrlAnyway } from '../system.ts';
import { aborted, rejectOnAbort, startDeadline } from '../words/deadline.ts';
import type { LoginError } from '../words/errors.ts';
import type { LoginSettings } from './options.ts';
import type { Report } from './report.ts';
import type { Way } from './ways.ts';

/** What settles a login: the person's yes, or why there is none; never a stray. */
export type Answer = Authorized | { readonly kind: 'failure'; readonly error: LoginError };

/** One attempt: what was asked of whom. */
export interface Attempt {
  readonly request: AuthorizationRequest;
  readonly metadata: ServerMetadata;
}

/** How long the result page is kept up for a browser that does not come for it. */
const PAGE_LINGER_MS = 3_000;
/** The same once the person wants to be gone: enough for a browser that is following the redirect. */
const HURRIED_LINGER_MS = 1_000;

/**
 * A browser that does not open is an event: the URL is there to be opened by hand. Nothing waits for it.
 * @param reachable nobody is sent to a server that our own requests would not reach
 */
export function showBrowser(
  url: string,
  callback: Pick<CallbackServer<Answer>, 'startLink'>,
  { openUrl }: LoginSettings,
  report: Report,
  ended: AbortSignal,
  reachable: Promise<void>,
): void {
  if (openUrl === false) {
    report.emit({ type: 'browser', opened: false, reason: 'not asked for' });
    return;
  }
  // What the system starts can be seen by everybody in the list of processes: it gets an address without `state`.
  const shown =
    openUrl === systemOpenUrl || openUrl === systemOpenUrlAnyway ? callback.startLink(url, 'once') : url;
  const failed = { opened: false, reason: 'the browser could not be started' } as const;
  const opening = reachable.then(() =>
    ended.aborted ? undefined : openUrl(shown, ended).catch(() => failed),
  );
  opening.then(
    (outcome) => {
      if (outcome !== undefined && !ended.aborted) report.emit({ type: 'browser', ...outcome });
    },
    // The server cannot be reached: that ends the login, which says so itself.
    () => undefined,
  );
}

/** From now on the response to this attempt settles the login, and every other one is turned away. */
export function expectAnswer(
  callback: CallbackServer<Answer>,
  { request, metadata }: Attempt,
  { provider }: LoginSettings,
): void {
  const { stateSuffixes } = provider;
  const issuesClient = asksForClient(provider, request);
  callback.expect((query) => {
    const response = parseAuthorizationResponse(query, { request, metadata, stateSuffixes, issuesClient });
    if (response.kind === 'stray') return response;
    const value = response.kind === 'code' ? { ...response, request } : response;
    return { kind: 'settles', value };
  });
}

/** Whether a client is registered on the way, which the answer then names. */
function asksForClient(provider: LoginSettings['provider'], { clientId }: AuthorizationRequest): boolean {
  return provider.issuedClient !== undefined && clientId === provider.clientId;
}

/** The browser's callback where it can arrive, what is pasted where a person can paste, a device code where it was chosen. */
export function waysOf(
  callback: CallbackServer<Answer>,
  attempt: Attempt,
  settings: LoginSettings,
  report: Report,
): Way<Answer>[] {
  const { paste, device, clock, exchangeTimeoutMs } = settings;
  const callbackWay: Way<Answer> = (signal) => Promise.race([callback.settled, aborted(signal)]);
  const pasteWay = (input: NonNullable<typeof paste>): Way<Answer> => {
    return async (signal) => {
      const { readPastes } = await import('./ways/paste.ts');
      const needsAddress =
        attempt.metadata.issParameterSupported || asksForClient(settings.provider, attempt.request);
      const context = { input, ...attempt, needsAddress, offer: callback.offer };
      return (await readPastes(context, signal)) ? callback.settled : undefined;
    };
  };
  const deviceWay: Way<Answer> = async (signal) => {
    const { waitForDevice } = await import('./ways/device.ts');
    const deadline = startDeadline(clock, exchangeTimeoutMs, signal);
    const context = { ...settings, metadata: attempt.metadata, deadline };
    return waitForDevice(context, (code) => report.emit({ type: 'device_code', ...code }), signal);
  };
  return [
    ...(callback.listener === undefined ? [] : [callbackWay]),
    ...(paste === undefined ? [] : [pasteWay(paste)]),
    ...(device ? [deviceWay] : []),
  ];
}

/** Whether the answer is one to this attempt's own request, and not to a device code. */
export function cameBack(answer: Authorized, { request }: Attempt): boolean {
  return answer.kind === 'code' && answer.request === request;
}

/** Every browser that came back reads how it ended, also one that came although a device code had been first. */
export async function concludeSignedIn(
  callback: CallbackServer<Answer>,
  success: SuccessFacts,
  from: 'here' | 'device',
): Promise<void> {
  const { finishedElsewherePage, successPage } = await import('../loopback/pages.ts');
  callback.conclude(from === 'here' ? successPage(success) : finishedElsewherePage({ way: from, success }));
}

/** Keeps the result page up until a browser has fetched it, or three seconds have passed; one, after an interruption. */
export async function linger(
  callback: CallbackServer<Answer>,
  { clock, signal }: LoginSettings,
  ended: AbortSignal,
): Promise<void> {
  const delivered = new AbortController();
  const enough = AbortSignal.any([delivered.signal, ended]);
  const hurried = rejectOnAbort(signal, enough).catch(() => clock.sleep(HURRIED_LINGER_MS, enough));
  const waits = [clock.sleep(PAGE_LINGER_MS, enough), hurried];
  await Promise.race([callback.delivered, ...waits.map((wait) => wait.catch(() => undefined))]);
  delivered.abort();
}
