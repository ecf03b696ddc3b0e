/**
 * openid-client, set up for one server: pinned or discovered. Loaded late, while the person reads;
 * only a discovered server needs it before the first URL.
 */

import * as openid from 'openid-client';
import { isLoopbackUrl } from '../provider/overrides.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import { unlessAborted } from '../words/deadline.ts';
import { TokenError } from '../words/errors.ts';
import type { Deadline, Fetch } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';
import { bounded } from './bounded-fetch.ts';
import type { ServerMetadata } from './metadata.ts';
import { networkError, timeoutError } from './token-error.ts';

/** Clock skew granted to every time claim, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 60;

/** A configuration whose requests go through `fetch`; time limits are the fetch's own business. */
export function createConfiguration(
  provider: ProviderProfile,
  metadata: ServerMetadata,
  fetch: Fetch,
): openid.Configuration {
  const configuration = new openid.Configuration(
    {
      issuer: metadata.issuer,
      authorization_endpoint: metadata.authorizationEndpoint,
      token_endpoint: metadata.tokenEndpoint,
      jwks_uri: metadata.jwksUri,
    },
    provider.clientId,
    {
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: provider.idTokenSigningAlgorithm,
      [openid.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
    },
    openid.None(),
  );
  configuration[openid.customFetch] = (url, options) => fetch(url, options as RequestInit);
  configuration.timeout = 0;
  if (new URL(metadata.tokenEndpoint).protocol === 'http:') openid.allowInsecureRequests(configuration);
  return configuration;
}

/**
 * Reads the issuer's metadata (RFC 8414 §3, OpenID Connect Discovery §4). The issuer it names must be the one asked for.
 * @throws TokenError `ERR_DISCOVERY`, `ERR_NETWORK`, `ERR_TOKEN_TIMED_OUT`
 */
export async function discoverMetadata(
  provider: ProviderProfile,
  options: { fetch: Fetch; signal: AbortSignal; deadline: Deadline },
): Promise<ServerMetadata> {
  const issuer = new URL(provider.issuer);
  const signal = AbortSignal.any([options.signal, options.deadline.signal]);
  let discovered: openid.ServerMetadata;
  try {
    const discovery = openid.discovery(issuer, provider.clientId, undefined, openid.None(), {
      [openid.customFetch]: (url, init) => bounded(options.fetch)(url, { ...(init as RequestInit), signal }),
      timeout: 0,
      execute: issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : [],
    });
    discovered = (await unlessAborted(discovery, signal)).serverMetadata();
  } catch (thrown) {
    options.signal.throwIfAborted();
    if (options.deadline.signal.aborted) throw timeoutError(provider.issuer, options.deadline.ms);
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    // A library's refusal of the document has an OAUTH_… code; anything else is the network.
    if (!code.startsWith('OAUTH_')) throw networkError(provider.issuer, thrown);
    throw discoveryError(
      `${provider.issuer} does not publish metadata that can be used (${foreignText(code, 60)}).`,
    );
  }
  const methods: unknown = discovered.code_challenge_methods_supported;
  if (methods !== undefined && !(Array.isArray(methods) && methods.includes('S256'))) {
    throw discoveryError(`${provider.issuer} does not support S256 code challenges.`);
  }
  const { authorization_endpoint, token_endpoint, jwks_uri, revocation_endpoint } = discovered;
  const { device_authorization_endpoint } = discovered;
  for (const endpoint of [
    authorization_endpoint,
    token_endpoint,
    jwks_uri,
    revocation_endpoint ?? token_endpoint,
    device_authorization_endpoint ?? token_endpoint,
  ] as unknown[]) {
    if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) {
      throw discoveryError(
        `The metadata of ${provider.issuer} lacks an endpoint, or names one that is no URL.`,
      );
    }
    if (
      new URL(endpoint).protocol !== 'https:' &&
      !(issuer.protocol === 'http:' && endpoint.startsWith('http:') && isLoopbackUrl(endpoint))
    ) {
      throw discoveryError(
        `The metadata of ${provider.issuer} names an endpoint that is neither https nor on this machine.`,
      );
    }
  }
  return {
    issuer: discovered.issuer,
    authorizationEndpoint: String(authorization_endpoint),
    tokenEndpoint: String(token_endpoint),
    jwksUri: String(jwks_uri),
    ...(revocation_endpoint === undefined ? {} : { revocationEndpoint: revocation_endpoint }),
    ...(device_authorization_endpoint === undefined
      ? {}
      : { deviceAuthorizationEndpoint: device_authorization_endpoint }),
    issParameterSupported: discovered.authorization_response_iss_parameter_supported === true,
  };
}

function discoveryError(summary: string): TokenError {
  return new TokenError('ERR_DISCOVERY', {
    summary,
    hint: 'Check --issuer, or leave out --discover if the server has the default layout of endpoints.',
  });
}
