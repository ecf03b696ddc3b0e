/** Two independent, certified client libraries go through everything the mock offers, and find nothing wrong. */

import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterEach, describe, expect, test } from 'vitest';

import {
  type AuthorizationServer,
  type ProfileName,
  profiles,
  type ServerProfile,
  startAuthorizationServer,
} from '../../mocks/index.ts';
import * as client from './client.ts';

const REDIRECT_URI = 'http://127.0.0.1:50123/callback';
const SCOPE = 'openid profile email offline_access';
const insecure = { [oauth.allowInsecureRequests]: true };

let server: AuthorizationServer;
afterEach(() => server?.close());

/** What the browser is redirected to. */
async function callbackOf(url: URL): Promise<URL> {
  const { headers } = await fetch(url, { redirect: 'manual' });
  return new URL(headers.get('location') ?? '');
}

/** Those whose one client is registered once and for all. */
const FIXED = ['openai-codex', 'generic-oidc'] as const satisfies ProfileName[];
/** The registered one of Codex, or any. */
const redirectUriOf = (name: ProfileName) =>
  name === 'openai-codex' ? 'http://localhost:1455/auth/callback' : REDIRECT_URI;

describe.each(FIXED)('%s', (profile) => {
  test('openid-client: discovery, code flow with PKCE, nonce and iss, userinfo, refresh, revocation', async () => {
    server = await startAuthorizationServer({ profile });
    const config = await openid.discovery(new URL(server.issuer), server.clientId, undefined, openid.None(), {
      execute: [openid.allowInsecureRequests],
    });
    openid.enableNonRepudiationChecks(config);
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const expectedState = openid.randomState();
    const expectedNonce = openid.randomNonce();
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: redirectUriOf(profile),
      scope: SCOPE,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      nonce: expectedNonce,
    });
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
    const tokens = await openid.authorizationCodeGrant(config, await callbackOf(url), checks);
    const sub = tokens.claims()?.sub ?? '';
    expect(await openid.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({
      sub,
      email: 'robin@example.com',
      name: 'Robin Example',
    });
    const next = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(next.claims()?.sub).toBe(sub);
    await openid.tokenRevocation(config, next.refresh_token ?? '', { token_type_hint: 'refresh_token' });
    await expect(openid.fetchUserInfo(config, next.access_token, sub)).rejects.toThrow();
    expect(server.journal.lineageOf('refresh#2')).toEqual(['code#1', 'refresh#1', 'refresh#2']);
    expect(server.journal.entries.map(({ rule }) => rule).filter(Boolean)).toEqual(['RFC 6750 §3.1']);
  });

  test('openid-client: a device code (RFC 8628)', async () => {
    server = await startAuthorizationServer({ profile, deviceIntervalSeconds: 0.01 });
    const config = await openid.discovery(new URL(server.issuer), server.clientId, undefined, openid.None(), {
      execute: [openid.allowInsecureRequests],
    });
    const device = await openid.initiateDeviceAuthorization(config, { scope: SCOPE });
    expect(device.verification_uri_complete).toContain(device.user_code);
    const tokens = await openid.pollDeviceAuthorizationGrant(config, device);
    expect(tokens.claims()?.sub).toMatch(/^auth0\|/);
  });

  test('oauth4webapi: a device code (RFC 8628), pending first', async () => {
    server = await startAuthorizationServer({ profile, deviceIntervalSeconds: 0.01 });
    const issuer = new URL(server.issuer);
    const as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...insecure }),
    );
    const self = { client_id: server.clientId };
    const device = await oauth.processDeviceAuthorizationResponse(
      as,
      self,
      await oauth.deviceAuthorizationRequest(as, self, oauth.None(), { scope: SCOPE }, insecure),
    );
    expect(device).toMatchObject({ interval: 0.01, user_code: expect.stringMatching(/^\w{4}-\w{4}/) });
    const poll = () => oauth.deviceCodeGrantRequest(as, self, oauth.None(), device.device_code, insecure);
    server.scenario('device-pending');
    await expect(oauth.processDeviceCodeResponse(as, self, await poll())).rejects.toMatchObject({
      error: 'authorization_pending',
    });
    const tokens = await oauth.processDeviceCodeResponse(as, self, await poll());
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toMatch(/^auth0\|/);
    expect(server.journal.entries.filter(({ rule }) => rule !== undefined)).toEqual([]);
  });

  test('oauth4webapi: the same code flow, every check on', async () => {
    server = await startAuthorizationServer({ profile });
    const issuer = new URL(server.issuer);
    const as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...insecure }),
    );
    const self = { client_id: server.clientId };
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const nonce = oauth.generateRandomNonce();
    const url = new URL(as.authorization_endpoint ?? '');
    url.search = new URLSearchParams({
      client_id: self.client_id,
      response_type: 'code',
      redirect_uri: redirectUriOf(profile),
      scope: SCOPE,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    }).toString();
    const parameters = oauth.validateAuthResponse(as, self, await callbackOf(url), state);
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      self,
      oauth.None(),
      parameters,
      redirectUriOf(profile),
      verifier,
      insecure,
    );
    const expected = { expectedNonce: nonce, requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(as, self, response, expected);
    await oauth.validateApplicationLevelSignature(as, response, insecure);
    const { sub } = oauth.getValidatedIdTokenClaims(tokens) ?? { sub: '' };
    const asked = await oauth.userInfoRequest(as, self, tokens.access_token, insecure);
    expect(await oauth.processUserInfoResponse(as, self, sub, asked)).toMatchObject({ sub });
    const refreshToken = tokens.refresh_token ?? '';
    const refreshed = await oauth.processRefreshTokenResponse(
      as,
      self,
      await oauth.refreshTokenGrantRequest(as, self, oauth.None(), refreshToken, insecure),
    );
    expect(refreshed.refresh_token).not.toBe(refreshToken);
    const token = refreshed.refresh_token ?? '';
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, self, oauth.None(), token, insecure),
    );
    expect(server.journal.entries.filter(({ rule }) => rule !== undefined)).toEqual([]);
  });
});

describe('a profile', () => {
  test('generic-oidc speaks as the standards do: iss, invalid_grant, forms only, opaque access tokens', async () => {
    server = await startAuthorizationServer({ profile: 'generic-oidc' });
    const { issuer, clientId } = server;
    const metadata = await client.jsonOf(await fetch(`${issuer}/.well-known/oauth-authorization-server`));
    expect(metadata).toMatchObject({
      issuer,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      authorization_response_iss_parameter_supported: true,
    });
    const refused = await client.postForm(`${issuer}/token`, {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: 'never-issued',
    });
    expect([refused.status, (await client.jsonOf(refused)).error]).toEqual([400, 'invalid_grant']);
    const json = await client.postJson(`${issuer}/token`, { grant_type: 'refresh_token' });
    expect(json.status).toBe(400);
    expect(server.journal.entries.at(-1)).toMatchObject({ strictness: 'body-format' });
    const usercode = `${issuer}/api/accounts/deviceauth/usercode`;
    expect((await client.postJson(usercode, { client_id: clientId })).status).toBe(404);
    const query = new URLSearchParams({ client_id: clientId, redirect_uri: REDIRECT_URI });
    const denied = await fetch(`${issuer}/authorize?${query}&response_type=token`, { redirect: 'manual' });
    expect(new URL(denied.headers.get('location') ?? '').searchParams.get('iss')).toBe(issuer);
  });

  test('of one’s own is an object: paths, client, redirect URIs, lifetime', async () => {
    const own: ServerProfile = {
      ...profiles['generic-oidc'],
      paths: { ...profiles['generic-oidc'].paths, authorize: '/connect/authorize' },
      clientId: 'mine',
      redirectUris: ['http://127.0.0.1:7777/done'],
      loopback: 'port',
      accessTokens: 'jwt',
      claims: 'standard',
    };
    server = await startAuthorizationServer({ profile: own });
    const metadata = await client.jsonOf(await fetch(`${server.issuer}/.well-known/openid-configuration`));
    expect(metadata.authorization_endpoint).toBe(`${server.issuer}/connect/authorize`);
    const at = { ...server, issuer: server.issuer };
    const url = client.authorizationRequest(at, { redirect_uri: 'http://127.0.0.1:7777/done' }).url;
    const asked = await fetch(url.replace('/oauth/authorize', '/connect/authorize'), { redirect: 'manual' });
    expect([asked.status, server.clientId]).toEqual([302, 'mine']);
    const other = url.replace('7777%2Fdone', '7777%2Fother').replace('/oauth/', '/connect/');
    expect((await fetch(other, { redirect: 'manual' })).status).toBe(400);
  });
});

describe('userinfo', () => {
  const ask = (headers: Record<string, string>, init: RequestInit = {}) =>
    fetch(`${server.issuer}/userinfo`, { ...init, headers });

  test('tells only what the scope covers, to GET and to POST', async () => {
    server = await startAuthorizationServer();
    const { access_token: token } = await client.signIn(server, { scope: 'openid' });
    for (const method of ['GET', 'POST']) {
      const response = await ask(
        { Authorization: `Bearer ${token}` },
        { method, ...(method === 'POST' ? { body: new URLSearchParams() } : {}) },
      );
      expect(await client.jsonOf(response)).toEqual({ sub: expect.stringMatching(/^auth0\|/) });
    }
  });

  test('refuses with the challenge of RFC 6750: no token, one in the body, an unknown one', async () => {
    server = await startAuthorizationServer();
    const none = await ask({});
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="mock"']);
    const { access_token: token } = await client.signIn(server);
    const inBody = await client.postForm(`${server.issuer}/userinfo`, { access_token: String(token) });
    expect([inBody.status, (await client.jsonOf(inBody)).error]).toEqual([400, 'invalid_request']);
    const unknown = await ask({ Authorization: 'Bearer unknown-token' });
    expect(unknown.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  test.each([
    ['userinfo-401', 401],
    ['userinfo-500', 500],
    ['userinfo-html', 200],
  ] as const)('%s', async (scenario, status) => {
    server = await startAuthorizationServer();
    server.scenario(scenario);
    expect((await ask({})).status).toBe(status);
  });

  test('userinfo-other-subject: under a name of the OpenID Foundation as well', async () => {
    server = await startAuthorizationServer();
    const { access_token: token } = await client.signIn(server);
    server.scenario('oidcc-client-test-userinfo-invalid-sub');
    const claims = await client.jsonOf(await ask({ Authorization: `Bearer ${token}` }));
    expect(claims.sub).toBe('auth0|SomebodyElse');
    expect(server.journal.entries.at(-1)).toMatchObject({ scenarios: ['userinfo-other-subject'] });
  });
});
