import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';

import { type AuthorizationServer, createVirtualClock, startAuthorizationServer } from '../../mocks/index.ts';
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

const webPage = (status: number) =>
  answers(status, undefined, { 'content-type': expect.stringContaining('text/html') });

type Plain = Exclude<keyof typeof tokenScenarios, 'token-hang' | 'token-slow' | 'token-stalled'>;
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
      parameters: { code_verifier: expect.stringMatching(/^verifier#\d+$/) },
    });
  },
  'token-invalid-grant': answers(400, 'invalid_grant'),
  'token-invalid-client': answers(401, 'invalid_client'),
  'token-invalid-request': answers(400, 'invalid_request'),
  'token-invalid-scope': answers(400, 'invalid_scope'),
  'token-unauthorized-client': answers(400, 'unauthorized_client'),
  'token-unsupported-grant-type': answers(400, 'unsupported_grant_type'),
  'token-403': answers(403, undefined, { 'content-type': 'application/json' }),
  'token-404': answers(404, undefined, { 'content-type': 'application/json' }),
  'token-502': webPage(502),
  'token-html-200': webPage(200),
  'token-204': async (post) => {
    const response = await post();
    expect([response.status, await response.text()]).toEqual([204, '']);
  },
  'token-empty': async (post) => expect(await client.jsonOf(await post())).toEqual({}),
  'token-list': async (post) =>
    expect(await client.jsonOf(await post())).toEqual([expect.objectContaining(complete)]),
  'token-huge': async (post) => {
    const text = await (await post()).text();
    expect(text.length).toBeGreaterThan(8 * 1024 * 1024);
    expect(JSON.parse(text)).toMatchObject(complete);
  },
  'token-narrowed-scope': says({ ...complete, scope: 'openid offline_access' }),
  'token-no-access-token': lacks('access_token'),
  'token-no-refresh-token': lacks('refresh_token'),
  'token-no-id-token': lacks('id_token'),
  'token-no-token-type': lacks('token_type'),
  'token-no-expires-in': lacks('expires_in'),
  'token-lowercase-token-type': says({ ...complete, token_type: 'bearer' }),
  'token-other-type': says({ ...complete, token_type: 'mac' }),
  'token-negative-expires-in': says({ ...complete, expires_in: -1 }),
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

/** One server for the scenarios that are over with the request that met them. */
let server: AuthorizationServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
});
afterAll(() => server.close());

test.each(Object.keys(tokenChecks) as Plain[])('%s', async (name) => {
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

test('token-stalled: half of the answer, and then nothing', async () => {
  await using server = await startAuthorizationServer({ scenario: 'token-stalled' });
  const response = await client.exchange(server);
  expect(response.status).toBe(200);
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(new TextDecoder().decode(value)).toMatch(/^\{"id_token":"/);
  const rest = expect(reader?.read()).rejects.toThrow();
  await server.close();
  await rest;
});

test('a slow answer waits for the virtual clock, and nothing sleeps', async () => {
  const clock = createVirtualClock();
  const waits: number[] = [];
  const later: typeof clock.later = (durationMs, run) => {
    waits.push(durationMs);
    return clock.later(durationMs, run);
  };
  await using server = await startAuthorizationServer({ clock: { ...clock, later } });
  server.scenario('token-slow');
  server.scenario('refresh-slow');
  const order: string[] = [];
  const exchange = client.exchange(server).then((response) => {
    order.push('answered');
    return response;
  });
  await server.journal.until(({ kind }) => kind === 'code-exchange');
  server.clock.advance(2999);
  await new Promise(setImmediate);
  order.push('advanced');
  server.clock.advance('1s');
  const { refresh_token: token } = await client.jsonOf(await exchange);
  expect(order).toEqual(['advanced', 'answered']);
  const refreshed = client.refresh(server, token);
  await server.journal.until(({ outcome }) => outcome === 'rotated');
  server.clock.advance('3s');
  expect((await refreshed).status).toBe(200);
  expect(waits).toEqual([3000, 3000]);
});

type Answered = Exclude<keyof typeof refreshScenarios, 'refresh-hang' | 'refresh-slow'>;
const refreshChecks: Record<Answered, { check: Check; retry: number }> = {
  'refresh-expired': { check: answers(401, 'refresh_token_expired'), retry: 200 },
  'refresh-invalidated': { check: answers(401, 'refresh_token_invalidated'), retry: 200 },
  'refresh-without-rotation': { check: lacks('refresh_token'), retry: 200 },
  'refresh-429': { check: answers(429, 'rate_limit_exceeded', { 'retry-after': '2' }), retry: 200 },
  'refresh-answer-lost': { check: breaksOff, retry: 401 },
  'refresh-reused': { check: answers(401, 'refresh_token_reused'), retry: 200 },
  'refresh-session-terminated': { check: answers(401, 'app_session_terminated'), retry: 200 },
  'refresh-token-expired-code': { check: answers(401, 'token_expired'), retry: 200 },
  'refresh-invalid-grant': { check: answers(400, 'invalid_grant'), retry: 200 },
  'refresh-500': { check: answers(500, 'server_error'), retry: 200 },
  'refresh-503': { check: answers(503, 'server_overloaded', { 'retry-after': '1' }), retry: 200 },
  'refresh-html': { check: webPage(403), retry: 200 },
  'refresh-reset': { check: breaksOff, retry: 200 },
  'refresh-without-id-token': { check: lacks('id_token'), retry: 401 },
  'refresh-without-access-token': { check: lacks('access_token'), retry: 401 },
  'refresh-other-subject': {
    check: async (post) => {
      const { id_token: idToken } = await client.jsonOf(await post());
      expect(client.partOf(idToken, 1).sub).toBe('auth0|SomebodyElse');
    },
    retry: 401,
  },
};

test.each(Object.keys(refreshChecks) as Answered[])('%s', async (name) => {
  server.scenario(name);
  const { refresh_token: refreshToken } = await client.signIn(server);
  const { check, retry } = refreshChecks[name];
  await check(() => client.refresh(server, refreshToken), server);
  expect((await client.refresh(server, refreshToken)).status).toBe(retry);
});

const revocationChecks: Record<Exclude<keyof typeof revocationScenarios, 'revoke-hang'>, Check> = {
  'revoke-503': answers(503, 'temporarily_unavailable', { 'retry-after': '1' }),
  'revoke-unsupported': answers(400, 'unsupported_token_type'),
  'revoke-404': answers(404, undefined),
  'revoke-500': answers(500, 'server_error'),
  'revoke-html': webPage(403),
  'revoke-redirect': answers(307, undefined, { location: expect.stringContaining('/elsewhere') }),
  'revoke-reset': breaksOff,
  'revoke-answer-lost': breaksOff,
};

test.each(Object.keys(revocationChecks) as (keyof typeof revocationChecks)[])('%s', async (name) => {
  const { refresh_token: token } = await client.signIn(server);
  server.scenario(name);
  const body = { client_id: server.clientId, token: String(token) };
  await revocationChecks[name](() => client.postForm(`${server.issuer}/oauth/revoke`, body), server);
  const revoked = name === 'revoke-answer-lost';
  expect((await client.refresh(server, token)).status).toBe(revoked ? 401 : 200);
});

test.each([
  ['refresh-hang', '/oauth/token', client.refresh],
  [
    'revoke-hang',
    '/oauth/revoke',
    ({ issuer, clientId }: AuthorizationServer, token: unknown) =>
      client.postForm(`${issuer}/oauth/revoke`, { client_id: clientId, token: String(token) }),
  ],
] as const)('%s', async (scenario, path, post) => {
  const own = await startAuthorizationServer();
  const { refresh_token: token } = await client.signIn(own);
  own.scenario(scenario);
  const outcome = expect(post(own, token)).rejects.toThrow();
  await own.journal.until((entry) => entry.path === path && entry.status === 0);
  await own.close();
  await outcome;
});
