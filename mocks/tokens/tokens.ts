/**
 * What the tokens say: claims in OpenAI's shape, for what a person approved. How they are signed is `jws`'s
 * business, who may have them `grants`'s; a scenario may edit the claims before they are signed.
 */

import { createHash, randomUUID } from 'node:crypto';

import { authClaimOf, emailClaimsOf, subjectOf } from '../grants/accounts.ts';
import type { Authorization } from '../grants/family.ts';
import type { HookContext, Scenario } from '../scenarios/scenario.ts';
import { type Claims, signRs256 } from './jws.ts';

/** The claim that holds account, person and plan. */
export const AUTH_CLAIM = 'https://api.openai.com/auth';
/** The claim of an access token that holds the e-mail. */
export const PROFILE_CLAIM = 'https://api.openai.com/profile';
const ID_TOKEN_LIFETIME = 3600;

/**
 * An access token (a JWT for the API, unless it is an opaque one) and the ID token that belongs to it by `at_hash`.
 */
export function mintTokens(
  authorization: Authorization,
  server: HookContext,
  faults: readonly Scenario[],
  opaque?: string,
): { accessToken: string; idToken: string } {
  const { clientId = server.clientId } = authorization;
  const context = { ...server, clientId };
  const accessClaims = accessTokenClaims(authorization, context);
  for (const fault of faults) fault.accessTokenClaims?.(accessClaims);
  const accessToken = opaque ?? signRs256(accessClaims);

  const idClaims = idTokenClaims(authorization, accessToken, context);
  for (const fault of faults) fault.idTokenClaims?.(idClaims, context);
  const sign = faults.find((fault) => fault.sign)?.sign ?? signRs256;
  return { accessToken, idToken: sign(idClaims) };
}

function accessTokenClaims(
  { account, scope, authenticatedAt }: Authorization,
  { issuer, clientId, now, profile }: HookContext,
): Claims {
  return {
    iss: issuer,
    aud: [profile.resource ?? 'https://api.openai.com/v1'],
    sub: subjectOf(account),
    client_id: clientId,
    iat: now,
    nbf: now,
    exp: now + profile.accessTokenLifetimeSeconds,
    jti: randomUUID(),
    scp: scope.split(' '),
    ...(profile.claims === 'openai'
      ? {
          pwd_auth_time: authenticatedAt * 1000,
          [AUTH_CLAIM]: authClaimOf(account),
          [PROFILE_CLAIM]: emailClaimsOf(account),
        }
      : {}),
  };
}

function idTokenClaims(
  { account, nonce, authenticatedAt }: Authorization,
  accessToken: string,
  { issuer, clientId, now, profile }: HookContext,
): Claims {
  return {
    iss: issuer,
    aud: [clientId],
    sub: subjectOf(account),
    iat: now,
    exp: now + ID_TOKEN_LIFETIME,
    auth_time: authenticatedAt,
    at_hash: leftHalfHash(accessToken),
    jti: randomUUID(),
    ...emailClaimsOf(account),
    ...(account.name === undefined ? {} : { name: account.name }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(profile.claims === 'openai' ? { [AUTH_CLAIM]: authClaimOf(account) } : {}),
  };
}

/**
 * OpenID Connect Core §3.1.3.6: the left half of the SHA-256 of the access token's ASCII octets, base64url.
 */
function leftHalfHash(accessToken: string): string {
  return createHash('sha256').update(accessToken, 'ascii').digest().subarray(0, 16).toString('base64url');
}
