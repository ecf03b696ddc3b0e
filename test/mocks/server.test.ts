import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import { createVirtualClock, type JournalEntry, startAuthorizationServer } from '../../mocks/index.ts';
import * as client from './client.ts';

describe('the server', () => {
  test('builds every URL and claim from its issuer, whatever the Host says', async () => {
    const issuer = 'https://auth.example';
    await using server = await startAuthorizationServer({ issuer });
    const here = { ...server, issuer: `http://127.0.0.1:${server.port}` };
    const document = await getAs('evil.example', `${here.issuer}/.well-known/openid-configuration`);
    expect(JSON.parse(document)).toMatchObject({ issuer, token_endpoint: `${issuer}/oauth/token` });
    expect(document).not.toMatch(/evil|127\.0\.0\.1/);
    const tokens = await client.signIn(here);
    expect([client.partOf(tokens.id_token, 1).iss, client.partOf(tokens.access_token, 1).iss]).toEqual([
      issuer,
      issuer,
    ]);
  });

  test('publishes what it does: S256 only, no client authentication, its own endpoints', async () => {
    await using server = await startAuthorizationServer();
    const response = await fetch(`${server.issuer}/.well-known/openid-configuration`);
    expect(await client.jsonOf(response)).toMatchObject({
      authorization_endpoint: `${server.issuer}/oauth/authorize`,
      jwks_uri: `${server.issuer}/.well-known/jwks.json`,
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
      authorization_response_iss_parameter_supported: false,
    });
  });

  test('publishes no private half of a key', async () => {
    await using server = await startAuthorizationServer();
    const { keys } = await client.jsonOf(await fetch(`${server.issuer}/.well-known/jwks.json`));
    expect(keys).toEqual([
      { kty: 'RSA', n: expect.any(String), e: 'AQAB', kid: 'mock-2026-1', use: 'sig', alg: 'RS256' },
    ]);
  });

  test('answers an unknown path with 404 in JSON, and a web page where OpenAI does', async () => {
    await using server = await startAuthorizationServer();
    const missing = await fetch(`${server.issuer}/__proto__`);
    expect([missing.status, await missing.json()]).toEqual([404, { error: 'not_found' }]);
    const page = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });

  test('listens on 127.0.0.1 alone', async () => {
    await using server = await startAuthorizationServer();
    const port = Number(new URL(server.issuer).port);
    const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address } of [...others, { address: '::1' }]) {
      if (address === '127.0.0.1' || address.startsWith('fe80')) continue;
      const reached = await new Promise<boolean>((resolve) => {
        const socket = connect({ port, host: address }, () => resolve(socket.destroy() && true));
        socket.once('error', () => resolve(false));
      });
      expect([address, reached]).toEqual([address, false]);
    }
  });

  test('rejects where the port is taken', async () => {
    await using server = await startAuthorizationServer();
    const port = Number(new URL(server.issuer).port);
    await expect(startAuthorizationServer({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('ends requests that hang when it closes, and closes twice without complaint', async () => {
    let seen: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const server = await startAuthorizationServer({ scenario: 'jwks-hang', onExchange: () => seen() });
    const hanging = fetch(`${server.issuer}/.well-known/jwks.json`);
    const outcome = expect(hanging).rejects.toThrow();
    await arrived;
    await server.close();
    await server.close();
    await outcome;
  });
});

/** `fetch` does not let go of the Host header. */
function getAs(host: string, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const read = async (response: IncomingMessage) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve(body);
    };
    get(url, { headers: { Host: host } }, read).once('error', reject);
  });
}

describe('scenarios', () => {
  const statuses = async (count: number, post: () => Promise<Response>) => {
    const found: number[] = [];
    for (let n = 0; n < count; n += 1) found.push((await post()).status);
    return found;
  };

  test('are met once by default, in the order they were armed, and as often as asked for', async () => {
    await using server = await startAuthorizationServer();
    server.scenario('token-503', { times: 2 });
    server.scenario('token-429');
    expect(await statuses(4, () => client.exchange(server))).toEqual([503, 503, 429, 200]);
  });

  test('hold for the server’s whole life as an option, behind those that are armed, until taken away', async () => {
    await using server = await startAuthorizationServer({ scenario: 'token-500' });
    server.scenario('token-429');
    expect(await statuses(3, () => client.exchange(server))).toEqual([429, 500, 500]);
    server.scenario('token-500', { times: 0 });
    expect(await statuses(1, () => client.exchange(server))).toEqual([200]);
  });

  test('of refreshing leave a code exchange be', async () => {
    await using server = await startAuthorizationServer({ scenario: 'refresh-expired' });
    const { refresh_token: refreshToken } = await client.signIn(server);
    expect((await client.refresh(server, refreshToken)).status).toBe(401);
  });
});

describe('the journal', () => {
  test('shows labels for secrets, the same for the same secret, and knows every raw one', async () => {
    const told: JournalEntry[] = [];
    const clock = createVirtualClock(1_000_000);
    await using server = await startAuthorizationServer({ clock, onExchange: (entry) => told.push(entry) });
    const { code, state, codeVerifier } = await client.authorize(server);
    const body = client.exchangeBody(server, { code, codeVerifier });
    const tokens = await client.jsonOf(await client.postForm(`${server.issuer}/oauth/token`, body));
    await client.refresh(server, tokens.refresh_token);

    expect(server.journal.entries).toEqual(told);
    expect(told.map(({ outcome, status, time }) => [outcome, status, time])).toEqual([
      ['issued', 302, 1_000_000],
      ['issued', 200, 1_000_000],
      ['rotated', 200, 1_000_000],
    ]);
    expect(told[0]?.parameters).toMatchObject({ state: 'state#1', client_id: server.clientId });
    expect(told[1]).toMatchObject({
      method: 'POST',
      path: '/oauth/token',
      grantType: 'authorization_code',
      parameters: { code: 'code#1', code_verifier: 'verifier#1' },
    });
    expect(told[2]?.parameters.refresh_token).toBe('refresh#1');

    const secrets = [
      code,
      state,
      codeVerifier,
      tokens.access_token,
      tokens.refresh_token,
      tokens.id_token,
    ].map(String);
    for (const secret of secrets) {
      expect(server.journal.secrets()).toContain(secret);
      expect(inspect(server.journal.entries, { depth: null })).not.toContain(secret);
    }
    expect(server.journal.label(String(tokens.access_token))).toBe('access#1');
    expect(server.journal.label('never seen')).toBeUndefined();
  });

  test('labels secrets that were made up by the client, too', async () => {
    await using server = await startAuthorizationServer();
    await client.exchange(server, { code: 'made-up-code', client_secret: 'made-up-secret' });
    expect(server.journal.entries.at(-1)?.parameters).toMatchObject({
      code: 'code#2',
      client_secret: 'client-secret#1',
    });
    expect(server.journal.secrets()).toEqual(expect.arrayContaining(['made-up-code', 'made-up-secret']));
  });
});

describe('the virtual clock', () => {
  test('does what is due when its time has come, in that order, at that time, and what was forgotten never', () => {
    const clock = createVirtualClock(0);
    const done: [string, number][] = [];
    clock.later(3000, () => done.push(['last', clock.now()]));
    clock.later(1000, () => {
      done.push(['first', clock.now()]);
      clock.later(500, () => done.push(['second', clock.now()]));
    });
    clock.later(2000, () => done.push(['forgotten', clock.now()]))();
    clock.advance(999);
    expect(done).toEqual([]);
    clock.advance('10s');
    expect(done).toEqual([
      ['first', 1000],
      ['second', 1500],
      ['last', 3000],
    ]);
    expect(clock.now()).toBe(10_999);
  });

  test('stands still until it is advanced, by milliseconds or a duration', () => {
    const clock = createVirtualClock(0);
    clock.advance(5);
    clock.advance('30s');
    clock.advance('2h');
    clock.advance('10d');
    expect(clock.now()).toBe(5 + 30_000 + 7_200_000 + 864_000_000);
    for (const wrong of ['ten days', '5', '-1s', -1, Number.NaN])
      expect(() => clock.advance(wrong)).toThrow(RangeError);
  });
});
