/**
 * The authorization request: PKCE, `state`, `nonce`, and the URL a person opens.
 * Plain node:crypto and URL, no library: this stands on the way to the first printed line.
 */

import { createHash } from 'node:crypto';
import type { ProviderProfile } from '../provider/provider.ts';
import type { RandomBytes } from '../words/ports.ts';
import type { ServerMetadata } from './metadata.ts';

export interface AuthorizationRequest {
  /** The authorization URL: what the person opens. Holds `state` and the challenge. */
  readonly url: string;
  readonly redirectUri: string;
  /** The client that asks. */
  readonly clientId: string;
  /** The name of this host that the server was told, where the profile tells one. */
  readonly hostId?: string;
  /** 43 characters, 256 bits (RFC 6749 §10.12). Secret. */
  readonly state: string;
  /** 86 characters, 512 bits (RFC 7636 §4.1). Secret; sent once, to the token endpoint only. */
  readonly codeVerifier: string;
  /** Only where the profile sends one (OpenID Connect Core §3.1.2.1). */
  readonly nonce?: string;
}

/** What earlier sign-ins have left, where the server registers a client in each. */
export interface KnownClient {
  /** The client that was issued to this very credential: no new one is asked for. */
  readonly clientId?: string;
  readonly hostId?: string;
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
  known: KnownClient = {},
): AuthorizationRequest {
  const state = base64url(randomBytes(32));
  const codeVerifier = base64url(randomBytes(64));
  const nonce = provider.nonce ? base64url(randomBytes(32)) : undefined;
  const url = new URL(metadata.authorizationEndpoint);
  const { issuedClient, resource } = provider;
  const { clientId = provider.clientId } = known;
  const hostId = issuedClient === undefined ? undefined : (known.hostId ?? newHostId(randomBytes));
  const own = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: provider.scope,
    code_challenge: s256(codeVerifier),
    code_challenge_method: 'S256',
    ...(resource === undefined ? {} : { resource }),
    ...(issuedClient === undefined || hostId === undefined ? {} : { [issuedClient.hostParameter]: hostId }),
  };
  const registration = clientId === provider.clientId ? issuedClient?.parameters : undefined;
  const varying = { state, ...(nonce === undefined ? {} : { nonce }) };
  // What a profile adds takes the place of nothing: PKCE has no switch (R-8252-7).
  const parameters = { ...own, ...registration, ...provider.extraParameters, ...own, ...varying };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return {
    url: url.href,
    redirectUri,
    clientId,
    ...(hostId === undefined ? {} : { hostId }),
    state,
    codeVerifier,
    ...(nonce === undefined ? {} : { nonce }),
  };
}

/** A random UUID (RFC 9562 §5.4), as a URN. */
function newHostId(randomBytes: RandomBytes): string {
  const bytes = Buffer.from(randomBytes(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `urn:uuid:${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')}`;
}

/** The S256 code challenge of a verifier (RFC 7636 §4.2): unpadded base64url of its SHA-256. */
export function s256(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
