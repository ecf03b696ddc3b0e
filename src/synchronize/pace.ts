/** How long it is until the shared store is looked at again. Pure but for the jitter, so that many hosts do not ask in step. */

import type { EpochMs } from '../words/ports.ts';

/** Between two looks at least, where the interval is not shorter. */
const SHORTEST_MS = 1_000;
/** Between two tries at most, where the interval is not longer. */
const LONGEST_RETRY_MS = 60_000;

/** The interval, and ever less of it the nearer the end of the token is: a short-lived one must not expire between two looks. */
export function pauseAfter(expires: EpochMs | undefined, intervalMs: number, now: EpochMs): number {
  const left = expires === undefined ? Number.POSITIVE_INFINITY : expires - now;
  const wanted = Math.min(intervalMs, Math.max(left / 4, SHORTEST_MS));
  return jittered(Math.min(wanted, intervalMs));
}

/** 1 s, then twice as long each time up to a minute; and not beyond the end of the token, which is a thing to tell. */
export function pauseBeforeRetry(
  failures: number,
  expires: EpochMs | undefined,
  intervalMs: number,
  now: EpochMs,
): number {
  const most = Math.max(intervalMs, LONGEST_RETRY_MS);
  const pause = jittered(Math.min(SHORTEST_MS * 2 ** Math.min(failures, 20), most));
  const left = expires === undefined ? 0 : expires - now;
  return left > 0 ? Math.min(pause, left) : pause;
}

function jittered(ms: number): number {
  return ms * (0.75 + Math.random() / 2);
}
