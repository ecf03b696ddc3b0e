/** A server that runs for weeks: what it remembers, and what it forgets. */

import { afterEach, describe, expect, test } from 'vitest';

import { type AuthorizationServer, startAuthorizationServer } from '../../mocks/index.ts';
import * as client from './client.ts';

let server: AuthorizationServer;
afterEach(() => server.close());

const knock = () => fetch(`${server.issuer}/.well-known/jwks.json`);

describe('the memory of the mock', () => {
  test('keeps the latest requests, and says how many there were before', async () => {
    server = await startAuthorizationServer({ remember: 4 });
    for (const _ of Array.from({ length: 5 })) await knock();
    expect([server.journal.entries.length, server.journal.forgotten]).toEqual([5, 0]);
    await knock();
    expect([server.journal.entries.length, server.journal.forgotten]).toEqual([4, 2]);
  });

  test('forgets codes, tokens and secrets with the last request that carried them', async () => {
    server = await startAuthorizationServer({ remember: 4 });
    const tokens = await client.signIn(server);
    const first = server.journal.secrets().length;
    for (const _ of Array.from({ length: 8 })) await knock();
    expect(first).toBeGreaterThan(4);
    expect(server.journal.secrets()).toEqual([]);
    expect(server.journal.tokens()).toEqual([]);
    expect((await client.refresh(server, tokens.refresh_token)).status).toBe(401);
    expect(server.journal.entries.at(-1)).toMatchObject({ strictness: 'refresh-token-known' });
  });

  test('keeps what is in use, however long ago it began', async () => {
    server = await startAuthorizationServer({ remember: 4 });
    let { refresh_token: token } = await client.signIn(server);
    for (const _ of Array.from({ length: 10 })) {
      await knock();
      const response = await client.refresh(server, token);
      expect(response.status).toBe(200);
      token = (await client.jsonOf(response)).refresh_token;
    }
    // The same token again and again, with others' requests in between.
    const { access_token: access } = await client.signIn(server);
    for (const _ of Array.from({ length: 10 })) {
      await knock();
      const headers = { authorization: `Bearer ${access}` };
      expect((await fetch(`${server.issuer}/userinfo`, { headers })).status).toBe(200);
    }
  });

  test('tells a lineage as far back as it is remembered', async () => {
    server = await startAuthorizationServer({ remember: 4 });
    let { refresh_token: token } = await client.signIn(server);
    for (const _ of Array.from({ length: 10 }))
      token = (await client.jsonOf(await client.refresh(server, token))).refresh_token;
    const label = server.journal.label(String(token)) ?? '';
    expect(label).toBe('refresh#11');
    expect(server.journal.lineageOf(label).at(-1)).toBe(label);
    expect(server.journal.lineageOf(label)).not.toContain('code#1');
  });
});
