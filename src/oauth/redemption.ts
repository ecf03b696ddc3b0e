/**
 * From a code to a credential that may be stored: exchange, verification, identity, expiry. Loaded while the person reads.
 */

import type { Clock, Deadline, EpochMs, Fetch } from '../ports.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { accessTokenExpiry } from './expiry.ts';
import { openSigningKeys, type SigningKeys, verifyIdToken } from './id-token.ts';
import { type Identity, readIdentity } from './identity.ts';
import type { ServerMetadata } from './metadata.ts';
import { exchangeCode } from './token-request.ts';

/** What the server granted. The tokens are secret. */
export interface Grant {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly scope: string;
  /** When the access token expires. */
  readonly expires: EpochMs;
}

export interface Redemption {
  /** Trades the code for tokens; called once (R-7636-5). */
  exchange(
    code: string,
    request: AuthorizationRequest,
    deadline: Deadline,
  ): Promise<Grant & { readonly idToken: string }>;
  /** Who the tokens are for, after the ID token's signature and claims were verified. */
  identify(
    grant: Grant & { readonly idToken: string },
    request: AuthorizationRequest,
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
    async exchange(code, request, deadline) {
      const requestedAt = clock.now();
      const tokens = await exchangeCode(code, { ...context, request, deadline });
      const { accessToken, refreshToken, idToken, scope } = tokens;
      return {
        accessToken,
        refreshToken,
        idToken,
        scope,
        expires: accessTokenExpiry(accessToken, tokens.expiresInSeconds, requestedAt),
      };
    },
    async identify({ idToken, accessToken }, request, deadline) {
      const idTokenClaims = await verifyIdToken(idToken, {
        ...context,
        keys,
        accessToken,
        nonce: request.nonce,
        deadline,
      });
      return readIdentity(provider.id, provider.identity, { idTokenClaims, accessToken });
    },
  };
}
