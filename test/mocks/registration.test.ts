import { createHash, randomBytes } from 'node:crypto';

import * as oauth from 'oauth4webapi';
import { describe, expect, test } from 'vitest';

import { type AuthorizationServer, profiles, startAuthorizationServer } from '../../mocks/index.ts';
import { jsonOf, partOf, postForm } from './client.ts';

const HOST = 'urn:uuid:0b5a2c1e-6d3f-4c8a-9b7e-2f1d0c9b8a76';
const REDIRECT_URI = 'http://127.0.0.1:50123/auth/callback';
const profile = 'openai-chatgpt';
const { resource, clientId: ENTRANCE } = profiles[profile];
const insecure = { [oauth.allowInsecureRequests]: true };

type Changes = Readonly<Record<string, string | undefined>>;

async function ask({ issuer }: AuthorizationServer, changes: Changes = {}) {
  const codeVerifier = randomBytes(64).toString('base64url');
  const parameters: Changes = {
    response_type: 'code',
    client_id: ENTRANCE,
    agent_name_hint: 'a program',
    ext_agent_host_id: HOST,
    redirect_uri: REDIRECT_URI,
    scope: 'openid offline_access chatgpt.tokens.use.direct',
    resource,
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'a-state',
    nonce: 'a-nonce',
    ...changes,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  const response = await fetch(`${issuer}/api/accounts/authorize?${query}`, { redirect: 'manual' });
  const callback = new URL(response.headers.get('location') ?? 'http://nowhere.example/');
  const { searchParams } = callback;
  const code = searchParams.get('code') ?? '';
  return { response, callback, code, codeVerifier, clientId: searchParams.get('client_id') ?? undefined };
}

const tokensFor = ({ issuer }: AuthorizationServer, body: Changes) =>
  postForm(`${issuer}/api/accounts/oauth/token`, { resource, ...body });
const exchangeOf = ({ code, codeVerifier, clientId }: Awaited<ReturnType<typeof ask>>, as = clientId) => ({
  grant_type: 'authorization_code',
  client_id: as,
  code,
  redirect_uri: REDIRECT_URI,
  code_verifier: codeVerifier,
});
const refused = ({ journal }: AuthorizationServer) => journal.entries.at(-1)?.strictness;

describe('the profile of open-source applications', () => {
  test('registers a client in every sign-in that asks for one, and the tokens are for that one', async () => {
    await using server = await startAuthorizationServer({ profile });
    const first = await ask(server);
    const second = await ask(server);
    expect([first.clientId, second.clientId]).toEqual(
      Array(2).fill(expect.stringMatching(/^oaiapp_[\w-]{16}$/)),
    );
    expect(first.clientId).not.toBe(second.clientId);
    const tokens = await jsonOf(await tokensFor(server, exchangeOf(first)));
    expect(partOf(tokens.id_token, 1)).toMatchObject({ aud: [first.clientId], nonce: 'a-nonce' });
    const refresh = { grant_type: 'refresh_token', refresh_token: String(tokens.refresh_token) };
    expect((await tokensFor(server, { ...refresh, client_id: first.clientId })).status).toBe(200);
    expect(server.journal.entries.filter(({ rule }) => rule !== undefined)).toEqual([]);
  });

  test('takes a client that it registered before, without another name, and names it to nobody again', async () => {
    await using server = await startAuthorizationServer({ profile });
    const { clientId } = await ask(server);
    const again = await ask(server, { client_id: clientId, agent_name_hint: undefined });
    expect([again.code === '', again.clientId]).toEqual([false, undefined]);
    expect((await tokensFor(server, exchangeOf(again, clientId))).status).toBe(200);
  });

  test.each([
    ['no nonce', { nonce: undefined }, 'nonce-required'],
    ['no resource', { resource: undefined }, 'resource-named'],
    ['another resource', { resource: 'https://api.example.com' }, 'resource-named'],
    ['no name', { agent_name_hint: undefined }, 'registration-named'],
    ['no host', { ext_agent_host_id: undefined }, 'registration-named'],
    ['a host that is no UUID', { ext_agent_host_id: 'my-laptop' }, 'registration-named'],
    ['localhost', { redirect_uri: 'http://localhost:50123/auth/callback' }, 'redirect-uri-registered'],
    ['[::1]', { redirect_uri: 'http://[::1]:50123/auth/callback' }, 'redirect-uri-registered'],
    ['another path', { redirect_uri: 'http://127.0.0.1:50123/callback' }, 'redirect-uri-registered'],
    ['a client that was never registered', { client_id: 'oaiapp_unknown' }, 'client-id'],
  ] as const)('refuses a request with %s', async (_, changes, strictness) => {
    await using server = await startAuthorizationServer({ profile });
    expect((await ask(server, changes)).code).toBe('');
    expect(refused(server)).toBe(strictness);
  });

  test('refuses whoever is not the client that the code or the token was issued to', async () => {
    await using server = await startAuthorizationServer({ profile });
    const mine = await ask(server);
    const { clientId: another } = await ask(server);
    await tokensFor(server, exchangeOf(mine, ENTRANCE));
    expect(refused(server)).toBe('client-id');
    await tokensFor(server, exchangeOf(mine, another));
    expect(refused(server)).toBe('client-binding');
    await tokensFor(server, { ...exchangeOf(mine), resource: undefined });
    expect(refused(server)).toBe('resource-named');
    // None of it has spent the code.
    const tokens = await jsonOf(await tokensFor(server, exchangeOf(mine)));
    const { refresh_token: token } = tokens;
    const refresh = { grant_type: 'refresh_token', refresh_token: String(token) };
    await tokensFor(server, { ...refresh, client_id: another });
    expect(refused(server)).toBe('client-binding');
    await postForm(`${server.issuer}/api/accounts/oauth/revoke`, {
      token: String(token),
      client_id: another,
    });
    expect(server.journal.entries.at(-1)?.outcome).toBe('unknown token');
    expect((await tokensFor(server, { ...refresh, client_id: mine.clientId })).status).toBe(200);
  });

  test('has no device codes, and announces none', async () => {
    await using server = await startAuthorizationServer({ profile });
    const metadata = await jsonOf(await fetch(`${server.issuer}/.well-known/openid-configuration`));
    expect(metadata).not.toHaveProperty('device_authorization_endpoint');
    expect(metadata.token_endpoint).toBe(`${server.issuer}/api/accounts/oauth/token`);
    for (const path of ['/oauth/device/code', '/api/accounts/deviceauth/usercode'])
      expect((await postForm(server.issuer + path, { client_id: ENTRANCE })).status).toBe(404);
  });

  test('oauth4webapi goes through it as the client that was issued, every check on', async () => {
    await using server = await startAuthorizationServer({ profile });
    const issuer = new URL(server.issuer);
    const found = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...insecure });
    const as = await oauth.processDiscoveryResponse(issuer, found);
    const { callback, codeVerifier, clientId = '' } = await ask(server);
    const self = { client_id: clientId };
    const parameters = oauth.validateAuthResponse(as, self, callback, 'a-state');
    const more = { additionalParameters: { resource }, ...insecure };
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      self,
      oauth.None(),
      parameters,
      REDIRECT_URI,
      codeVerifier,
      more,
    );
    const expected = { expectedNonce: 'a-nonce', requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(as, self, response, expected);
    const token = tokens.refresh_token ?? '';
    const refreshed = await oauth.refreshTokenGrantRequest(as, self, oauth.None(), token, more);
    const { refresh_token: next = '' } = await oauth.processRefreshTokenResponse(as, self, refreshed);
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, self, oauth.None(), next, insecure),
    );
    expect(server.journal.entries.filter(({ rule }) => rule !== undefined)).toEqual([]);
  });

  test('says on its page what the application calls itself', async () => {
    await using server = await startAuthorizationServer({ profile, approve: 'page' });
    const { response } = await ask(server, { agent_name_hint: 'a <b>program' });
    expect(await response.text()).toContain('<bdi>a &lt;b&gt;program</bdi></strong>, a new application');
  });
});
