/**
 * The code exchange (RFC 6749 §4.1.3): one POST, never redirected, under a deadline; made again only where nothing was sent.
 */

import * as openid from 'openid-client';
import type { ProviderProfile } from '../provider/provider.ts';
import { unlessAborted } from '../words/deadline.ts';
import type { IdentityError, TokenError } from '../words/errors.ts';
import type { Clock, Deadline, Fetch } from '../words/ports.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { createConfiguration } from './configuration.ts';
import { idTokenError } from './id-token.ts';
import type { ServerMetadata } from './metadata.ts';
import { networkError, timeoutError } from './token-error.ts';
import { readTokenResponse, type TokenResponse } from './token-response.ts';
import { untilSent } from './unsent.ts';

/** What a code is redeemed with: of an authorization request, or what a device authorization was answered with. */
export type CodeRequest = Pick<AuthorizationRequest, 'redirectUri' | 'codeVerifier' | 'nonce'> &
  Partial<Pick<AuthorizationRequest, 'clientId' | 'state' | 'hostId'>>;

/**
 * Exchanges a code on the redirect URI of its own request (R-8252-3), with openid-client's checks of the ID token's claims.
 * The signature is verified afterwards, by `verifyIdToken`.
 * @throws TokenError `ERR_TOKEN_ENDPOINT`, `ERR_TOKEN_TIMED_OUT`, `ERR_NETWORK`, `ERR_REGION_UNSUPPORTED`;
 *   IdentityError `ERR_ID_TOKEN_INVALID`
 */
export async function exchangeCode(
  code: string,
  context: {
    provider: ProviderProfile;
    metadata: ServerMetadata;
    request: CodeRequest;
    fetch: Fetch;
    clock: Clock;
    signal: AbortSignal;
    deadline: Deadline;
  },
): Promise<TokenResponse> {
  const { provider, metadata, request, signal, deadline } = context;
  const endpoint = metadata.tokenEndpoint;
  // Our own reading of the response comes first and keeps its verdict here: what openid-client throws may quote tokens,
  // so of that only the kind is used.
  let read: { usable: TokenResponse } | { error: TokenError } | undefined;
  const limit = AbortSignal.any([signal, deadline.signal]);
  const secrets = [code, request.codeVerifier, request.state ?? '', request.nonce ?? ''];
  const readingFetch: Fetch = async (url, init) => {
    const answer = untilSent(() => context.fetch(url, { ...init, signal: limit }), {
      clock: context.clock,
      signal: limit,
    });
    const verdict = await unlessAborted(
      answer.then((response) => readTokenResponse(response, provider.scope, secrets)),
      limit,
    );
    read = verdict;
    if ('error' in verdict) throw verdict.error;
    return Response.json(verdict.usable.body, { status: 200 });
  };
  // The callback as the registered redirect URI would have received it: openid-client sends what stands before the query.
  const callback = new URL(request.redirectUri);
  callback.searchParams.set('code', code);
  try {
    const checks = {
      pkceCodeVerifier: request.codeVerifier,
      ...(request.nonce === undefined ? {} : { expectedNonce: request.nonce }),
      idTokenExpected: true,
    };
    const { resource } = provider;
    const more = resource === undefined ? {} : { resource };
    const configuration = createConfiguration(provider, metadata, readingFetch);
    await openid.authorizationCodeGrant(configuration, callback, checks, more);
  } catch (thrown) {
    signal.throwIfAborted();
    if (deadline.signal.aborted) throw timeoutError(endpoint, deadline.ms);
    if (read === undefined) throw networkError(endpoint, thrown);
    throw 'error' in read ? read.error : claimError(thrown);
  }
  if (read === undefined || 'error' in read) throw networkError(endpoint, undefined);
  return read.usable;
}

/** The response was usable, so what openid-client refused is the ID token: the claim's name is all that is told. */
function claimError(thrown: unknown): IdentityError {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const inner = cause instanceof Error ? cause.cause : undefined;
  const claim = typeof inner === 'object' && inner !== null && 'claim' in inner ? inner.claim : undefined;
  return idTokenError(
    typeof claim === 'string'
      ? `its "${claim}" is not what it must be`
      : 'it is malformed or signed in a way that is not allowed',
  );
}
