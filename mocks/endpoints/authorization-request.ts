/**
 * Is this an authorization request that this server may honour (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8252
 * §7.3)? Pure. It decides page, error redirect or go ahead; the endpoint acts on it.
 */

import type { Clients } from '../grants/clients.ts';
import type { CodeChallenge } from '../grants/pkce.ts';
import type { Parameters } from '../http/parameters.ts';
import type { ServerProfile } from '../profiles.ts';
import type { Strict, Strictness } from '../strictness/rules.ts';

export interface AuthorizationRequest extends CodeChallenge {
  readonly redirectUri: string;
  readonly scope: string;
  /** Who asks, where the server has several clients; `new`: somebody who wants to be one. */
  readonly client?: { readonly id: string } | 'new';
  /** What the application calls itself. */
  readonly name?: string;
  readonly state?: string;
  readonly nonce?: string;
  /** Comma-separated workspace ids; undefined for any. */
  readonly allowedWorkspaceId?: string;
}

export type CheckedRequest =
  | { readonly verdict: 'valid'; readonly request: AuthorizationRequest }
  /** Client and redirect URI are good: the client is told (RFC 6749 §4.1.2.1). */
  | {
      readonly verdict: 'tell-client';
      readonly redirectUri: string;
      readonly state?: string;
      readonly error: string;
      readonly detail: string;
      readonly strictness: Strictness;
    }
  /** Never redirected: only the person is told. */
  | { readonly verdict: 'tell-person'; readonly detail: string; readonly strictness: Strictness };

/** What the server is, as far as a request has to fit it. */
export interface RequestRules {
  readonly clients: Clients;
  readonly fixedPorts: boolean;
  readonly profile: Pick<
    ServerProfile,
    'redirectUris' | 'loopback' | 'loopbackHosts' | 'nonceRequired' | 'resource' | 'registration'
  >;
  readonly strict: Strict;
}

/** Checks in the order that keeps an error from being sent to somebody else's address. */
export function checkAuthorizationRequest(parameters: Parameters, rules: RequestRules): CheckedRequest {
  const { get, flaw } = parameters;
  const { strict, clients, profile } = rules;
  if (flaw !== undefined) return { verdict: 'tell-person', ...flaw };
  const asks = clients.asks(get('client_id'));
  if (asks === false && strict('client-id'))
    return { verdict: 'tell-person', detail: 'client_id', strictness: 'client-id' };
  const redirectUri = get('redirect_uri');
  if (redirectUri === undefined || !isRegistered(redirectUri, rules))
    return { verdict: 'tell-person', detail: 'redirect_uri', strictness: 'redirect-uri-registered' };

  const state = get('state');
  const answerTo = { redirectUri, ...(state === undefined ? {} : { state }) };
  const refuse = (error: string, detail: string, strictness: Strictness): CheckedRequest => ({
    verdict: 'tell-client',
    ...answerTo,
    error,
    detail,
    strictness,
  });
  if (get('response_type') !== 'code' && strict('response-type-code'))
    return refuse('unsupported_response_type', 'response_type must be code', 'response-type-code');
  if ((get('response_mode') ?? 'query') !== 'query' && strict('response-mode-query'))
    return refuse('invalid_request', 'response_mode must be query', 'response-mode-query');
  const scope = get('scope') ?? '';
  if (!scope.split(' ').includes('openid') && strict('scope-openid'))
    return refuse('invalid_scope', 'scope must contain openid', 'scope-openid');
  const codeChallenge = get('code_challenge');
  const method = get('code_challenge_method');
  if (codeChallenge === undefined && strict('pkce-required'))
    return refuse('invalid_request', 'code_challenge is missing', 'pkce-required');
  if (codeChallenge !== undefined && method !== 'S256' && strict('pkce-s256'))
    return refuse('invalid_request', 'code_challenge_method must be S256', 'pkce-s256');
  if (codeChallenge !== undefined && !isChallenge(codeChallenge) && strict('pkce-challenge-form'))
    return refuse('invalid_request', 'code_challenge must be 43 characters', 'pkce-challenge-form');

  const nonce = get('nonce');
  if (nonce === undefined && profile.nonceRequired && strict('nonce-required'))
    return refuse('invalid_request', 'nonce is missing', 'nonce-required');
  if (profile.resource !== undefined && get('resource') !== profile.resource && strict('resource-named'))
    return refuse('invalid_target', 'resource', 'resource-named');
  const unnamed = profile.registration && missingName(get, asks, profile.registration);
  if (unnamed !== undefined && strict('registration-named'))
    return refuse('invalid_request', unnamed, 'registration-named');
  const name = profile.registration && get(profile.registration.nameParameter);
  const allowedWorkspaceId = get('allowed_workspace_id');
  const request = {
    ...answerTo,
    scope,
    ...(profile.registration === undefined
      ? {}
      : { client: asks === 'known' ? { id: get('client_id') ?? '' } : ('new' as const) }),
    ...(name === undefined ? {} : { name }),
    codeChallengeMethod: method === 'S256' ? ('S256' as const) : ('plain' as const),
    ...(codeChallenge === undefined ? {} : { codeChallenge }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(allowedWorkspaceId === undefined ? {} : { allowedWorkspaceId }),
  };
  return { verdict: 'valid', request };
}

/** What a client that is registered on the way has to say of itself and of its host, and does not. */
function missingName(
  get: Parameters['get'],
  asks: ReturnType<Clients['asks']>,
  { nameParameter, hostParameter }: NonNullable<ServerProfile['registration']>,
): string | undefined {
  if (!/^urn:uuid:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(get(hostParameter) ?? ''))
    return hostParameter;
  return asks === 'new' && !get(nameParameter)?.trim() ? nameParameter : undefined;
}

function isChallenge(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

/** Byte for byte, but for the port of a loopback address where ports are free (RFC 8252 §7.3). */
function isRegistered(redirectUri: string, { profile, fixedPorts, strict }: RequestRules): boolean {
  if (profile.redirectUris.includes(redirectUri)) return true;
  const [, host = '', port = '', path = ''] =
    /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?::([1-9]\d{0,4}))?(\/[^?#]*)?$/.exec(redirectUri) ?? [];
  const isLoopback = (port !== '' && Number(port) <= 65_535) || path !== '';
  if (!strict('redirect-uri-registered')) return isLoopback;
  if (fixedPorts || port === '' || Number(port) > 65_535) return false;
  if (profile.loopbackHosts?.every((one) => one !== host)) return false;
  return profile.loopback === 'path' || profile.redirectUris.some((uri) => new URL(uri).pathname === path);
}
