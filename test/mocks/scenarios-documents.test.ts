import { expect, test } from 'vitest';

import {
  type AuthorizationServer,
  type ScenarioName,
  scenarios,
  startAuthorizationServer,
} from '../../mocks/index.ts';
import { authorizeScenarios } from '../../mocks/scenarios/authorize.ts';
import { deviceAuthorizationScenarios, devicePollScenarios } from '../../mocks/scenarios/device.ts';
import { idTokenScenarios } from '../../mocks/scenarios/id-token.ts';
import { discoveryScenarios, jwksScenarios, userinfoScenarios } from '../../mocks/scenarios/metadata.ts';
import { refreshScenarios } from '../../mocks/scenarios/refresh.ts';
import { revocationScenarios } from '../../mocks/scenarios/revocation.ts';
import { tokenScenarios } from '../../mocks/scenarios/token.ts';
import * as client from './client.ts';

type Check = (server: AuthorizationServer) => Promise<void>;
const jwks = (server: AuthorizationServer) => fetch(`${server.issuer}/.well-known/jwks.json`);
const discover = (server: AuthorizationServer) => fetch(`${server.issuer}/.well-known/openid-configuration`);

const notJson =
  (ask: (server: AuthorizationServer) => Promise<Response>): Check =>
  async (server) => {
    const response = await ask(server);
    expect(response.headers.get('content-type')).toBe('application/json');
    await expect(response.json()).rejects.toThrow(SyntaxError);
  };
const status =
  (ask: (server: AuthorizationServer) => Promise<Response>, expected: number): Check =>
  async (server) =>
    expect((await ask(server)).status).toBe(expected);

const jwksChecks: Record<Exclude<keyof typeof jwksScenarios, 'jwks-hang' | 'jwks-slow'>, Check> = {
  'jwks-404': status(jwks, 404),
  'jwks-empty': async (server) => expect(await client.jsonOf(await jwks(server))).toEqual({ keys: [] }),
  'jwks-not-json': notJson(jwks),
  'jwks-reset': (server) => expect(jwks(server)).rejects.toThrow(),
  'jwks-rotated': async (server) => {
    const { id_token: idToken } = await client.signIn(server);
    expect(await client.isSigned(server, idToken)).toBe(false);
    expect(await client.isSigned(server, idToken)).toBe(true);
    const { id_token: next } = await client.signIn(server);
    expect(await client.isSigned(server, next)).toBe(true);
  },
  'jwks-500': async (server) => {
    expect((await jwks(server)).status).toBe(500);
    expect((await jwks(server)).status).toBe(200);
  },
  'jwks-html': async (server) => {
    const response = await jwks(server);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
  },
};

const metadataSays =
  (expected: (issuer: string) => object): Check =>
  async (server) => {
    expect(await client.jsonOf(await discover(server))).toMatchObject(expected(server.issuer));
  };
const promises = metadataSays(() => ({ authorization_response_iss_parameter_supported: true }));

const discoveryChecks: Record<Exclude<keyof typeof discoveryScenarios, 'discovery-hang'>, Check> = {
  'discovery-404': status(discover, 404),
  'discovery-500': status(discover, 500),
  'discovery-not-json': notJson(discover),
  'discovery-plain-http': metadataSays(() => ({ token_endpoint: 'http://issuer.example/token' })),
  'discovery-no-pkce': async (server) =>
    expect(await client.jsonOf(await discover(server))).not.toHaveProperty(
      'code_challenge_methods_supported',
    ),
  'discovery-other-issuer': metadataSays(() => ({ issuer: 'https://issuer.example' })),
  'discovery-html': async (server) => {
    const response = await discover(server);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
  },
  'discovery-plain-pkce': metadataSays(() => ({ code_challenge_methods_supported: ['plain'] })),
  'discovery-promises-iss': async (server) => {
    await promises(server);
    expect((await client.authorize(server)).query.get('iss')).toBeNull();
  },
  'discovery-iss': async (server) => {
    await promises(server);
    expect((await client.authorize(server)).query.get('iss')).toBe(server.issuer);
    expect((await client.authorize(server)).query.get('iss')).toBe(server.issuer);
  },
  'discovery-other-endpoints': async (server) => {
    await metadataSays((issuer) => ({ token_endpoint: `${issuer}/api/accounts/oauth/token` }))(server);
    expect((await client.postForm(`${server.issuer}/api/accounts/oauth/token`, {})).status).toBe(404);
  },
};

const checks = { ...jwksChecks, ...discoveryChecks };

test.each(Object.keys(checks) as (keyof typeof checks)[])('%s', async (name) => {
  await using server = await startAuthorizationServer();
  server.scenario(name);
  await checks[name](server);
});

test('jwks-slow waits for the clock', async () => {
  await using server = await startAuthorizationServer({ clock: 'virtual', scenario: 'jwks-slow' });
  const answer = jwks(server);
  await server.journal.until(({ kind }) => kind === 'jwks');
  server.clock.advance('3s');
  expect(await client.jsonOf(await answer)).toMatchObject({ keys: [{ kid: 'mock-2026-1' }] });
});

test.each(['discovery-hang', 'userinfo-hang'] as const)('%s', async (name) => {
  const server = await startAuthorizationServer({ scenario: name });
  const answer = name === 'userinfo-hang' ? fetch(`${server.issuer}/userinfo`) : discover(server);
  const outcome = expect(answer).rejects.toThrow();
  await server.journal.until(() => true);
  await server.close();
  await outcome;
});

test('jwks-hang', async () => {
  await using server = await startAuthorizationServer();
  server.scenario('jwks-hang');
  const abort = new AbortController();
  const outcome = expect(
    fetch(`${server.issuer}/.well-known/jwks.json`, { signal: abort.signal }),
  ).rejects.toThrow();
  while (server.journal.entries.length === 0) await new Promise(setImmediate);
  abort.abort();
  await outcome;
  expect((await jwks(server)).status).toBe(200);
});

test('every scenario belongs to one of the families, and says in a sentence what it does', () => {
  const families = [authorizeScenarios, tokenScenarios, idTokenScenarios, jwksScenarios, discoveryScenarios];
  const others = [
    refreshScenarios,
    revocationScenarios,
    deviceAuthorizationScenarios,
    devicePollScenarios,
    userinfoScenarios,
  ];
  const names = [...families, ...others].flatMap((family) => Object.keys(family));
  expect(Object.keys(scenarios).sort()).toEqual(names.sort());
  expect(new Set(names).size).toBe(names.length);
  for (const name of names as ScenarioName[]) {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(scenarios[name].description).toMatch(/^[A-Z].+\.$/s);
  }
});
