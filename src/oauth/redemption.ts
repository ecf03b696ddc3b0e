/**
 * From the person's yes to a credential that may be stored: exchange, verification, identity, expiry. Loaded while the person reads.
 */

import type { Clock, Deadline, EpochMs, Fetch } from '../ports.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import type { Authorized } from './authorized.ts';
import { accessTokenExpiry } from './expiry.ts';
import { openSigningKeys, type SigningKeys, verifyIdToken } from './id-token.ts';
import { type Identity, readIdentity } from './identity.ts';
import type { ServerMetadata } from './metadata.ts';
import { exchangeCode } from './token-request.ts';
import type { TokenResponse } from './token-response.ts';

/** What the server granted. The tokens are secret. */
export interface Grant {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly scope: string;
  /** When the access token expires. */
  readonly expires: EpochMs;
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
}

/** Starts fetching the server's signing keys, so that a callback waits for the exchange only. */
export function openRedemption(context: {
  provider: ProviderProfile;
  metadata: ServerMetadata;
  fetch: Fetch;
  clock: Clock;
  signal: AbortSignal;
}): Redemption {
  const { provider, clock } = context;
  const keys: SigningKeys = openSigningKeys(context.metadata, context.fetch, context.signal);
  keys.warm();
  return {
    async redeem(authorized, deadline) {
      if (authorized.kind === 'tokens') return grantOf(authorized.tokens, authorized.requestedAt);
      const { code, request } = authorized;
      const requestedAt = clock.now();
      return grantOf(await exchangeCode(code, { ...context, request, deadline }), requestedAt);
    },
    async identify({ idToken, accessToken }, authorized, deadline) {
      const idTokenClaims = await verifyIdToken(idToken, {
        ...context,
        keys,
        accessToken,
        nonce: authorized.kind === 'code' ? authorized.request.nonce : undefined,
        deadline,
      });
      return readIdentity(provider.id, provider.identity, { idTokenClaims, accessToken });
    },
  };
}

/** The grant of a token response. @param requestedAt before the request was sent */
function grantOf(tokens: TokenResponse, requestedAt: EpochMs): Grant & { readonly idToken: string } {
  const { accessToken, refreshToken, idToken, scope, expiresInSeconds } = tokens;
  const expires = accessTokenExpiry(accessToken, expiresInSeconds, requestedAt);
  return { accessToken, refreshToken, idToken, scope, expires };
}
