import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type AuthorizationServer, createVirtualClock, startAuthorizationServer } from '../../mocks/index.ts';
import * as client from './client.ts';

const clock = createVirtualClock();
let server: AuthorizationServer;
beforeEach(async () => {
  server = await startAuthorizationServer({ clock });
});
afterEach(() => server.close());

const tokenEndpoint = () => `${server.issuer}/oauth/token`;
const outcomeOf = () => server.journal.entries.at(-1)?.outcome;

describe('the code exchange', () => {
  test('answers with three tokens that are signed and belong together', async () => {
    const response = await client.exchange(server, {}, { nonce: 'n-0S6_WzA2Mj' });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    const tokens = await client.jsonOf(response);
    expect(Object.keys(tokens)).toEqual([
      'id_token',
      'access_token',
      'refresh_token',
      'expires_in',
      'token_type',
      'scope',
    ]);
    expect(tokens).toMatchObject({ expires_in: 864_000, token_type: 'Bearer' });
    expect(await client.isSigned(server, tokens.id_token)).toBe(true);
    expect(await client.isSigned(server, tokens.access_token)).toBe(true);

    const now = Math.floor(clock.now() / 1000);
    const hash = createHash('sha256')
      .update(String(tokens.access_token))
      .digest()
      .subarray(0, 16)
      .toString('base64url');
    expect(client.partOf(tokens.id_token, 1)).toMatchObject({
      iss: server.issuer,
      aud: [server.clientId],
      iat: now,
      exp: now + 3600,
      auth_time: now,
      nonce: 'n-0S6_WzA2Mj',
      at_hash: hash,
      email: 'robin@example.com',
      email_verified: true,
      [client.AUTH_CLAIM]: { chatgpt_plan_type: 'plus', chatgpt_account_id: expect.stringMatching(/^6f2c/) },
    });
    expect(client.partOf(tokens.access_token, 1)).toMatchObject({
      aud: ['https://api.openai.com/v1'],
      exp: now + 864_000,
      'https://api.openai.com/profile': { email: 'robin@example.com' },
      [client.AUTH_CLAIM]: { chatgpt_user_id: expect.stringMatching(/^user-/) },
    });
  });

  test('takes JSON as well as a form', async () => {
    const granted = await client.authorize(server);
    const response = await client.postJson(tokenEndpoint(), client.exchangeBody(server, granted));
    expect(response.status).toBe(200);
  });

  test.each([
    ['a wrong verifier', { code_verifier: 'w'.repeat(43) }, 400, 'invalid_grant: pkce'],
    [
      'another redirect URI',
      { redirect_uri: 'http://127.0.0.1:1455/auth/callback' },
      400,
      'invalid_grant: redirect_uri',
    ],
    ['an unknown code', { code: 'never-issued' }, 400, 'invalid_grant: code unknown'],
    ['a verifier that is too short', { code_verifier: 'short' }, 400, 'invalid_request: code_verifier'],
    [
      'a verifier that is too long',
      { code_verifier: 'l'.repeat(129) },
      400,
      'invalid_request: code_verifier',
    ],
    [
      'a verifier with other characters',
      { code_verifier: '+'.repeat(43) },
      400,
      'invalid_request: code_verifier',
    ],
    ['no verifier', { code_verifier: undefined }, 400, 'invalid_request: code_verifier'],
    ['state in the body', { state: 'any' }, 400, 'invalid_request: state'],
    ['an unexpected parameter', { resource: 'any' }, 400, 'invalid_request: unexpected parameter'],
    ['no grant type', { grant_type: undefined }, 400, 'invalid_request: grant_type'],
    ['the password grant', { grant_type: 'password' }, 400, 'unsupported_grant_type: grant_type'],
    ['another client', { client_id: 'another-client' }, 401, 'invalid_client: client_id'],
    ['a client secret', { client_secret: 'any' }, 401, 'invalid_client: client_secret'],
  ])('refuses %s', async (_, changes, status, outcome) => {
    const response = await client.exchange(server, changes);
    expect(response.status).toBe(status);
    expect((await client.jsonOf(response)).error).toBe(outcome.split(':')[0]);
    expect(outcomeOf()).toBe(outcome);
  });

  test('refuses an Authorization header, a duplicated parameter, a query, another body, and broken JSON', async () => {
    const granted = await client.authorize(server);
    const body = client.exchangeBody(server, granted);
    const post = (text: string, type: string, query = '') =>
      fetch(`${tokenEndpoint()}${query}`, { method: 'POST', body: text, headers: { 'Content-Type': type } });
    const form = 'application/x-www-form-urlencoded';
    const text = new URLSearchParams(body).toString();

    const basic = await client.postForm(tokenEndpoint(), body, { Authorization: 'Basic YTpi' });
    expect([basic.status, basic.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Basic'),
    ]);
    expect((await post(`${text}&code=again`, form)).status).toBe(400);
    expect((await post(text, form, '?code=again')).status).toBe(400);
    expect((await post(text, 'text/plain')).status).toBe(400);
    expect((await post('{', 'application/json')).status).toBe(400);
    expect((await post('{"grant_type":1}', 'application/json')).status).toBe(400);
    expect((await post('x'.repeat(70_000), form)).status).toBe(400);
    expect((await fetch(tokenEndpoint())).status).toBe(405);
    expect((await post(text, form)).status).toBe(200);
  });

  test('refuses a code after sixty seconds', async () => {
    const granted = await client.authorize(server);
    clock.advance('60s');
    const response = await client.postForm(tokenEndpoint(), client.exchangeBody(server, granted));
    expect([response.status, outcomeOf()]).toEqual([400, 'invalid_grant: code expired']);
  });

  test('spends a code at the first attempt, also where that fails', async () => {
    const granted = await client.authorize(server);
    const body = client.exchangeBody(server, granted);
    await client.postForm(tokenEndpoint(), { ...body, code_verifier: 'w'.repeat(43) });
    await client.postForm(tokenEndpoint(), body);
    expect(outcomeOf()).toBe('invalid_grant: code used');
  });

  test('revokes what the first use of a code led to when it is used again', async () => {
    const granted = await client.authorize(server);
    const body = client.exchangeBody(server, granted);
    const first = await client.jsonOf(await client.postForm(tokenEndpoint(), body));
    expect((await client.postForm(tokenEndpoint(), body)).status).toBe(400);
    expect(outcomeOf()).toBe('invalid_grant: code used');
    expect((await client.refresh(server, first.refresh_token)).status).toBe(401);
    expect(outcomeOf()).toBe('refresh_token_invalidated');
  });
});

describe('refreshing', () => {
  test('rotates the refresh token, for a form and for JSON', async () => {
    const first = await client.signIn(server);
    const second = await client.jsonOf(await client.refresh(server, first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const response = await client.postJson(tokenEndpoint(), {
      grant_type: 'refresh_token',
      client_id: server.clientId,
      refresh_token: second.refresh_token,
      refresh_reason: 'expired',
    });
    const third = await client.jsonOf(response);
    expect(client.partOf(third.id_token, 1).sub).toBe(client.partOf(first.id_token, 1).sub);
    expect(third.access_token).not.toBe(second.access_token);
  });

  test('answers a replay in the nested shape and ends the family', async () => {
    const first = await client.signIn(server);
    const second = await client.jsonOf(await client.refresh(server, first.refresh_token));
    const replay = await client.refresh(server, first.refresh_token);
    expect(replay.status).toBe(401);
    expect(await client.jsonOf(replay)).toEqual({
      error: {
        message: expect.any(String),
        type: 'invalid_request_error',
        param: null,
        code: 'refresh_token_reused',
      },
    });
    expect((await client.refresh(server, second.refresh_token)).status).toBe(401);
    expect(outcomeOf()).toBe('refresh_token_invalidated');
  });

  test('leaves another sign-in of the same person alone', async () => {
    const first = await client.signIn(server);
    const other = await client.signIn(server);
    await client.refresh(server, first.refresh_token);
    await client.refresh(server, first.refresh_token);
    expect((await client.refresh(server, other.refresh_token)).status).toBe(200);
  });

  test('refuses a token that was never issued, an access token, a wider scope, and none at all', async () => {
    const { access_token: accessToken, refresh_token: refreshToken } = await client.signIn(server);
    expect((await client.refresh(server, 'never-issued')).status).toBe(401);
    expect((await client.refresh(server, accessToken)).status).toBe(401);
    const body = { grant_type: 'refresh_token', client_id: server.clientId };
    expect((await client.postForm(tokenEndpoint(), body)).status).toBe(400);
    const wider = await client.postForm(tokenEndpoint(), {
      ...body,
      refresh_token: String(refreshToken),
      scope: 'admin',
    });
    expect((await client.jsonOf(wider)).error).toBe('invalid_scope');
    expect((await client.refresh(server, refreshToken)).status).toBe(200);
  });
});

describe('revocation', () => {
  test.each(['refresh_token', 'access_token'])(
    'ends the family of a %s, form or JSON, and shrugs at others',
    async (hint) => {
      const revoke = `${server.issuer}/oauth/revoke`;
      for (const post of [client.postForm, client.postJson]) {
        const tokens = await client.signIn(server);
        const body = { client_id: server.clientId, token: String(tokens[hint]), token_type_hint: hint };
        expect((await post(revoke, body)).status).toBe(200);
        expect(outcomeOf()).toBe('revoked');
        expect((await client.refresh(server, tokens.refresh_token)).status).toBe(401);
        expect((await post(revoke, { ...body, token: 'never-issued' })).status).toBe(200);
        expect((await post(revoke, { client_id: server.clientId })).status).toBe(400);
        expect((await post(revoke, { ...body, client_id: 'another-client' })).status).toBe(401);
      }
    },
  );
});
