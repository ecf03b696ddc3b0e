import { afterEach, expect, test, vi } from 'vitest';

import { type AuthorizationServer, startAuthorizationServer } from '../../mocks/index.ts';
import type { refreshScenarios } from '../../mocks/scenarios/refresh.ts';
import type { revocationScenarios } from '../../mocks/scenarios/revocation.ts';
import type { tokenScenarios } from '../../mocks/scenarios/token.ts';
import * as client from './client.ts';

type Post = () => Promise<Response>;
type Check = (post: Post, server: AuthorizationServer) => Promise<void>;

afterEach(() => {
  vi.useRealTimers();
});

/** Resolves once the server has read a request and decided on its answer. */
function nextExchange(path: string) {
  let resolve: () => void = () => undefined;
  const seen = new Promise<void>((done) => {
    resolve = done;
  });
  return { seen, onExchange: (entry: { path: string }) => void (entry.path === path && resolve()) };
}

const answers =
  (status: number, code: string | undefined, headers: Record<string, unknown> = {}): Check =>
  async (post) => {
    const response = await post();
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject(headers);
    if (code === undefined) return;
    const { error } = (await response.json()) as { error: string | { code: string } };
    expect(typeof error === 'string' ? error : error.code).toBe(code);
  };

const lacks =
  (member: string): Check =>
  async (post) => {
    const body = await client.jsonOf(await post());
    expect(body).not.toHaveProperty(member);
    expect(Object.keys(body)).toHaveLength(5);
  };

const says =
  (members: object): Check =>
  async (post) =>
    expect(await client.jsonOf(await post())).toMatchObject(members);

const breaksOff: Check = (post) => expect(post().then((response) => response.text())).rejects.toThrow();
const complete = {
  access_token: expect.any(String),
  refresh_token: expect.any(String),
  id_token: expect.any(String),
};

type Plain = Exclude<keyof typeof tokenScenarios, 'token-hang' | 'token-slow'>;
const tokenChecks: Record<Plain, Check> = {
  'token-reset': breaksOff,
  'token-truncated': async (post, server) => {
    await breaksOff(post, server);
    expect(server.journal.entries.at(-1)).toMatchObject({ status: 200, outcome: 'issued' });
  },
  'token-500': answers(500, 'server_error'),
  'token-503': answers(503, 'server_overloaded', { 'retry-after': '1' }),
  'token-429': answers(429, 'rate_limit_exceeded', { 'retry-after': '2' }),
  'token-html': answers(403, undefined, {
    'content-type': expect.stringContaining('text/html'),
    'cf-ray': expect.any(String),
  }),
  'token-region': answers(403, 'unsupported_country_region_territory'),
  'token-redirect': async (post, server) => {
    const response = await post();
    expect(response.status).toBe(307);
    await client.postForm(response.headers.get('location') ?? '', { code_verifier: 'posted again' });
    expect(server.journal.entries.at(-1)).toMatchObject({
      outcome: 'invalid_request: posted where a redirect led',
      parameters: { code_verifier: 'verifier#2' },
    });
  },
  'token-invalid-grant': answers(400, 'invalid_grant'),
  'token-no-access-token': lacks('access_token'),
  'token-no-refresh-token': lacks('refresh_token'),
  'token-no-id-token': lacks('id_token'),
  'token-no-token-type': lacks('token_type'),
  'token-no-expires-in': lacks('expires_in'),
  'token-lowercase-token-type': says({ ...complete, token_type: 'bearer' }),
  'token-other-type': says({ ...complete, token_type: 'mac' }),
  'token-string-expires-in': says({ ...complete, expires_in: '864000' }),
  'token-wrong-content-type': async (post) => {
    const response = await post();
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.json()).toMatchObject(complete);
  },
  'token-not-json': async (post) => {
    const response = await post();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    await expect(response.json()).rejects.toThrow(SyntaxError);
  },
  'token-201': async (post) => {
    const response = await post();
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject(complete);
  },
};

test.each(Object.keys(tokenChecks) as Plain[])('%s', async (name) => {
  await using server = await startAuthorizationServer();
  server.scenario(name);
  const granted = await client.authorize(server);
  const body = client.exchangeBody(server, granted);
  await tokenChecks[name](() => client.postForm(`${server.issuer}/oauth/token`, body), server);
  expect((await client.exchange(server)).status).toBe(200);
});

test('token-hang', async () => {
  const { seen, onExchange } = nextExchange('/oauth/token');
  const server = await startAuthorizationServer({ scenario: 'token-hang', onExchange });
  const outcome = expect(client.exchange(server)).rejects.toThrow();
  await seen;
  expect(server.journal.entries.at(-1)).toMatchObject({ status: 0, outcome: 'no answer' });
  await server.close();
  await outcome;
});

test('token-slow', async () => {
  const { seen, onExchange } = nextExchange('/oauth/token');
  await using server = await startAuthorizationServer({ scenario: 'token-slow', onExchange });
  const granted = await client.authorize(server);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const answered = client.postForm(`${server.issuer}/oauth/token`, client.exchangeBody(server, granted));
  await seen;
  vi.advanceTimersByTime(2999);
  expect(vi.getTimerCount()).toBeGreaterThan(0);
  vi.advanceTimersByTime(1);
  expect(await client.jsonOf(await answered)).toMatchObject(complete);
});

test('token-slow does not keep a server that is closed', async () => {
  const { seen, onExchange } = nextExchange('/oauth/token');
  const server = await startAuthorizationServer({ scenario: 'token-slow', onExchange });
  const outcome = expect(client.exchange(server)).rejects.toThrow();
  await seen;
  await server.close();
  await outcome;
});

const refreshChecks: Record<keyof typeof refreshScenarios, { check: Check; retry: number }> = {
  'refresh-expired': { check: answers(401, 'refresh_token_expired'), retry: 200 },
  'refresh-invalidated': { check: answers(401, 'refresh_token_invalidated'), retry: 200 },
  'refresh-without-rotation': { check: lacks('refresh_token'), retry: 200 },
  'refresh-429': { check: answers(429, 'rate_limit_exceeded', { 'retry-after': '2' }), retry: 200 },
  'refresh-answer-lost': { check: breaksOff, retry: 401 },
};

test.each(Object.keys(refreshChecks) as (keyof typeof refreshScenarios)[])('%s', async (name) => {
  await using server = await startAuthorizationServer();
  server.scenario(name);
  const { refresh_token: refreshToken } = await client.signIn(server);
  const { check, retry } = refreshChecks[name];
  await check(() => client.refresh(server, refreshToken), server);
  expect((await client.refresh(server, refreshToken)).status).toBe(retry);
});

const revocationChecks: Record<keyof typeof revocationScenarios, Check> = {
  'revoke-503': answers(503, 'temporarily_unavailable', { 'retry-after': '1' }),
};

test.each(Object.keys(revocationChecks) as (keyof typeof revocationScenarios)[])('%s', async (name) => {
  await using server = await startAuthorizationServer();
  const { refresh_token: token } = await client.signIn(server);
  server.scenario(name);
  const body = { client_id: server.clientId, token: String(token) };
  await revocationChecks[name](() => client.postForm(`${server.issuer}/oauth/revoke`, body), server);
  expect((await client.refresh(server, token)).status).toBe(200);
});
