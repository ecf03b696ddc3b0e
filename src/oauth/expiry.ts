/** When an access token expires, from what the server said and from the token itself. Pure. */

import type { EpochMs } from '../words/ports.ts';
import { readUnverifiedClaims } from './claims.ts';

/** Assumed where neither the answer nor the token tells: one hour. */
export const DEFAULT_LIFETIME_MS = 60 * 60 * 1000;

const LONGEST_LIFETIME_MS = 20 * 365 * 24 * 60 * 60 * 1000;

/**
 * The smaller of the token's own `exp` and the time of the request plus `expires_in`; one hour where neither is known.
 * @param requestedAt taken before the request was sent, so that the answer's way does not lengthen the lifetime
 */
export function accessTokenExpiry(
  accessToken: string,
  expiresInSeconds: number | undefined,
  requestedAt: EpochMs,
): EpochMs {
  const exp = readUnverifiedClaims(accessToken)?.exp;
  const said = [
    ...(typeof exp === 'number' ? [exp * 1000] : []),
    ...(expiresInSeconds === undefined ? [] : [requestedAt + expiresInSeconds * 1000]),
  ];
  // A token that is over already, or lives for decades, is a mistake of whoever said so.
  const known = said.filter((time) => time > requestedAt && time < requestedAt + LONGEST_LIFETIME_MS);
  return Math.floor(known.length === 0 ? requestedAt + DEFAULT_LIFETIME_MS : Math.min(...known));
}

/** How long the whole of an access token lives, in milliseconds, by its own word; undefined where it does not say when it was issued. */
export function lifetimeOf(accessToken: string): number | undefined {
  const { exp, iat } = readUnverifiedClaims(accessToken) ?? {};
  return typeof exp === 'number' && typeof iat === 'number' && exp > iat ? (exp - iat) * 1000 : undefined;
}
