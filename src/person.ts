/**
 * The person's part of a login: the browser that is opened for them, the answer that is waited for, the page that is kept up.
 * It decides how long; what an answer means, `oauth` decides.
 */

import { duration, rejectOnAbort, startDeadline } from './deadline.ts';
import { LoginError } from './errors.ts';
import type { LoginSettings } from './login-options.ts';
import type { CallbackServer } from './loopback/callback-server.ts';
import type { AuthorizationResponse } from './oauth/authorization-response.ts';
import type { Report } from './report.ts';
import { systemOpenUrl } from './system.ts';

/** What settles a login: a code or a failure, never a stray. */
export type Answer = Exclude<AuthorizationResponse, { kind: 'stray' }>;

/** How long the result page is kept up for a browser that does not come for it. */
const PAGE_LINGER_MS = 3_000;
/** The same once the person wants to be gone: enough for a browser that is following the redirect. */
const HURRIED_LINGER_MS = 1_000;

/** A browser that does not open is an event: the URL is there to be opened by hand. Nothing waits for it. */
export function showBrowser(
  url: string,
  callback: Pick<CallbackServer<Answer>, 'startLink'>,
  { openUrl }: LoginSettings,
  report: Report,
  ended: AbortSignal,
): void {
  if (openUrl === false) {
    report.emit({ type: 'browser', opened: false, reason: 'not asked for' });
    return;
  }
  // What the system starts can be seen by everybody in the list of processes: it gets an address without `state`.
  const shown = openUrl === systemOpenUrl ? callback.startLink(url) : url;
  openUrl(shown, ended).then(
    (outcome) => {
      if (!ended.aborted) report.emit({ type: 'browser', ...outcome });
    },
    () => report.emit({ type: 'browser', opened: false, reason: 'the browser could not be started' }),
  );
}

/** Waits for the right response; a denial, the end of the time and an abort reject. */
export async function awaitCode(
  callback: CallbackServer<Answer>,
  settings: LoginSettings,
  ended: AbortSignal,
): Promise<string> {
  const { signal, clock, timeoutMs } = settings;
  const answered = new AbortController();
  const until = AbortSignal.any([answered.signal, ended]);
  const deadline = startDeadline(clock, timeoutMs, until);
  try {
    const answer = await Promise.race([
      callback.settled,
      rejectOnAbort(signal, until),
      rejectOnAbort(deadline.signal, until),
    ]);
    if (answer.kind === 'failure') throw answer.error;
    return answer.code;
  } catch (thrown) {
    if (!deadline.signal.aborted) throw thrown;
    throw new LoginError('ERR_TIMED_OUT', {
      summary: `Nobody finished the sign-in within ${duration(timeoutMs)}.`,
      hint: 'Run the command again, and open the printed URL yourself if no browser appears. Nothing was stored.',
    });
  } finally {
    answered.abort();
  }
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
