/**
 * From a code, or what another device was answered with, to a credential that may be stored: exchange, verification, identity, expiry. Loaded while the person reads.
 */

import type { Clock, Deadline, EpochMs, Fetch } from '../ports.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import type { DeviceAnswer } from './device-polling.ts';
import { accessTokenExpiry } from './expiry.ts';
import { openSigningKeys, type SigningKeys, verifyIdToken } from './id-token.ts';
import { type Identity, readIdentity } from './identity.ts';
import type { ServerMetadata } from './metadata.ts';
import { type CodeRequest, exchangeCode } from './token-request.ts';
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
  /** Trades the code for tokens; called once (R-7636-5). */
  exchange(
    code: string,
    request: CodeRequest,
    deadline: Deadline,
  ): Promise<Grant & { readonly idToken: string }>;
  /** What a device authorization was answered with, as a grant: its code is exchanged, its tokens are taken. */
  redeem(answer: DeviceAnswer, deadline: Deadline): Promise<Grant & { readonly idToken: string }>;
  /**
   * Who the tokens are for, after the ID token's signature and claims were verified.
   * @param request its nonce is demanded where one was sent; a device authorization sends none (RFC 8628 §3.1)
   */
  identify(
    grant: Grant & { readonly idToken: string },
    request: Pick<CodeRequest, 'nonce'>,
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
  async function exchange(code: string, request: CodeRequest, deadline: Deadline) {
    const requestedAt = clock.now();
    return grantOf(await exchangeCode(code, { ...context, request, deadline }), requestedAt);
  }
  return {
    exchange,
    async redeem(answer, deadline) {
      return answer.kind === 'code'
        ? exchange(answer.code, answer.request, deadline)
        : grantOf(answer.tokens, answer.requestedAt);
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

/** The grant of a token response. @param requestedAt before the request was sent */
function grantOf(tokens: TokenResponse, requestedAt: EpochMs): Grant & { readonly idToken: string } {
  const { accessToken, refreshToken, idToken, scope, expiresInSeconds } = tokens;
  const expires = accessTokenExpiry(accessToken, expiresInSeconds, requestedAt);
  return { accessToken, refreshToken, idToken, scope, expires };
}
