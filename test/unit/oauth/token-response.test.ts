import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';

import { readTokenResponse } from '../../../src/oauth/token-response.ts';

const secret = 'planted-secret-token-value';
const good = {
  access_token: secret,
  refresh_token: secret,
  id_token: secret,
  token_type: 'Bearer',
  expires_in: 864000,
  scope: 'openid',
};

function read(body: unknown, init: ResponseInit & { type?: string } = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': init.type ?? 'application/json', ...init.headers };
  return readTokenResponse(new Response(text, { ...init, headers }), 'openid email');
}

describe("a token endpoint's answer", () => {
  test('is usable with the three tokens', async () => {
    expect(await read(good)).toMatchObject({
      usable: {
        accessToken: secret,
        refreshToken: secret,
        idToken: secret,
        expiresInSeconds: 864000,
        scope: 'openid',
      },
    });
  });

  test('R-6749-3 is usable with a token type in any case, and without one', async () => {
    for (const token_type of ['bearer', 'BEARER', undefined])
      expect(await read({ ...good, token_type })).toHaveProperty('usable');
  });

  test('R-6749-3 is refused with a token type other than bearer', async () => {
    for (const token_type of ['mac', 'DPoP', 7])
      expect(await read({ ...good, token_type })).toMatchObject({
        error: { code: 'ERR_TOKEN_ENDPOINT', exitCode: 6 },
      });
  });

  test('takes expires_in as a number or a numeric string, and neither nonsense nor a negative one', async () => {
    expect(await read({ ...good, expires_in: '3600' })).toMatchObject({ usable: { expiresInSeconds: 3600 } });
    for (const expires_in of ['soon', -1, null, {}, 0]) {
      const { usable } = (await read({ ...good, expires_in })) as { usable: object };
      expect(usable).not.toHaveProperty('expiresInSeconds');
    }
  });

  test('grants what was asked for where it names no scope', async () => {
    expect(await read({ ...good, scope: undefined })).toMatchObject({ usable: { scope: 'openid email' } });
  });

  test.each(['access_token', 'refresh_token', 'id_token'])(
    'is refused without %s, and shows none of the others',
    async (name) => {
      for (const missing of [undefined, '', null, 7]) {
        const outcome = await read({ ...good, [name]: missing });
        expect(outcome).toMatchObject({ error: { code: 'ERR_TOKEN_ENDPOINT', exitCode: 6 } });
        expect(inspect(outcome, { depth: 9 })).not.toContain(secret);
      }
    },
  );

  test.each([
    ['201', good, { status: 201 }],
    ['204 and nothing', '', { status: 200 }],
    ['HTML', '<html>', { type: 'text/html' }],
    ['plain text', JSON.stringify(good), { type: 'text/plain' }],
    ['half a document', JSON.stringify(good).slice(0, 60), {}],
    ['a list', [good], {}],
    ['null', 'null', {}],
    ['a redirect', good, { status: 307, headers: { location: '/elsewhere' } }],
    ['500', { error: 'server_error' }, { status: 500 }],
    ['429', {}, { status: 429, headers: { 'retry-after': '7' } }],
  ])('that is %s is refused and quotes no token', async (_, body, init) => {
    const outcome = await read(body, init);
    expect(outcome).toMatchObject({ error: { exitCode: 6 } });
    expect(inspect(outcome, { depth: 9 })).not.toContain(secret);
  });

  test('R-9700-3 quotes nothing of what was sent, whatever the server says', async () => {
    const sent = ['plain-code', 'plain-verifier'];
    const body = { error: 'plain-code', error_description: 'got plain-verifier' };
    const response = new Response(JSON.stringify(body), {
      status: 400,
      headers: { 'content-type': 'application/json', 'x-request-id': 'plain-code' },
    });
    expect(inspect(await readTokenResponse(response, 'openid', sent), { depth: 9 })).not.toMatch(/plain-/);
  });

  test('that goes on and on is given up', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(' '.repeat(65_536))),
    });
    const response = new Response(endless, { headers: { 'content-type': 'application/json' } });
    expect(await readTokenResponse(response, 'openid')).toMatchObject({ error: { exitCode: 6 } });
  });

  test('tells OAuth error, request id and Retry-After in words', async () => {
    const outcome = await read(
      { error: 'invalid_grant', error_description: 'Code \u001b[1mexpired' },
      { status: 400, headers: { 'x-request-id': 'req_1' } },
    );
    expect(outcome).toMatchObject({
      error: { status: 400, oauthError: 'invalid_grant', requestId: 'req_1' },
    });
    expect((outcome as { error: Error }).error.message).toContain('req_1');
    expect((outcome as { error: Error }).error.message).not.toContain('\u001b');
  });

  test("tells OpenAI's nested errors apart: an unsupported region has its own code", async () => {
    const body = { error: { code: 'unsupported_country_region_territory', message: 'no' } };
    expect(await read(body, { status: 403 })).toMatchObject({
      error: { code: 'ERR_REGION_UNSUPPORTED', exitCode: 6 },
    });
  });

  test('of an edge in front of the server names the page and its ray', async () => {
    const outcome = await read('<html>blocked', {
      status: 403,
      type: 'text/html',
      headers: { 'cf-ray': '8abc' },
    });
    expect((outcome as { error: Error }).error.message).toMatch(/web page.*8abc/);
  });
});
