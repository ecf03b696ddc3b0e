/** Which answers to a poll are a passing fault of the server, for every device flow. Pure. */

import type { EpochMs } from '../words/ports.ts';
import type { PollVerdict } from './device-polling.ts';
import { type ResponseSummary, tokenResponseError } from './token-error.ts';

/**
 * 408, 429 and 5xx: the person's answer cannot have been fetched with them, so the wait goes on, not before `Retry-After`
 * (RFC 9110 §10.2.3). Undefined for any other answer.
 */
export function whetherUnavailable(
  summary: ResponseSummary,
  now: EpochMs,
  place?: string,
): PollVerdict | undefined {
  const { status, retryAfter } = summary;
  if (status !== 408 && status !== 429 && status < 500) return undefined;
  return {
    kind: 'unavailable',
    error: tokenResponseError(summary, undefined, place),
    retryAfterMs: retryAfter === undefined ? undefined : readRetryAfter(retryAfter, now),
  };
}

/** Milliseconds from `Retry-After`: seconds, or a date. */
function readRetryAfter(text: string, now: EpochMs): number | undefined {
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
