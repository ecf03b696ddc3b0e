import { afterEach, describe, expect, test } from 'vitest';

import { type AuthorizationServer, startAuthorizationServer } from '../../mocks/index.ts';
import { authorizationRequest, authorize, postForm } from './client.ts';

let server: AuthorizationServer;
const start = async (options?: Parameters<typeof startAuthorizationServer>[0]) => {
  server = await startAuthorizationServer(options);
  return server;
};
afterEach(() => server.close());

describe('the authorization endpoint', () => {
  test('answers a right request with code, scope and state, and no iss', async () => {
    const { response, query, state, location } = await authorize(await start());
    expect(response.status).toBe(302);
    expect(location).toMatch(/^http:\/\/localhost:1455\/auth\/callback\?/);
    expect([...query.keys()]).toEqual(['code', 'scope', 'state']);
    expect(query.get('state')).toBe(state);
    expect(query.get('scope')).toBe('openid profile email offline_access');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test.each([
    ['an unknown client', { client_id: 'another-client' }],
    ['no client', { client_id: undefined }],
    ['a foreign redirect URI', { redirect_uri: 'https://evil.example/auth/callback' }],
    ['a redirect URI with another path', { redirect_uri: 'http://localhost:1455/other' }],
    ['a redirect URI with a trailing slash', { redirect_uri: 'http://localhost:1455/auth/callback/' }],
    ['a redirect URI in other case', { redirect_uri: 'http://LOCALHOST:1455/auth/callback' }],
    ['a redirect URI with userinfo', { redirect_uri: 'http://localhost:1455@evil.example/auth/callback' }],
    ['no redirect URI', { redirect_uri: undefined }],
  ])('never redirects %s', async (_, changes) => {
    const { response, location } = await authorize(await start(), changes);
    expect(response.status).toBe(400);
    expect(location).toBeNull();
    expect(await response.text()).not.toContain('evil');
  });

  test('never redirects a request with a duplicated parameter', async () => {
    const { response, location } = await authorize(await start(), {}, '&scope=openid');
    expect([response.status, location]).toEqual([400, null]);
  });

  test.each([
    ['no code challenge', { code_challenge: undefined }, 'invalid_request'],
    ['a short code challenge', { code_challenge: 'short' }, 'invalid_request'],
    ['no challenge method', { code_challenge_method: undefined }, 'invalid_request'],
    ['the challenge method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['the challenge method s256', { code_challenge_method: 's256' }, 'invalid_request'],
    ['a scope without openid', { scope: 'profile email' }, 'invalid_scope'],
    ['the implicit grant', { response_type: 'token' }, 'unsupported_response_type'],
    ['another response mode', { response_mode: 'fragment' }, 'invalid_request'],
    ['a workspace that nobody belongs to', { allowed_workspace_id: 'none' }, 'access_denied'],
  ])('tells the client about %s', async (_, changes, error) => {
    const { response, query, state, code } = await authorize(await start(), changes);
    expect(response.status).toBe(302);
    expect([query.get('error'), query.get('state'), code]).toEqual([error, state, '']);
  });

  test.each([
    'http://localhost:1455/auth/callback',
    'http://127.0.0.1:1455/auth/callback',
    'http://localhost:1457/auth/callback',
    'http://127.0.0.1:1457/auth/callback',
  ])('knows %s with fixed ports', async (redirectUri) => {
    const { query } = await authorize(await start({ fixedPorts: true }), { redirect_uri: redirectUri });
    expect(query.get('code')).not.toBeNull();
  });

  test.each([
    'http://localhost:50123/auth/callback',
    'http://127.0.0.1:50123/auth/callback',
    'http://[::1]:50123/auth/callback',
  ])('takes %s only where ports are free (RFC 8252 §7.3)', async (redirectUri) => {
    const free = await authorize(await start(), { redirect_uri: redirectUri });
    expect(free.location?.startsWith(`${redirectUri}?code=`)).toBe(true);
    await server.close();
    const fixed = await authorize(await start({ fixedPorts: true }), { redirect_uri: redirectUri });
    expect(fixed.response.status).toBe(400);
  });

  test('issues nothing for a HEAD request', async () => {
    const { url } = authorizationRequest(await start());
    const response = await fetch(url, { method: 'HEAD', redirect: 'manual' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  test('signs in the account whose workspace is asked for', async () => {
    const accounts = [
      { email: 'robin@example.com', accountId: 'first', userId: 'user-1', plan: 'plus' },
      { email: 'robin@example.com', accountId: 'second', userId: 'user-1', plan: 'team' },
    ];
    await start({ accounts, approve: 'page' });
    const { response } = await authorize(server, { allowed_workspace_id: 'second' });
    const html = await response.text();
    expect(html).toContain('team plan');
    expect(html).not.toContain('plus plan');
  });
});

describe('the sign-in page', () => {
  const handleIn = (html: string) => /name="request_handle" value="([^"]+)"/.exec(html)?.[1] ?? '';
  const open = async () => {
    const { response, state } = await authorize(await start({ approve: 'page' }));
    return { response, state, html: await response.text() };
  };
  const decide = (html: string, decision: string, account = '0') =>
    postForm(`${server.issuer}/oauth/authorize`, { request_handle: handleIn(html), decision, account });

  test('lists the accounts with labels and loads nothing from anywhere', async () => {
    const { response, html } = await open();
    expect(response.status).toBe(200);
    expect(html.match(/<label><input type="radio"/g)).toHaveLength(3);
    expect(html).toContain('prefers-color-scheme:dark');
    expect(html).not.toMatch(/<script|https?:\/\/(?!127\.0\.0\.1|localhost)/);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`form-action 'self' ${server.issuer} http://localhost:1455`);
  });

  test('allows: a 303 with a code for the account that was chosen', async () => {
    const { html, state } = await open();
    const response = await decide(html, 'allow', '1');
    expect(response.status).toBe(303);
    const query = new URL(response.headers.get('location') ?? '').searchParams;
    expect([query.has('code'), query.get('state')]).toEqual([true, state]);
  });

  test('denies: access_denied and no code', async () => {
    const { html, state } = await open();
    const query = new URL((await decide(html, 'deny')).headers.get('location') ?? '').searchParams;
    expect([query.get('error'), query.get('state'), query.has('code')]).toEqual([
      'access_denied',
      state,
      false,
    ]);
  });

  test('takes its form once, and no form with a handle that it did not give out', async () => {
    const { html } = await open();
    await decide(html, 'deny');
    expect((await decide(html, 'allow')).status).toBe(400);
    expect((await decide('name="request_handle" value="made-up"', 'allow')).status).toBe(400);
  });

  test('may redirect to an IPv6 callback, which a policy cannot name', async () => {
    await start({ approve: 'page' });
    const { response } = await authorize(server, { redirect_uri: 'http://[::1]:1455/auth/callback' });
    expect(response.headers.get('content-security-policy')).toMatch(/form-action 'self' \S+ http:$/);
  });

  test('escapes what it shows', async () => {
    const accounts = [{ name: '<b>&"\'', accountId: 'a', userId: 'user-1', plan: '<i>' }];
    const { response } = await authorize(await start({ approve: 'page', accounts }), {
      scope: 'openid <script>',
    });
    const html = await response.text();
    expect(html).not.toMatch(/<b>|<i>|<script/);
    expect(html).toContain('&lt;b&gt;&amp;&quot;&#39;');
  });
});
