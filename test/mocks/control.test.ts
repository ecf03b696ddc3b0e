import { get } from 'node:http';

import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { VirtualAuthorizationServer } from '../../mocks/index.ts';
import { type Control, startAuthorizationServer, startControl } from '../../mocks/index.ts';
import * as client from './client.ts';

let server: VirtualAuthorizationServer;
let control: Control;
const close = async () => {
  await control?.close();
  await server?.close();
};
beforeEach(async () => {
  await close();
  server = await startAuthorizationServer({ clock: 'virtual', approve: 'manual' });
  control = await startControl({ server });
});
afterAll(close);

const ask = async (path: string) => client.jsonOf(await fetch(control.url + path));
const tell = async (path: string, body: client.Json) => {
  const response = await client.postJson(control.url + path, body);
  return { status: response.status, ...(await client.jsonOf(response)) };
};

describe('the remote control', () => {
  test('says which server it is, what it can do wrong, and what it is strict about', async () => {
    expect(await ask('/')).toEqual({
      issuer: server.issuer,
      clientId: server.clientId,
      now: new Date(server.clock.now()).toISOString(),
    });
    expect(await ask('/scenarios')).toMatchObject({
      scenarios: { 'token-500': expect.stringContaining('internal') },
      conformanceNames: { 'oidcc-client-test-invalid-iss': 'id-token-wrong-issuer' },
    });
    expect(await ask('/strictness')).toMatchObject({ strictness: { 'pkce-s256': { rule: 'R-7636-3' } } });
  });

  test('approves and refuses, shows the journal and the lineage, and waits for an exchange', async () => {
    const exchanged = ask('/journal/wait?kind=code-exchange');
    const answer = client.exchange(server);
    const workspace = 'Example Team';
    expect(await tell('/approve', { account: 'robin@example.com', workspace })).toMatchObject({
      status: 200,
      kind: 'authorization',
    });
    expect((await answer).status).toBe(200);
    expect(await exchanged).toMatchObject({ issued: ['access#1', 'id-token#1', 'refresh#1'] });
    const { tokens } = await ask('/tokens');
    expect(tokens).toContainEqual(
      expect.objectContaining({ label: 'refresh#1', lineage: ['code#1', 'refresh#1'] }),
    );
    expect((await ask('/journal')).entries).toHaveLength(2);
    expect((await ask('/journal?after=1')).entries).toMatchObject([{ kind: 'code-exchange' }]);
    const refused = client.authorize(server);
    await tell('/deny', {});
    expect((await refused).query.get('error')).toBe('access_denied');
    expect(await ask('/journal/wait?after=2')).toMatchObject({ kind: 'authorization', status: 302 });
  });

  test('answers for a device by its code', async () => {
    const at = `${server.issuer}/api/accounts/deviceauth`;
    const code = await client.jsonOf(await client.postJson(`${at}/usercode`, { client_id: server.clientId }));
    const { device_auth_id, user_code } = code;
    expect(await ask('/pending')).toMatchObject({ pending: [{ kind: 'device', userCode: user_code }] });
    expect(await tell('/approve', { userCode: user_code })).toEqual({ status: 200 });
    expect((await client.postJson(`${at}/token`, { device_auth_id, user_code })).status).toBe(200);
    expect(await tell('/deny', { userCode: 'none' })).toMatchObject({ status: 400 });
  });

  test('arms faults: once, some times, always, and not any more', async () => {
    const statuses = async (count: number) => {
      const found = [];
      for (let n = 0; n < count; n += 1) found.push((await client.refresh(server, 'x')).status);
      return found;
    };
    await tell('/scenarios', { name: 'token-503' });
    expect(await statuses(2)).toEqual([503, 401]);
    await tell('/scenarios', { name: 'token-503', times: 2 });
    expect(await statuses(3)).toEqual([503, 503, 401]);
    await tell('/scenarios', { name: 'token-503', times: 'always' });
    expect(await statuses(3)).toEqual([503, 503, 503]);
    await tell('/scenarios', { name: 'token-503', times: 0 });
    expect(await statuses(1)).toEqual([401]);
    await tell('/scenarios', { name: 'oidcc-client-test-invalid-iss' });
    expect(await tell('/scenarios', { name: 'no-such-thing' })).toMatchObject({ status: 400 });
    expect(await tell('/scenarios', {})).toEqual({ status: 400, error: 'name is missing.' });
    expect(await tell('/scenarios', { name: 'token-503', times: -1 })).toMatchObject({ status: 400 });
  });

  test('moves the time on, where it is virtual', async () => {
    const before = server.clock.now();
    await tell('/clock/advance', { by: '10d' });
    expect(server.clock.now() - before).toBe(864_000_000);
    expect(await tell('/clock/advance', { by: 'a while' })).toMatchObject({ status: 400 });
    await using real = await startAuthorizationServer();
    await using other = await startControl({ server: real });
    expect((await client.postJson(`${other.url}/clock/advance`, { by: '1s' })).status).toBe(409);
  });

  test('finds secrets in a text, and names them by their labels', async () => {
    void server.approve();
    const { code } = await client.authorize(server);
    expect(await tell('/leaks', { text: `log: ${code}` })).toEqual({
      status: 200,
      leaks: [{ label: 'code#1', form: 'as it is' }],
    });
    expect(await tell('/leaks', { text: 'log: nothing' })).toEqual({ status: 200, leaks: [] });
  });

  test('is not for web pages: another Host, an Origin, a form, an unknown path, no JSON', async () => {
    const evil = await new Promise((resolve) => {
      get(`${control.url}/journal`, { agent: false, headers: { Host: 'evil.example' } }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode));
      });
    });
    expect(evil).toBe(421);
    const status = async (path: string, init: RequestInit) => (await fetch(control.url + path, init)).status;
    expect(await status('/journal', { headers: { Origin: 'https://evil.example' } })).toBe(403);
    expect(await status('/journal', { headers: { 'Sec-Fetch-Site': 'cross-site' } })).toBe(403);
    expect(await status('/deny', { method: 'POST', body: '{}' })).toBe(415);
    const json = { 'Content-Type': 'application/json' };
    expect(await status('/deny', { method: 'POST', body: '[]', headers: json })).toBe(400);
    expect(await status('/deny', { method: 'POST', body: '{', headers: json })).toBe(400);
    expect(await status('/leaks', { method: 'POST', body: 'x'.repeat(5e6), headers: json })).toBe(413);
    expect(await status('/leaks', { method: 'POST', body: '{"text":1}', headers: json })).toBe(400);
    expect(await status('/nothing', {})).toBe(404);
    expect(server.pending()).toEqual([]);
  });

  test('is not met by the client: the issuer has none of its paths', async () => {
    for (const path of ['/journal', '/tokens', '/pending', '/clock/advance'])
      expect((await fetch(server.issuer + path)).status).toBe(404);
  });
});
