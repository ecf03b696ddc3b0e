/**
 * Where the authorization server's endpoints are, as absolute URLs (RFC 8414 §2 names).
 * Pinned profiles are resolved here without any I/O; `discovery` asks the server.
 */

import type { ProviderProfile } from '../provider/provider.ts';

export interface ServerMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  readonly revocationEndpoint?: string;
  /** RFC 8628 §4; undefined where none is announced. OpenAI's own flow is in the profile. */
  readonly deviceAuthorizationEndpoint?: string;
  /** `authorization_response_iss_parameter_supported` (RFC 9207 §3): a response without `iss` is then rejected. */
  readonly issParameterSupported: boolean;
}

/** The metadata of a profile with pinned endpoints; undefined where they have to be discovered. */
export function pinnedMetadata(provider: ProviderProfile): ServerMetadata | undefined {
  const { issuer, endpoints } = provider;
  if (endpoints.kind !== 'pinned') return undefined;
  return {
    issuer,
    authorizationEndpoint: issuer + endpoints.authorizationEndpoint,
    tokenEndpoint: issuer + endpoints.tokenEndpoint,
    jwksUri: issuer + endpoints.jwksUri,
    revocationEndpoint: issuer + endpoints.revocationEndpoint,
    issParameterSupported: false,
  };
}
