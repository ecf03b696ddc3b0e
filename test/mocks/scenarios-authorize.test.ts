import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type AuthorizationServer, createVirtualClock, startAuthorizationServer } from '../../mocks/index.ts';
import type { authorizeScenarios } from '../../mocks/scenarios/authorize.ts';
import { authorize, exchange } from './client.ts';

/** Those that have no redirect to look at, and those that last, have tests of their own. */
type Name = Exclude<
  keyof typeof authorizeScenarios,
  | 'authorize-slow'
  | 'authorize-hang'
  | 'authorize-500'
  | 'delivered-twice'
  | 'iss-missing'
  | 'iss-wrong-promised'
>;
type Answer = Awaited<ReturnType<typeof authorize>> & { issuer: string };

const states = ({ query }: Answer) => query.getAll('state');
const error = ({ query }: Answer) => [query.get('error'), query.get('code')];

function errorCheck<Scenario extends string>(name: Scenario, code: string) {
  const check = (answer: Answer) => {
    expect(error(answer)).toEqual([code, null]);
    expect(states(answer)).toEqual([answer.state]);
  };
  return { [name]: check } as Record<Scenario, (answer: Answer) => void>;
}

const checks: Record<Name, (answer: Answer) => void> = {
  'access-denied': (answer) => {
    expect(error(answer)).toEqual(['access_denied', null]);
    expect(states(answer)).toEqual([answer.state]);
  },
  'entitlement-missing': (answer) => {
    expect(error(answer)).toEqual(['access_denied', null]);
    expect(answer.query.get('error_description')).toContain('missing_codex_entitlement');
  },
  ...errorCheck('authorize-server-error', 'server_error'),
  ...errorCheck('authorize-unavailable', 'temporarily_unavailable'),
  ...errorCheck('authorize-login-required', 'login_required'),
  ...errorCheck('authorize-invalid-request', 'invalid_request'),
  ...errorCheck('authorize-unauthorized-client', 'unauthorized_client'),
  'code-missing': ({ query, state }) => {
    expect([query.get('code'), query.get('error')]).toEqual([null, null]);
    expect(query.get('state')).toBe(state);
  },
  'client-missing': ({ query, code }) =>
    expect([query.get('client_id'), code]).toEqual([null, expect.any(String)]),
  'client-unregistered': ({ query }) => expect(query.get('client_id')).toBe('app_EMoamEEZ73f0CkXaXp7hrann'),
  'client-wrong': ({ query }) => expect(query.get('client_id')).toBe('another-client'),
  'code-doubled': ({ query, code }) => expect(query.getAll('code')).toEqual([code, code]),
  'invalid-scope': (answer) => expect(error(answer)).toEqual(['invalid_scope', null]),
  'state-missing': (answer) => {
    expect(states(answer)).toEqual([]);
    expect(answer.code).not.toBe('');
  },
  'state-wrong': (answer) => {
    expect(states(answer)[0]).toMatch(/^[\w-]{43}$/);
    expect(states(answer)).not.toEqual([answer.state]);
  },
  'state-doubled': (answer) => expect(states(answer)).toEqual([answer.state, answer.state]),
  'state-suffixed': (answer) =>
    expect(states(answer)).toEqual([`${answer.state}.onboarding_entrypoint=life_sciences`]),
  'state-suffixed-unknown': (answer) => {
    expect(states(answer)[0]?.startsWith(`${answer.state}.`)).toBe(true);
    expect(states(answer)[0]).not.toContain('life_sciences');
  },
  'iss-wrong': ({ query }) => expect(query.get('iss')).toBe('https://issuer.example'),
  'iss-present': ({ query, issuer }) => expect(query.get('iss')).toBe(issuer),
  'error-without-state': (answer) => {
    expect(error(answer)).toEqual(['access_denied', null]);
    expect(states(answer)).toEqual([]);
  },
  'error-description-escapes': (answer) => {
    const description = answer.query.get('error_description') ?? '';
    for (const part of ['\u001b[31m', '\u001b]8;;', '\u0007', '\u009b', '\u202e', '<script>', '\r\n']) {
      expect(description).toContain(part);
    }
    expect(description.length).toBeGreaterThan(2000);
    expect(states(answer)).toEqual([answer.state]);
  },
  'tokens-in-front-channel': (answer) => {
    expect(answer.query.get('access_token')).not.toBeNull();
    expect(answer.code).not.toBe('');
    expect(states(answer)).toEqual([answer.state]);
  },
};

let server: AuthorizationServer;
beforeAll(async () => {
  server = await startAuthorizationServer({ clock: 'virtual' });
});
afterAll(() => server.close());

test.each(Object.keys(checks) as Name[])('%s', async (name) => {
  server.scenario(name);
  const answer = { ...(await authorize(server)), issuer: server.issuer };
  expect(answer.response.status).toBe(302);
  checks[name](answer);
  const next = await authorize(server);
  expect([...next.query.keys()]).toEqual(['code', 'scope', 'state']);
});

test('authorize-500 and authorize-hang: the person has approved, and nothing comes back', async () => {
  const own = await startAuthorizationServer();
  own.scenario('authorize-500');
  const { response } = await authorize(own);
  expect([response.status, response.headers.get('location')]).toEqual([500, null]);
  own.scenario('authorize-hang');
  const outcome = expect(authorize(own)).rejects.toThrow();
  await own.journal.until(({ status }) => status === 0);
  await own.close();
  await outcome;
});

test('authorize-slow comes three seconds later, by the clock of the server', async () => {
  const clock = createVirtualClock();
  await using own = await startAuthorizationServer({ clock, scenario: 'authorize-slow' });
  const answer = authorize(own);
  await own.journal.until(({ kind }) => kind === 'authorization');
  clock.advance('3s');
  expect((await answer).code).not.toBe('');
});

test.each([
  ['iss-missing', null, 'R-9207-2'],
  ['iss-wrong-promised', 'https://issuer.example', 'R-9207-1'],
] as const)('%s lasts, and the metadata promises iss', async (name, iss, rule) => {
  await using own = await startAuthorizationServer({ scenario: name });
  const metadata = await fetch(`${own.issuer}/.well-known/openid-configuration`);
  expect(await metadata.json()).toMatchObject({ authorization_response_iss_parameter_supported: true });
  for (let n = 0; n < 2; n += 1) expect((await authorize(own)).query.get('iss')).toBe(iss);
  expect((await exchange(own)).status).toBe(400);
  expect(own.journal.entries.at(-1)).toMatchObject({ rule });
});

test('delivered-twice: the server asks for the callback, too', async () => {
  await using own = await startAuthorizationServer({ scenario: 'delivered-twice' });
  const urls: string[] = [];
  let both: () => void = () => undefined;
  const twice = new Promise<void>((resolve) => {
    both = resolve;
  });
  const callback = createServer(({ url }, response) => {
    urls.push(url ?? '');
    response.end();
    if (urls.length === 2) both();
  });
  await new Promise<void>((resolve) => callback.listen(0, '127.0.0.1', resolve));
  const { port } = callback.address() as AddressInfo;
  const redirectUri = `http://127.0.0.1:${port}/auth/callback`;
  const { location } = await authorize(own, { redirect_uri: redirectUri });
  await fetch(location ?? '');
  await twice;
  callback.close();
  expect(urls[0]).toBe(urls[1]);
  expect(urls[0]).toContain('code=');
});

test('a scenario is met by the answer of the sign-in page, not by its showing', async () => {
  await using server = await startAuthorizationServer({ approve: 'page', scenario: 'access-denied' });
  const { response } = await authorize(server);
  const handle = /request_handle" value="([^"]+)/.exec(await response.text())?.[1] ?? '';
  const body = new URLSearchParams({ request_handle: handle, decision: 'allow', account: '0' });
  const decided = await fetch(`${server.issuer}/oauth/authorize`, {
    method: 'POST',
    body,
    redirect: 'manual',
  });
  expect(decided.headers.get('location')).toContain('error=access_denied');
});

test('a token in the front channel is a secret like any other', async () => {
  await using server = await startAuthorizationServer({ scenario: 'tokens-in-front-channel' });
  const { query } = await authorize(server);
  expect(server.journal.secrets()).toContain(query.get('access_token'));
});
