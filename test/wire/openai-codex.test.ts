import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { login } from '../../src/login.ts';
import { createAuthorizationRequest, s256 } from '../../src/oauth/authorization-request.ts';
import { requestDeviceAuthorization } from '../../src/oauth/device-authorization.ts';
import { pinnedMetadata, type ServerMetadata } from '../../src/oauth/metadata.ts';
import { openaiCodex } from '../../src/provider/openai-codex.ts';
import { openMemoryStore } from '../../src/store/memory-store.ts';
import { systemFetch, systemRandomBytes } from '../../src/system.ts';
import type { Clock } from '../../src/words/ports.ts';
import { send } from '../support/http.ts';

beforeEach(() => {
  nock.disableNetConnect();
  nock.enableNetConnect(/^(127\.0\.0\.1|localhost)(:\d+)?$/);
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const issuer = 'https://auth.openai.com';
const clientId = 'app_EMoamEEZ73f0CkXaXp7hrann';

/** Whoever waits has waited already. */
function instantClock(): Clock {
  let slept = 0;
  return {
    now: () => Date.now() + slept,
    async sleep(durationMs, signal) {
      // A limit on one request is not waited for.
      if (durationMs === 30_000) return new Promise(() => undefined);
      signal?.throwIfAborted();
      slept += durationMs;
    },
  };
}

describe('the openai-codex wire', () => {
  test('R-8414-1 is pinned: the endpoints of the provider profile, not those of its metadata', () => {
    expect(pinnedMetadata(openaiCodex)).toEqual({
      issuer,
      authorizationEndpoint: `${issuer}/oauth/authorize`,
      tokenEndpoint: `${issuer}/oauth/token`,
      revocationEndpoint: `${issuer}/oauth/revoke`,
      jwksUri: `${issuer}/.well-known/jwks.json`,
      issParameterSupported: false,
    });
  });

  test('R-8252-4 has two registered redirect URIs, in this order', () => {
    expect(openaiCodex.redirectUris).toEqual([
      'http://localhost:1455/auth/callback',
      'http://localhost:1457/auth/callback',
    ]);
  });

  test('asks for authorization with these parameters and no others', () => {
    const [redirectUri = ''] = openaiCodex.redirectUris;
    const { url, state, codeVerifier } = createAuthorizationRequest(
      openaiCodex,
      pinnedMetadata(openaiCodex) as ServerMetadata,
      redirectUri,
      systemRandomBytes,
    );
    const { origin, pathname, searchParams } = new URL(url);
    expect(origin + pathname).toBe('https://auth.openai.com/oauth/authorize');
    expect([...searchParams]).toEqual([
      ['response_type', 'code'],
      ['client_id', clientId],
      ['redirect_uri', 'http://localhost:1455/auth/callback'],
      ['scope', 'openid profile email offline_access'],
      ['code_challenge', s256(codeVerifier)],
      ['code_challenge_method', 'S256'],
      ['id_token_add_organizations', 'true'],
      ['codex_cli_simplified_flow', 'true'],
      ['originator', 'codex-login'],
      ['state', state],
    ]);
    expect(url).toContain('scope=openid+profile+email+offline_access');
  });

  test('R-8252-3 R-7636-4 exchanges the code with one form-encoded POST of five fields, without state, and fetches the keys', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const bodies: string[] = [];
    const requestHeaders: Record<string, unknown>[] = [];
    nock(issuer)
      .get('/.well-known/jwks.json')
      .reply(
        200,
        { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }] },
        { 'content-type': 'application/json' },
      );
    nock(issuer)
      .post(
        '/oauth/token',
        (body) => bodies.push(typeof body === 'string' ? body : new URLSearchParams(body).toString()) > 0,
      )
      .reply(async function () {
        requestHeaders.push(this.req.headers);
        const auth = { chatgpt_account_id: 'account', chatgpt_user_id: 'user', chatgpt_plan_type: 'pro' };
        const sign = (claims: object) =>
          new SignJWT({ 'https://api.openai.com/auth': auth, ...claims })
            .setProtectedHeader({ alg: 'RS256', kid: 'k' })
            .setIssuer(issuer)
            .setSubject('s')
            .setIssuedAt()
            .setExpirationTime('10d')
            .sign(privateKey);
        const id_token = await sign({ aud: [clientId], email: 'me@example.com' });
        const access_token = await sign({
          aud: ['https://api.openai.com/v1'],
          'https://api.openai.com/profile': { email: 'me@example.com' },
        });
        return [
          200,
          {
            id_token,
            access_token,
            refresh_token: 'rt_test',
            expires_in: 864000,
            token_type: 'Bearer',
            scope: 'openid',
          },
          { 'content-type': 'application/json' },
        ];
      });

    let authorizationUrl = '';
    const result = await login({
      provider: { ...openaiCodex, redirectUris: ['http://localhost:0/auth/callback'] },
      store: openMemoryStore(),
      // The way to the server is not looked at: nock answers in its place.
      fetch: systemFetch,
      async openUrl(url) {
        authorizationUrl = url;
        const { searchParams } = new URL(url);
        const { port } = new URL(searchParams.get('redirect_uri') ?? '');
        const answer = send(
          Number(port),
          `/auth/callback?code=the-code&scope=openid&state=${searchParams.get('state')}`,
        );
        answer.then(({ headers }) => send(Number(port), String(headers.location))).catch(() => undefined);
        return { opened: true };
      },
    });

    const asked = new URL(authorizationUrl).searchParams;
    const sent = Object.fromEntries(new URLSearchParams(bodies[0]));
    expect(bodies).toHaveLength(1);
    expect(sent).toEqual({
      grant_type: 'authorization_code',
      client_id: clientId,
      code: 'the-code',
      redirect_uri: asked.get('redirect_uri'),
      code_verifier: expect.stringMatching(/^[\w-]{86}$/),
    });
    expect(s256(String(sent.code_verifier))).toBe(asked.get('code_challenge'));
    expect(String(requestHeaders[0]?.['content-type'])).toContain('application/x-www-form-urlencoded');
    expect(requestHeaders[0]).not.toHaveProperty('authorization');
    expect(result).toMatchObject({
      profileId: 'openai-codex:me@example.com',
      accountId: 'account',
      plan: 'pro',
      routable: true,
    });
    expect(nock.isDone()).toBe(true);
  });

  test('R-8628-1 R-8628-3 signs in on another device with two JSON requests, and a code at its own redirect URI', async () => {
    const headers = { 'content-type': 'application/json' };
    const sent: [string, unknown, Record<string, unknown>][] = [];
    const answer = (path: string, status: number, body: object) =>
      nock(issuer)
        .post(path)
        .reply(function (_uri, asked) {
          sent.push([path, asked, this.req.headers]);
          return [status, body, headers];
        });
    const [userCode, token] = ['/api/accounts/deviceauth/usercode', '/api/accounts/deviceauth/token'];
    const expires_at = new Date(Date.now() + 900_000).toISOString();
    answer(userCode, 200, {
      device_auth_id: 'deviceauth_x',
      user_code: 'ABCD-12345',
      interval: '5',
      expires_at,
    });
    answer(token, 403, { error: { code: 'deviceauth_authorization_unknown', message: 'Please try again.' } });
    answer(token, 404, {});
    answer(token, 200, {
      authorization_code: 'the-code',
      code_challenge: 'c',
      code_verifier: 'v'.repeat(43),
    });

    const { signal } = new AbortController();
    const metadata = pinnedMetadata(openaiCodex) as ServerMetadata;
    const context = { provider: openaiCodex, metadata, fetch: systemFetch, clock: instantClock(), signal };
    const device = await requestDeviceAuthorization({ ...context, deadline: { signal, ms: 30_000 } });
    expect(device).toMatchObject({
      verificationUri: 'https://auth.openai.com/codex/device',
      userCode: 'ABCD-12345',
    });
    expect(device.expiresInSeconds).toBeGreaterThan(895);
    expect(await device.approved(signal)).toEqual({
      kind: 'code',
      code: 'the-code',
      request: { redirectUri: `${issuer}/deviceauth/callback`, codeVerifier: 'v'.repeat(43) },
    });
    const poll = { device_auth_id: 'deviceauth_x', user_code: 'ABCD-12345' };
    expect(sent.map(([path, body]) => [path, body])).toEqual([
      [userCode, { client_id: clientId }],
      [token, poll],
      [token, poll],
      [token, poll],
    ]);
    for (const [, , { authorization, 'content-type': type, accept }] of sent)
      expect([authorization, String(type), String(accept)]).toEqual([
        undefined,
        'application/json',
        'application/json',
      ]);
    expect(nock.isDone()).toBe(true);
  });

  test('names the setting that a device code needs as ChatGPT does', () => {
    const { endpoints } = openaiCodex;
    expect(endpoints.kind === 'pinned' && endpoints.deviceAuthorization).toEqual({
      userCodeEndpoint: '/api/accounts/deviceauth/usercode',
      tokenEndpoint: '/api/accounts/deviceauth/token',
      verificationPath: '/codex/device',
      redirectPath: '/deviceauth/callback',
      setting: '"Enable device code authorization for Codex" in ChatGPT, under Settings > Security',
    });
  });
});
