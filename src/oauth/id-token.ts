/**
 * The ID token as a relying party must take it (OpenID Connect Core §3.1.3.7): signature by the server's keys, then claims.
 * It decides whether the token is genuine and for us; who the person is, `identity` reads from the claims.
 */

import { createHash } from 'node:crypto';

import * as jose from 'jose';
import type { ProviderProfile } from '../provider/provider.ts';
import { unlessAborted } from '../words/deadline.ts';
import { IdentityError, TokenError } from '../words/errors.ts';
import type { Clock, Deadline, Fetch } from '../words/ports.ts';
import { bounded } from './bounded-fetch.ts';
import type { Claims } from './claims.ts';
import { CLOCK_TOLERANCE_SECONDS } from './configuration.ts';
import type { ServerMetadata } from './metadata.ts';
import { keySetError, networkError, timeoutError } from './token-error.ts';

/** The server's signing keys, fetched when first needed or asked for ahead. */
export interface SigningKeys {
  /** Fetches them now, so that nothing waits for it later. A failure shows when the keys are used. */
  warm(): Promise<void>;
  /** The `kid` of one that was fetched; nothing is fetched for it. */
  anyKeyId(algorithm: string): string | undefined;
  readonly find: jose.JWTVerifyGetKey;
}

/** A JWKS document of more than this many milliseconds' wait is given up; the login's deadline counts on top. */
const KEYS_TIMEOUT_MS = 15_000;

/** An ID token is issued when the code is exchanged; a clock that is wrong by hours is still believed. */
const OLDEST_SECONDS = 24 * 60 * 60;

/** Signing keys at the metadata's `jwks_uri` (RFC 7517). An unknown `kid` fetches them once more, then rejects. */
export function openSigningKeys(metadata: ServerMetadata, fetch: Fetch, signal: AbortSignal): SigningKeys {
  const remote = jose.createRemoteJWKSet(new URL(metadata.jwksUri), {
    cooldownDuration: 0,
    timeoutDuration: KEYS_TIMEOUT_MS,
    async [jose.customFetch](url, init) {
      const limit = AbortSignal.any([init.signal, signal]);
      const asked = { ...(init as RequestInit), redirect: 'manual', signal: limit } as const;
      const response = await bounded(fetch)(url, asked).catch((thrown) => {
        throw limit.aborted ? thrown : networkError(url, thrown);
      });
      if (response.status !== 200) throw keySetError(url, response.status);
      return response;
    },
  });
  return {
    async warm() {
      await remote.reload().catch(() => undefined);
    },
    anyKeyId: (algorithm) => remote.jwks()?.keys.find(({ alg = algorithm }) => alg === algorithm)?.kid,
    find: remote,
  };
}

/**
 * Verifies signature, `iss`, `aud`, `azp`, `exp`, `iat`, `nonce` where one was sent, and `at_hash` where present.
 * @throws IdentityError `ERR_ID_TOKEN_INVALID`; TokenError `ERR_NETWORK`, `ERR_TOKEN_ENDPOINT`, `ERR_TOKEN_TIMED_OUT` where
 *   the keys cannot be had: nothing is known of the token then
 */
export async function verifyIdToken(
  idToken: string,
  context: {
    provider: ProviderProfile;
    metadata: ServerMetadata;
    keys: SigningKeys;
    accessToken: string;
    nonce?: string | undefined;
    clock: Clock;
    signal: AbortSignal;
    deadline: Deadline;
  },
): Promise<Claims> {
  const { provider, metadata, accessToken, nonce, clock, signal, deadline } = context;
  const now = clock.now();
  let claims: jose.JWTPayload;
  try {
    const verified = jose.jwtVerify(idToken, context.keys.find, {
      algorithms: [provider.idTokenSigningAlgorithm],
      issuer: metadata.issuer,
      audience: provider.clientId,
      requiredClaims: ['sub', 'exp', 'iat'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    // The keys may have been asked for before this deadline was set.
    const limit = AbortSignal.any([signal, deadline.signal]);
    claims = (await unlessAborted(verified, limit)).payload;
  } catch (thrown) {
    signal.throwIfAborted();
    throw explain(thrown, context);
  }
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (audiences.length > 1 && claims.azp === undefined)
    throw idTokenError('it is for several audiences and its "azp" is missing');
  if (claims.azp !== undefined && claims.azp !== provider.clientId)
    throw idTokenError('its "azp" names another client');
  if ((claims.iat ?? 0) < now / 1000 - OLDEST_SECONDS)
    throw idTokenError('it was issued long ago, so not for this sign-in');
  if ((claims.iat ?? 0) > now / 1000 + CLOCK_TOLERANCE_SECONDS) {
    throw idTokenError('its "iat" lies in the future; the clock of this machine may be wrong');
  }
  if (nonce !== undefined && claims.nonce !== nonce)
    throw idTokenError('its "nonce" is not the one that was sent');
  if (claims.at_hash !== undefined && claims.at_hash !== leftHalfHash(accessToken)) {
    throw idTokenError('its "at_hash" does not belong to the access token');
  }
  return claims;
}

/** OpenID Connect Core §3.1.3.6: the left half of the SHA-256 of the token's ASCII octets, base64url. */
function leftHalfHash(accessToken: string): string {
  return createHash('sha256').update(accessToken, 'ascii').digest().subarray(0, 16).toString('base64url');
}

/** An ID token that is not believed; `flaw` reads on from "The ID token was refused:". */
export function idTokenError(flaw: string): IdentityError {
  return new IdentityError('ERR_ID_TOKEN_INVALID', {
    summary: `The ID token was refused: ${flaw}.`,
    hint: 'Nothing was stored. Check the clock of this machine and --issuer, then run the command again.',
  });
}

/** The library's errors carry the token's payload: only the claim's name is taken from them. */
function explain(
  thrown: unknown,
  { metadata, deadline }: { metadata: ServerMetadata; deadline: Deadline },
): IdentityError | TokenError {
  if (deadline.signal.aborted) return timeoutError(metadata.jwksUri, deadline.ms);
  if (thrown instanceof TokenError) return thrown;
  if (thrown instanceof jose.errors.JWKSTimeout) return timeoutError(metadata.jwksUri, KEYS_TIMEOUT_MS);
  // The bare JOSEError is what the library says of a document that is no JSON.
  const code = thrown instanceof jose.errors.JOSEError ? thrown.code : undefined;
  if (thrown instanceof jose.errors.JWKSInvalid || code === jose.errors.JOSEError.code)
    return keySetError(metadata.jwksUri);
  if (thrown instanceof jose.errors.JWTExpired)
    return idTokenError('it is expired; the clock of this machine may be wrong');
  if (thrown instanceof jose.errors.JWTClaimValidationFailed)
    return idTokenError(`its "${thrown.claim}" is not what it must be`);
  if (thrown instanceof jose.errors.JOSEAlgNotAllowed)
    return idTokenError('it is signed with an algorithm that is not allowed');
  if (thrown instanceof jose.errors.JWKSNoMatchingKey)
    return idTokenError('the server publishes no key that it could be signed with');
  if (thrown instanceof jose.errors.JWSSignatureVerificationFailed)
    return idTokenError('its signature is wrong');
  if (thrown instanceof jose.errors.JWSInvalid || thrown instanceof jose.errors.JWTInvalid)
    return idTokenError('it is malformed');
  return idTokenError('the key that it names cannot be used');
}
