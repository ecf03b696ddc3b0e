/**
 * From the person's yes to a credential that may be stored: exchange, verification, identity, expiry. Loaded while the person reads.
 */

import type { ProviderProfile } from '../provider/provider.ts';
import { AuthorizationError } from '../words/errors.ts';
import type { Clock, Deadline, EpochMs, Fetch } from '../words/ports.ts';
import type { Authorized } from './authorized.ts';
import { accessTokenExpiry } from './expiry.ts';
import { openSigningKeys, type SigningKeys, verifyIdToken } from './id-token.ts';
import { type Identity, readIdentity } from './identity.ts';
import type { ServerMetadata } from './metadata.ts';
import { rehearse } from './rehearsal.ts';
import { exchangeCode } from './token-request.ts';
import type { TokenResponse } from './token-response.ts';

/** What the server granted. The tokens are secret. */
export interface Grant {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly scope: string;
  /** When the access token expires. */
  readonly expires: EpochMs;
  /** Whose tokens they are: the refresh token is this client's to present (RFC 6749 §6). */
  readonly clientId: string;
  /** The name of this host that the server was told. */
  readonly hostId?: string;
}

export interface Redemption {
  /** The grant: a code is exchanged, once (R-7636-5); tokens are taken. */
  redeem(authorized: Authorized, deadline: Deadline): Promise<Grant & { readonly idToken: string }>;
  /**
   * Who the tokens are for, after the ID token's signature and claims were verified. A nonce is demanded where the request sent
   * one; a device authorization sends none (RFC 8628 §3.1).
   */
  identify(
    grant: Grant & { readonly idToken: string },
    authorized: Authorized,
    deadline: Deadline,
  ): Promise<Identity>;
  /** Goes through both once, up to the signature of an answer that nobody gave. @throws always, unless there is no key to rehearse with */
  rehearse(): Promise<void>;
}

/** Starts fetching the server's signing keys, so that a callback waits for the exchange only. */
export function openRedemption(context: {
  provider: ProviderProfile;
  metadata: ServerMetadata;
  fetch: Fetch;
  clock: Clock;
  signal: AbortSignal;
}): Redemption {
  const { clock } = context;
  /** The profile as the client that the answer is for: the one that it names, else the one that asked. */
  const providerFor = (authorized: Authorized): ProviderProfile => {
    const client =
      authorized.kind === 'code' ? (authorized.clientId ?? authorized.request.clientId) : undefined;
    return client === undefined ? context.provider : { ...context.provider, clientId: client };
  };
  const keys: SigningKeys = openSigningKeys(context.metadata, context.fetch, context.signal);
  const fetched = keys.warm();
  return {
    async redeem(authorized, deadline) {
      const provider = providerFor(authorized);
      if (authorized.kind === 'tokens') return grantOf(authorized.tokens, authorized.requestedAt, provider);
      const { code, request } = authorized;
      const requestedAt = clock.now();
      const tokens = await exchangeCode(code, { ...context, provider, request, deadline });
      const { hostId } = request;
      return { ...grantOf(tokens, requestedAt, provider), ...(hostId === undefined ? {} : { hostId }) };
    },
    async identify({ idToken, accessToken }, authorized, deadline) {
      const provider = providerFor(authorized);
      const idTokenClaims = await verifyIdToken(idToken, {
        ...context,
        provider,
        keys,
        accessToken,
        nonce: authorized.kind === 'code' ? authorized.request.nonce : undefined,
        deadline,
      });
      return readIdentity(provider.id, provider.identity, { idTokenClaims, accessToken });
    },
    async rehearse() {
      await fetched;
      const kid = keys.anyKeyId(context.provider.idTokenSigningAlgorithm);
      if (kid !== undefined) await rehearse({ ...context, keys, kid });
    },
  };
}

/**
 * The grant of a token response.
 * @param requestedAt before the request was sent
 * @throws AuthorizationError `ERR_ENTITLEMENT_MISSING` where the person left out what it is for
 */
function grantOf(
  tokens: TokenResponse,
  requestedAt: EpochMs,
  { clientId, neededScopes = [] }: ProviderProfile,
): Grant & { readonly idToken: string } {
  const { accessToken, refreshToken, idToken, scope, expiresInSeconds } = tokens;
  const missing = neededScopes.find((needed) => !scope.split(' ').includes(needed));
  if (missing !== undefined) throw scopeError(missing);
  const expires = accessTokenExpiry(accessToken, expiresInSeconds, requestedAt);
  return { accessToken, refreshToken, idToken, scope, expires, clientId };
}

function scopeError(missing: string): AuthorizationError {
  return new AuthorizationError('ERR_ENTITLEMENT_MISSING', {
    oauthError: 'insufficient_scope',
    summary: `The sign-in was granted without the use of the plan (${missing}), so its tokens are good for nothing here.`,
    hint: 'Nothing was stored. Run the command again and allow the use of your plan, with an account whose plan includes it.',
  });
}
