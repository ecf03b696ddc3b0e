/**
 * Waiting for a person on another device (RFC 8628 §3.5): when the next poll is due, and when there is none any more.
 * It sends nothing itself; what an answer means, each device flow decides.
 */

import { startDeadline } from '../words/deadline.ts';
import { LoginError, type TokenError } from '../words/errors.ts';
import type { Clock, EpochMs } from '../words/ports.ts';
import type { Authorized } from './authorized.ts';
import { networkError, timeoutError } from './token-error.ts';

/** What one poll was answered with. */
export type PollVerdict =
  | { readonly kind: 'answered'; readonly answer: Authorized }
  | { readonly kind: 'pending' }
  | { readonly kind: 'slow down' }
  /** Nothing is lost yet: a limit on requests, or a fault of the server. `retryAfterMs`: not before. */
  | { readonly kind: 'unavailable'; readonly error: TokenError; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'ended'; readonly error: LoginError };

/** A code that was issued, and how to ask whether the person has answered. */
export interface IssuedCode {
  readonly verificationUri: string;
  readonly verificationUriComplete?: string | undefined;
  readonly userCode: string;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
  /** Where polls go, for the words of an error. */
  readonly endpoint: string;
  /** One poll. What it rejects with is taken for the network's fault. */
  poll(limit: AbortSignal): Promise<PollVerdict>;
}

/** RFC 8628 §3.5: `slow_down` adds this much for good. */
const SLOW_DOWN_MS = 5_000;
/** How long one poll may go unanswered. */
const POLL_TIMEOUT_MS = 30_000;
/** The longest wait that faults of the network or the server lead to on their own. */
const LONGEST_BACK_OFF_MS = 60_000;

/**
 * Polls until the person has answered, never sooner than the interval after the last answer, and not at all once the code
 * has expired. A fault of the network or the server doubles the wait until an answer comes.
 * @param requestedAt when the code was asked for
 * @throws what a poll ended with; LoginError `ERR_DEVICE_CODE_EXPIRED`; TokenError of the last poll where it was a fault
 *   that lasted until the code expired; `signal.reason`
 */
export async function pollUntilAnswered(
  { poll, endpoint, intervalSeconds, expiresInSeconds }: IssuedCode,
  { clock, signal, requestedAt }: { clock: Clock; signal: AbortSignal; requestedAt: EpochMs },
): Promise<Authorized> {
  const expires = requestedAt + expiresInSeconds * 1000;
  let intervalMs = intervalSeconds * 1000;
  let faults = 0;
  let notBeforeMs = 0;
  let fault: TokenError | undefined;
  for (;;) {
    const backOffMs = Math.min(intervalMs * 2 ** faults, LONGEST_BACK_OFF_MS);
    const waitMs = Math.max(intervalMs, backOffMs, notBeforeMs);
    const leftMs = expires - clock.now();
    await clock.sleep(Math.max(0, Math.min(waitMs, leftMs)), signal);
    // A machine that was asleep meanwhile wakes up late.
    if (waitMs >= leftMs || clock.now() >= expires) throw fault ?? expiredCodeError();
    const verdict = await pollOnce(poll, endpoint, expires - clock.now(), clock, signal);
    if (verdict.kind === 'answered') return verdict.answer;
    if (verdict.kind === 'ended') throw verdict.error;
    if (verdict.kind === 'slow down') intervalMs += SLOW_DOWN_MS;
    const unavailable = verdict.kind === 'unavailable' ? verdict : undefined;
    fault = unavailable?.error;
    faults = unavailable ? faults + 1 : 0;
    notBeforeMs = unavailable?.retryAfterMs ?? 0;
  }
}

/** One poll under its own limit; what is left of the code's time limits it too. */
async function pollOnce(
  poll: IssuedCode['poll'],
  endpoint: string,
  leftMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<PollVerdict> {
  const over = new AbortController();
  const deadline = startDeadline(clock, Math.min(POLL_TIMEOUT_MS, leftMs), over.signal);
  try {
    return await poll(AbortSignal.any([signal, deadline.signal]));
  } catch (thrown) {
    signal.throwIfAborted();
    const timedOut = deadline.signal.aborted;
    return {
      kind: 'unavailable',
      error: timedOut ? timeoutError(endpoint, deadline.ms) : networkError(endpoint, thrown),
    };
  } finally {
    over.abort();
  }
}

/** The code is too old, by our clock or by the server's word (`expired_token`). */
export function expiredCodeError(): LoginError {
  return new LoginError('ERR_DEVICE_CODE_EXPIRED', {
    summary: 'The code has expired before the sign-in was allowed on another device.',
    hint: 'Run the command again for a new code, and enter it while it is shown. Nothing was stored.',
  });
}
