/**
 * The refresh grant (RFC 6749 §6): one POST that is never aborted, never redirected and never repeated here, and what its answer
 * means for the token that was sent. What is done about it, `refresh` decides.
 *
 * Not by openid-client: it refuses an answer without an access token and an ID token whose times do not suit this clock, and either
 * would lose a token that was rotated.
 */

import type { ProviderProfile } from '../provider/provider.ts';
import { readConnectionFailure } from '../words/connection-error.ts';
import type { LoginError } from '../words/errors.ts';
import type { EpochMs, Fetch } from '../words/ports.ts';
import type { ServerMetadata } from './metadata.ts';
import { readRefreshResponse } from './refresh-response.ts';
import { networkError } from './token-error.ts';

/** What the server granted; what it left out stays as it was (RFC 6749 §6). Secret. */
export interface RefreshedTokens {
  readonly access?: string;
  readonly refresh?: string;
  /** Of the new access token. */
  readonly expires?: EpochMs;
}

export type RefreshAnswer =
  | { readonly kind: 'granted'; readonly tokens: RefreshedTokens }
  /** For good: the person has to sign in again. `code` is the server's word. */
  | { readonly kind: 'refused'; readonly code: string }
  /** The token cannot have been used up: not sent, or turned away before it was looked at. */
  | {
      readonly kind: 'unused';
      readonly error: LoginError;
      readonly mayPass: boolean;
      /** How long the server wants to be left alone. */
      readonly retryAfterMs?: number;
    }
  /** It may have been used up: nothing but the next presentation can tell. */
  | { readonly kind: 'unknown'; readonly error: LoginError };

/** What is presented. Secret. */
export interface Presented {
  readonly refresh: string;
  /** The access token that was stored with it: the subject of the new ID token must be its own. */
  readonly access: string;
}

export interface RefreshRequestContext {
  readonly provider: ProviderProfile;
  readonly metadata: ServerMetadata;
  readonly fetch: Fetch;
}

/**
 * Presents a refresh token. Never rejects.
 * @param requestedAt before the request, by the store's clock: from then on `expires_in` counts
 */
export async function requestRefresh(
  presented: Presented,
  requestedAt: EpochMs,
  { provider, metadata, fetch }: RefreshRequestContext,
): Promise<RefreshAnswer> {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: provider.clientId,
    refresh_token: presented.refresh,
    ...(provider.resource === undefined ? {} : { resource: provider.resource }),
  });
  const endpoint = metadata.tokenEndpoint;
  try {
    // No signal: a request that is given up may have rotated the token all the same.
    const response = await fetch(endpoint, {
      method: 'POST',
      redirect: 'manual',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
    });
    return await readRefreshResponse(response, presented, requestedAt, { provider, metadata });
  } catch (thrown) {
    const { nothingSent, mayPass } = readConnectionFailure(thrown);
    const error = networkError(endpoint, thrown, 'What is stored stays as it is.');
    return nothingSent ? { kind: 'unused', error, mayPass } : { kind: 'unknown', error };
  }
}
