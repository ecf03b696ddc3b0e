/**
 * A provider profile, changed for another server: what `--issuer`, `--client-id`, `--discover` and `--port` mean.
 * Pure; it decides which combinations are allowed.
 */

import { LoginError } from '../words/errors.ts';
import type { ProviderProfile } from './provider.ts';

/** What is to be different from a provider's profile; what is left out stays as it is. */
export interface ProviderOverrides {
  /** Another server: https, or http on loopback. */
  issuer?: string | undefined;
  clientId?: string | undefined;
  /** Take the endpoints from the issuer's metadata (RFC 8414) and the identity from `iss` and `sub`. */
  discover?: boolean | undefined;
  /** The callback's port; 0 for any free one. Allowed only with a loopback issuer, or where the profile takes any port. */
  port?: number | undefined;
}

/**
 * The profile with something of it changed: another issuer with the same layout of endpoints, or one that is discovered.
 * @throws LoginError `ERR_USAGE` where the overrides contradict each other or RFC 6749 §3.1 (https).
 */
export function overrideProvider(provider: ProviderProfile, overrides: ProviderOverrides): ProviderProfile {
  const issuer = overrides.issuer === undefined ? provider.issuer : parseIssuer(overrides.issuer);
  const { port } = overrides;
  if (port !== undefined && !isLoopbackUrl(issuer) && !takesAnyPort(provider)) {
    throw new LoginError('ERR_USAGE', {
      summary: `--port needs a loopback issuer: ${issuer} has registered its redirect URIs.`,
      hint: 'Leave --port out, or point --issuer at a server on this machine.',
    });
  }
  if (overrides.discover && provider.issuedClient !== undefined) {
    throw new LoginError('ERR_USAGE', {
      summary: `--discover does not go with ${provider.id}: its client is registered in the sign-in, at endpoints that are known.`,
      hint: 'Leave --discover out, or leave out --provider for a server of your own.',
    });
  }
  if (overrides.discover && overrides.clientId === undefined && overrides.issuer !== undefined) {
    throw new LoginError('ERR_USAGE', {
      summary: '--discover with --issuer needs a client id of that server.',
      hint: 'Add --client-id <id>, the public client that you registered there.',
    });
  }
  const changed: ProviderProfile = {
    ...provider,
    issuer,
    clientId: overrides.clientId ?? provider.clientId,
    redirectUris:
      port === undefined
        ? provider.redirectUris
        : provider.redirectUris.slice(0, 1).map((uri) => withPort(uri, port)),
  };
  if (!overrides.discover) return changed;
  return {
    ...changed,
    displayName: new URL(issuer).host,
    endpoints: { kind: 'discovered' },
    // OpenID Connect Core §11: a refresh token is promised only after consent.
    extraParameters: { prompt: 'consent' },
    stateSuffixes: [],
    nonce: true,
    identity: { kind: 'subject' },
  };
}

/** Whether the server has said that the port is the client's own choice. */
function takesAnyPort({ redirectUris }: ProviderProfile): boolean {
  return redirectUris.some((uri) => new URL(uri).port === '0');
}

/** Whether a URL's host is this machine: `localhost`, 127.0.0.0/8 or `[::1]` (RFC 8252 §7.3). */
export function isLoopbackUrl(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function parseIssuer(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const allowed = url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackUrl(text)));
  if (!allowed || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new LoginError('ERR_USAGE', {
      summary: 'The issuer must be an https URL, or http on loopback, without query, fragment or password.',
      hint: 'Example: --issuer https://login.example.com or --issuer http://127.0.0.1:8080.',
    });
  }
  return text.endsWith('/') && url.pathname === '/' ? text.slice(0, -1) : text;
}

function withPort(uri: string, port: number): string {
  const url = new URL(uri);
  // An explicit 0 survives in a URL: the listener reads it as "any free port".
  url.port = String(port);
  return url.href;
}
