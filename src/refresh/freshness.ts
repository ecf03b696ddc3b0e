/** Whether a stored access token is good for long enough, by its stored `expires` alone. Pure (docs/refresh.md, step 0). */

import type { EpochMs } from '../words/ports.ts';

/** The least that is left of a token that is called fresh, in milliseconds. */
export const LEAST_MARGIN_MS = 300_000;

/** What a caller needs of an access token. */
export interface Need {
  /** At least this much of its life, in milliseconds; undefined: the usual margin. */
  readonly minTtlMs?: number | undefined;
  /** The access token that a server has rejected: anything but this one. Secret. */
  readonly rejected?: string | undefined;
  /** From 0 to 1, one for all that is asked in one call: so that many processes do not refresh in step. */
  readonly jitter: number;
}

interface Token {
  readonly access: string;
  readonly expires: EpochMs;
}

/**
 * How much must be left: the larger of five minutes and a tenth of the lifetime, with up to a tenth of it more by jitter; never
 * more than half of the lifetime, or a short-lived token would be refreshed at every use.
 * @param lifetimeMs of the whole token; undefined where it does not say when it was issued
 */
export function marginOf(lifetimeMs: number | undefined, { minTtlMs, jitter }: Need): number {
  const most = lifetimeMs === undefined ? Number.POSITIVE_INFINITY : lifetimeMs / 2;
  if (minTtlMs !== undefined) return Math.min(minTtlMs, Math.max(most, 0));
  const margin = Math.max(LEAST_MARGIN_MS, (lifetimeMs ?? 0) / 10);
  return Math.min(margin * (1 + jitter / 10), most);
}

/** Whether the token needs no refresh. */
export function isFresh(token: Token, lifetimeMs: number | undefined, need: Need, now: EpochMs): boolean {
  return token.access !== need.rejected && token.expires - now > marginOf(lifetimeMs, need);
}

/** Whether it can be used while somebody refreshes it: it is valid, and as long as it was asked for. */
export function isUsable(token: Token, need: Need, now: EpochMs): boolean {
  return token.access !== need.rejected && token.expires - now > (need.minTtlMs ?? 0);
}
