/**
 * A bare client of the mock for its own tests: plain fetch, nothing of `src`, every request open to being
 * wrong.
 */

import { createHash, createPublicKey, type JsonWebKey, randomBytes, verify } from 'node:crypto';

import type { AuthorizationServer } from '../../mocks/index.ts';

export const REDIRECT_URI = 'http://localhost:1455/auth/callback';
export const AUTH_CLAIM = 'https://api.openai.com/auth';

/** Parameters to replace; undefined leaves one out. */
export type Changes = Readonly<Record<string, string | undefined>>;
export type Json = Record<string, unknown>;

/** A right authorization request, with the secrets it stands on. */
export function authorizationRequest(server: AuthorizationServer, changes: Changes = {}) {
  const codeVerifier = randomBytes(64).toString('base64url');
  const state = randomBytes(32).toString('base64url');
  const parameters = {
    response_type: 'code',
    client_id: server.clientId,
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile email offline_access',
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    state,
  };
  return {
    url: `${server.issuer}/oauth/authorize?${queryOf({ ...parameters, ...changes })}`,
    codeVerifier,
    state,
  };
}

/** Sends it, and reads the redirect without following it. */
export async function authorize(server: AuthorizationServer, changes: Changes = {}, more = '') {
  const request = authorizationRequest(server, changes);
  const response = await fetch(`${request.url}${more}`, { redirect: 'manual' });
  const location = response.headers.get('location');
  const query = location === null ? new URLSearchParams() : new URL(location).searchParams;
  return { ...request, response, location, query, code: query.get('code') ?? '' };
}

export function postForm(
  url: string,
  changes: Changes,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, { method: 'POST', body: queryOf(changes), headers, redirect: 'manual' });
}

export function postJson(url: string, body: Json): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  return fetch(url, { method: 'POST', body: JSON.stringify(body), headers, redirect: 'manual' });
}

/** The right body for a code exchange. */
export function exchangeBody(server: AuthorizationServer, granted: { code: string; codeVerifier: string }) {
  return {
    grant_type: 'authorization_code',
    client_id: server.clientId,
    code: granted.code,
    redirect_uri: REDIRECT_URI,
    code_verifier: granted.codeVerifier,
  };
}

/** Authorizes and posts the exchange, with this much changed. */
export async function exchange(server: AuthorizationServer, changes: Changes = {}, request: Changes = {}) {
  const granted = await authorize(server, request);
  return postForm(`${server.issuer}/oauth/token`, { ...exchangeBody(server, granted), ...changes });
}

/** The whole sign-in: the token response. */
export async function signIn(server: AuthorizationServer, request: Changes = {}): Promise<Json> {
  return jsonOf(await exchange(server, {}, request));
}

export function refresh(server: AuthorizationServer, refreshToken: unknown): Promise<Response> {
  return postForm(`${server.issuer}/oauth/token`, {
    grant_type: 'refresh_token',
    client_id: server.clientId,
    refresh_token: String(refreshToken),
  });
}

export async function jsonOf(response: Response): Promise<Json> {
  return (await response.json()) as Json;
}

/** The n-th part of a compact JWS: 0 header, 1 claims. */
export function partOf(token: unknown, index: 0 | 1): Json {
  return JSON.parse(Buffer.from(String(token).split('.')[index] ?? '', 'base64url').toString());
}

/** Whether the server's published keys verify a token. */
export async function isSigned(server: AuthorizationServer, token: unknown): Promise<boolean> {
  const { keys } = (await (await fetch(`${server.issuer}/.well-known/jwks.json`)).json()) as {
    keys: JsonWebKey[];
  };
  const { alg, kid } = partOf(token, 0);
  const jwk = keys.find((key) => key.kid === kid);
  if (alg !== 'RS256' || jwk === undefined) return false;
  const [header, claims, signature = ''] = String(token).split('.');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'));
}

function queryOf(changes: Changes): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(changes)) if (value !== undefined) query.set(name, value);
  return query;
}
