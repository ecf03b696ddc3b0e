import { describe, expect, test as plain } from 'vitest';

import type { AuthorizationServer } from '../../mocks/index.ts';
import { matchers, test } from '../../mocks/vitest.ts';
import * as client from './client.ts';

/** A sign-in, one refresh, and a revocation. */
async function wholeLife(server: AuthorizationServer) {
  const { refresh_token: first } = await client.signIn(server);
  const { refresh_token: second } = await client.jsonOf(await client.refresh(server, first));
  const body = { client_id: server.clientId, token: String(second) };
  await client.postForm(`${server.issuer}/oauth/revoke`, body);
}

describe('the matchers', () => {
  test('hold for a client that does it right', async ({ authorizationServer: server }) => {
    await wholeLife(server);
    expect(server).toHaveExchangedOnce();
    expect(server).toHaveRotated();
    expect(server).toHaveRotated(1);
    expect(server).toHaveRevoked('refresh#2');
    expect(server).toHaveSignedIn('robin@example.com');
    expect(server).toHaveLineage('refresh#2', ['code#1', 'refresh#1', 'refresh#2']);
    expect(server).toHaveSeen('refresh#1', 1);
    expect(server).toHaveNeverSeen('access#1');
    expect(server).not.toHaveRefused();
    expect(server).not.toHaveRefusedBy('R-9700-5');
    expect(server).not.toHaveMet('token-500');
  });

  test('none holds for a server that was asked nothing, but that nothing was seen', ({
    authorizationServer: server,
  }) => {
    const claims: [keyof typeof matchers, ...string[]][] = [
      ['toHaveExchangedOnce'],
      ['toHaveRotated'],
      ['toHaveRevoked'],
      ['toHaveRefused'],
      ['toHaveRefusedBy', 'R-7636-3'],
      ['toHaveSeen', 'code#1'],
      ['toHaveSignedIn'],
      ['toHaveMet', 'token-500'],
    ];
    for (const [name, ...expected] of claims) {
      const { pass, message } = (
        matchers[name] as (...args: unknown[]) => ReturnType<typeof matchers.toHaveRefused>
      )(server, ...expected);
      expect([name, pass]).toEqual([name, false]);
      expect(message()).toMatch(/\n\nThe server was asked nothing\.$/);
    }
    expect(server).toHaveNeverSeen('code#1');
    expect(server).not.toHaveLineage('refresh#1', ['code#1', 'refresh#1']);
  });

  test('toHaveExchangedOnce fails for a second try, and for one without tokens', async ({
    authorizationServer: server,
  }) => {
    const granted = client.exchangeBody(server, await client.authorize(server));
    await client.postForm(`${server.issuer}/oauth/token`, granted);
    await client.postForm(`${server.issuer}/oauth/token`, granted);
    expect(server).not.toHaveExchangedOnce();
    expect(server).toHaveRefusedBy('code-once');
    expect(server).toHaveRefusedBy('R-6749-2');
    expect(server).not.toHaveRefusedBy('R-6749-3');
    expect(() => expect(server).not.toHaveRefused()).toThrow(
      /refused were code-once \(R-6749-2\)\n\nGET \/oauth\/authorize → 302 issued\n.*\n.*\[R-6749-2\]/,
    );
  });

  test('toHaveExchangedOnce fails where the one try was in vain', async ({ authorizationServer: server }) => {
    server.scenario('token-500');
    await client.exchange(server);
    expect(server).not.toHaveExchangedOnce();
    expect(server).toHaveMet('token-500');
  });

  test('toHaveRotated counts', async ({ authorizationServer: server }) => {
    await wholeLife(server);
    expect(() => expect(server).toHaveRotated(2)).toThrow(
      /expected 2 rotation of a refresh token; there were 1/,
    );
    expect(() => expect(server).toHaveSeen('refresh#1', 2)).toThrow(/there were 1/);
    expect(() => expect(server).toHaveRevoked('refresh#1')).toThrow(/expected refresh#1 to be revoked/);
    expect(() => expect(server).toHaveSignedIn('sam@example.com')).toThrow(/sam@example\.com/);
    expect(() => expect(server).toHaveNeverSeen('refresh#1')).toThrow(/it was, 1 times/);
    expect(() => expect(server).toHaveLineage('refresh#2', ['refresh#2'])).toThrow(/code#1 → refresh#1/);
  });

  test('a label is not a prefix of another', async ({ authorizationServer: server }) => {
    for (let n = 0; n < 10; n += 1) await client.authorize(server);
    await client.exchange(server);
    expect(server).toHaveSeen('code#11', 1);
    expect(server).toHaveNeverSeen('code#1');
  });
});

describe('the fixture', () => {
  let before: AuthorizationServer | undefined;
  test('starts a server for the test', async ({ authorizationServer }) => {
    before = authorizationServer;
    expect((await client.exchange(authorizationServer)).status).toBe(200);
  });

  plain('and closes it with the test', async () => {
    await expect(fetch(before?.issuer ?? '')).rejects.toThrow();
  });

  const strictest = test.extend({
    authorizationServerOptions: { profile: 'generic-oidc', lenient: ['scope-openid'] },
  });
  strictest('is started as the options say', ({ authorizationServer }) => {
    expect(authorizationServer.clientId).toBe('example-native-client');
  });
});
