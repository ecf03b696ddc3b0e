import { expect, test } from 'vitest';

import {
  type AuthorizationServer,
  createVirtualClock,
  type ScenarioName,
  startAuthorizationServer,
} from '../../mocks/index.ts';
import type { deviceAuthorizationScenarios, devicePollScenarios } from '../../mocks/scenarios/device.ts';
import * as client from './client.ts';

const clock = createVirtualClock();
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const protocols = {
  openai: {
    ask: ({ issuer, clientId }: AuthorizationServer, signal?: AbortSignal) =>
      post(`${issuer}/api/accounts/deviceauth/usercode`, { client_id: clientId }, true, signal),
    poll: (
      { issuer }: AuthorizationServer,
      { device_auth_id, user_code }: client.Json,
      signal?: AbortSignal,
    ) => post(`${issuer}/api/accounts/deviceauth/token`, { device_auth_id, user_code }, true, signal),
  },
  rfc8628: {
    ask: ({ issuer, clientId }: AuthorizationServer, signal?: AbortSignal) =>
      post(`${issuer}/oauth/device/code`, { client_id: clientId, scope: 'openid' }, false, signal),
    poll: ({ issuer, clientId }: AuthorizationServer, { device_code }: client.Json, signal?: AbortSignal) =>
      post(`${issuer}/oauth/token`, { grant_type: GRANT, client_id: clientId, device_code }, false, signal),
  },
};
type Protocol = keyof typeof protocols;

function post(url: string, body: client.Json, json: boolean, signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    redirect: 'manual',
    body: json ? JSON.stringify(body) : new URLSearchParams(body as Record<string, string>),
    headers: json ? { 'Content-Type': 'application/json' } : {},
    ...(signal ? { signal } : {}),
  });
}

const status = (expected: number) => async (response: Response) => {
  expect(response.status).toBe(expected);
};
const members =
  (check: (device: client.Json, protocol: Protocol) => void) =>
  async (response: Response, protocol: Protocol) => {
    expect(response.status).toBe(200);
    check(await client.jsonOf(response), protocol);
  };
type Check = (response: Response, protocol: Protocol) => Promise<void>;

const requestChecks: Record<Exclude<keyof typeof deviceAuthorizationScenarios, 'device-hang'>, Check> = {
  'device-disabled': status(404),
  'device-unauthorized-client': status(400),
  'device-html': status(403),
  'device-region': status(403),
  'device-429': async ({ status, headers }) =>
    expect([status, headers.get('retry-after')]).toEqual([429, '60']),
  'device-redirect': status(307),
  'device-not-json': async (response) => {
    await expect(response.json()).rejects.toThrow(SyntaxError);
  },
  'device-no-user-code': members((device) => expect(device).not.toHaveProperty('user_code')),
  'device-interval-missing': members((device) => expect(device).not.toHaveProperty('interval')),
  'device-interval-zero': members((device) => expect(device.interval).toBe('0')),
  'device-expiry-missing': members((device) => {
    expect(device).not.toHaveProperty('expires_in');
    expect(device).not.toHaveProperty('expires_at');
  }),
  'device-hostile-uri': members((device) => expect(device.verification_uri).toContain('evil.example')),
  'device-hostile-complete-uri': members((device, protocol) => {
    expect(device.verification_uri_complete).toContain('evil.example');
    expect(String(device.verification_uri)).toMatch(protocol === 'openai' ? 'undefined' : '127.0.0.1');
  }),
  'device-script-uri': members((device) => expect(device.verification_uri).toBe('javascript:alert(1)')),
  'device-hostile-code': members((device) => expect(device.user_code).toContain('\u001b')),
  'device-long-code': members((device) => expect(device.user_code).toHaveLength(4000)),
};

const said =
  (openai: [number, string], rfc8628: string) => async (response: Response, protocol: Protocol) => {
    const { error } = await client.jsonOf(response);
    const shown =
      protocol === 'openai' ? [response.status, (error as client.Json).code] : [response.status, error];
    expect(shown).toEqual(protocol === 'openai' ? openai : [400, rfc8628]);
  };

type Broken = 'device-poll-hang' | 'device-poll-reset' | 'device-poll-truncated';
const pollChecks: Record<Exclude<keyof typeof devicePollScenarios, Broken>, Check> = {
  'device-pending': said([403, 'deviceauth_authorization_pending'], 'authorization_pending'),
  'device-slow-down': said([403, 'slow_down'], 'slow_down'),
  'device-denied': said([400, 'access_denied'], 'access_denied'),
  'device-expired': said([400, 'expired_token'], 'expired_token'),
  'device-poll-503': async ({ status, headers }) =>
    expect([status, headers.get('retry-after')]).toEqual([503, '20']),
  'device-poll-429': async ({ status, headers }) =>
    expect([status, headers.get('retry-after')]).toEqual([429, '30']),
  'device-poll-html': status(403),
  'device-poll-region': status(403),
  'device-poll-redirect': status(307),
  'device-poll-not-json': async (response) => {
    await expect(response.json()).rejects.toThrow(SyntaxError);
  },
  'device-poll-empty': async (response) =>
    expect([response.status, await response.json()]).toEqual([200, {}]),
};

const names = <Name extends string>(table: Record<Name, unknown>) => Object.keys(table) as Name[];
const each = (['openai', 'rfc8628'] as const).flatMap((protocol) =>
  names(requestChecks).map((name) => [name, protocol] as const),
);
const eachPoll = (['openai', 'rfc8628'] as const).flatMap((protocol) =>
  names(pollChecks).map((name) => [name, protocol] as const),
);

test.each(each)('%s (%s), once', async (name, protocol) => {
  await using server = await startAuthorizationServer({ clock });
  server.scenario(name);
  await requestChecks[name](await protocols[protocol].ask(server), protocol);
  expect((await protocols[protocol].ask(server)).status).toBe(200);
});

test.each(eachPoll)('%s (%s), once', async (name, protocol) => {
  await using server = await startAuthorizationServer({ clock });
  const device = await client.jsonOf(await protocols[protocol].ask(server));
  server.scenario(name);
  await pollChecks[name](await protocols[protocol].poll(server, device), protocol);
  clock.advance('10s');
  const spent = name === 'device-poll-not-json' || name === 'device-poll-empty';
  expect((await protocols[protocol].poll(server, device)).status === 200).toBe(!spent);
});

test.each(['openai', 'rfc8628'] as const)(
  'device-hang, device-poll-hang, device-poll-reset and device-poll-truncated (%s) end without an answer',
  async (protocol) => {
    await using server = await startAuthorizationServer({ clock });
    const { ask, poll } = protocols[protocol];
    const device = await client.jsonOf(await ask(server));
    const hangs = async (name: ScenarioName, send: (signal: AbortSignal) => Promise<Response>) => {
      server.scenario(name);
      const abort = new AbortController();
      const seen = server.journal.entries.length;
      const outcome = expect(send(abort.signal)).rejects.toThrow();
      while (server.journal.entries.length === seen) await new Promise(setImmediate);
      abort.abort();
      await outcome;
    };
    await hangs('device-hang', (signal) => ask(server, signal));
    await hangs('device-poll-hang', (signal) => poll(server, device, signal));
    server.scenario('device-poll-reset');
    await expect(poll(server, device)).rejects.toThrow();
    server.scenario('device-poll-truncated');
    const cut = await poll(server, device);
    await expect(cut.text()).rejects.toThrow();
    clock.advance('5s');
    expect((await poll(server, device)).status).not.toBe(200);
  },
);
