/**
 * Is this an authorization request that this server may honour (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8252
 * §7.3)? Pure. It decides page, error redirect or go ahead; the endpoint acts on it.
 */

import type { Parameters } from './parameters.ts';

export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly scope: string;
  readonly codeChallenge: string;
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
    }
  /** Never redirected: only the person is told. */
  | { readonly verdict: 'tell-person'; readonly detail: string };

/** Checks in the order that keeps an error from being sent to somebody else's address. */
export function checkAuthorizationRequest(
  parameters: Parameters,
  { clientId, fixedPorts }: { clientId: string; fixedPorts: boolean },
): CheckedRequest {
  const { get, flaw } = parameters;
  if (flaw !== undefined) return { verdict: 'tell-person', detail: flaw };
  if (get('client_id') !== clientId) return { verdict: 'tell-person', detail: 'client_id' };
  const redirectUri = get('redirect_uri');
  if (redirectUri === undefined || !isRegistered(redirectUri, fixedPorts))
    return { verdict: 'tell-person', detail: 'redirect_uri' };

  const state = get('state');
  const answerTo = { redirectUri, ...(state === undefined ? {} : { state }) };
  const refuse = (error: string, detail: string): CheckedRequest => ({
    verdict: 'tell-client',
    ...answerTo,
    error,
    detail,
  });
  if (get('response_type') !== 'code')
    return refuse('unsupported_response_type', 'response_type must be code');
  if ((get('response_mode') ?? 'query') !== 'query')
    return refuse('invalid_request', 'response_mode must be query');
  const scope = get('scope') ?? '';
  if (!scope.split(' ').includes('openid')) return refuse('invalid_scope', 'scope must contain openid');
  const codeChallenge = get('code_challenge') ?? '';
  if (get('code_challenge_method') !== 'S256')
    return refuse('invalid_request', 'code_challenge_method must be S256');
  if (!/^[A-Za-z0-9_-]{43}$/.test(codeChallenge))
    return refuse('invalid_request', 'code_challenge must be 43 characters');

  const nonce = get('nonce');
  const allowedWorkspaceId = get('allowed_workspace_id');
  const request = {
    ...answerTo,
    scope,
    codeChallenge,
    ...(nonce === undefined ? {} : { nonce }),
    ...(allowedWorkspaceId === undefined ? {} : { allowedWorkspaceId }),
  };
  return { verdict: 'valid', request };
}

const REGISTERED: ReadonlySet<string> = new Set(
  ['localhost', '127.0.0.1'].flatMap((host) =>
    [1455, 1457].map((port) => `http://${host}:${port}/auth/callback`),
  ),
);

/** Byte for byte, but for the port of a loopback address where ports are free (RFC 8252 §7.3). */
function isRegistered(redirectUri: string, fixedPorts: boolean): boolean {
  if (REGISTERED.has(redirectUri)) return true;
  if (fixedPorts) return false;
  const port = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):([1-9]\d{0,4})\/auth\/callback$/.exec(
    redirectUri,
  )?.[1];
  return port !== undefined && Number(port) <= 65_535;
}
