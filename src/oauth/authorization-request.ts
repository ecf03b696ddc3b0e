/**
 * The authorization request: PKCE, `state`, `nonce`, and the URL a person opens.
 * Plain node:crypto and URL, no library: this stands on the way to the first printed line.
 */

import { createHash } from 'node:crypto';

import type { RandomBytes } from '../ports.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import type { ServerMetadata } from './metadata.ts';

export interface AuthorizationRequest {
  /** The authorization URL: what the person opens. Holds `state` and the challenge. */
  readonly url: string;
  readonly redirectUri: string;
  /** 43 characters, 256 bits (RFC 6749 §10.12). Secret. */
  readonly state: string;
  /** 86 characters, 512 bits (RFC 7636 §4.1). Secret; sent once, to the token endpoint only. */
  readonly codeVerifier: string;
  /** Only where the profile sends one (OpenID Connect Core §3.1.2.1). */
  readonly nonce?: string;
}

/**
 * A new request for this attempt; nothing of it may be used twice.
 * @param redirectUri the registered redirect URI with the port that is really bound (RFC 8252 §7.3)
 */
export function createAuthorizationRequest(
  provider: ProviderProfile,
  metadata: ServerMetadata,
  redirectUri: string,
  randomBytes: RandomBytes,
): AuthorizationRequest {
  const state = base64url(randomBytes(32));
  const codeVerifier = base64url(randomBytes(64));
  const nonce = provider.nonce ? base64url(randomBytes(32)) : undefined;
  const url = new URL(metadata.authorizationEndpoint);
  const own = {
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: redirectUri,
    scope: provider.scope,
    code_challenge: s256(codeVerifier),
    code_challenge_method: 'S256',
  };
  const varying = { state, ...(nonce === undefined ? {} : { nonce }) };
  // What a profile adds takes the place of nothing: PKCE has no switch (R-8252-7).
  const parameters = { ...own, ...provider.extraParameters, ...own, ...varying };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url: url.href, redirectUri, state, codeVerifier, ...(nonce === undefined ? {} : { nonce }) };
}

/** The S256 code challenge of a verifier (RFC 7636 §4.2): unpadded base64url of its SHA-256. */
export function s256(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
