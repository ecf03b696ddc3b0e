import { describe, expect, test } from 'vitest';

import { type Account, defaultAccounts, startAuthorizationServer } from '../../mocks/index.ts';
import * as client from './client.ts';

const [robin, sam] = defaultAccounts as readonly [Account, Account, Account];

describe('lineage', () => {
  test('tells which token came from which, what became of it, and where it was sent', async () => {
    await using server = await startAuthorizationServer({ clock: 'virtual' });
    const first = await client.signIn(server);
    server.clock.advance('1h');
    const second = await client.jsonOf(await client.refresh(server, first.refresh_token));
    const { journal } = server;
    expect(journal.lineageOf('refresh#2')).toEqual(['code#1', 'refresh#1', 'refresh#2']);
    expect(journal.lineageOf('access#2')).toEqual(['code#1', 'refresh#1', 'access#2']);
    expect(journal.lineageOf('id-token#1')).toEqual(['code#1', 'id-token#1']);
    expect(journal.label(String(second.refresh_token))).toBe('refresh#2');
    expect(journal.tokens().map(({ label, state, uses }) => [label, state, uses.length])).toEqual([
      ['code#1', 'spent', 1],
      ['access#1', 'live', 0],
      ['id-token#1', 'live', 0],
      ['refresh#1', 'spent', 1],
      ['access#2', 'live', 0],
      ['id-token#2', 'live', 0],
      ['refresh#2', 'live', 0],
    ]);
    expect(journal.entries.map(({ kind, issued }) => [kind, issued])).toEqual([
      ['authorization', ['code#1']],
      ['code-exchange', ['access#1', 'id-token#1', 'refresh#1']],
      ['refresh', ['access#2', 'id-token#2', 'refresh#2']],
    ]);
    const [refresh] = journal.tokens().filter(({ label }) => label === 'refresh#1');
    expect(refresh).toMatchObject({
      from: 'code#1',
      account: { email: 'robin@example.com' },
      issuedAt: server.clock.now() - 3_600_000,
      uses: [{ kind: 'refresh', path: '/oauth/token', time: server.clock.now(), status: 200 }],
    });
  });

  test('a replay is a use like any other, with the rule, and the family is revoked', async () => {
    await using server = await startAuthorizationServer();
    const { refresh_token: token } = await client.signIn(server);
    await client.refresh(server, token);
    await client.refresh(server, token);
    const states = Object.fromEntries(server.journal.tokens().map(({ label, state }) => [label, state]));
    expect(states).toMatchObject({ 'refresh#1': 'revoked', 'refresh#2': 'revoked', 'access#1': 'revoked' });
    const replayed = server.journal.tokens().find(({ label }) => label === 'refresh#1');
    expect(replayed?.uses.map(({ status, rule }) => [status, rule])).toEqual([
      [200, undefined],
      [401, 'R-9700-5'],
    ]);
  });

  test('what is revoked stays revoked, although a lenient server takes it', async () => {
    await using server = await startAuthorizationServer({ lenient: ['refresh-token-live'] });
    const { refresh_token: token } = await client.signIn(server);
    const body = { client_id: server.clientId, token: String(token) };
    await client.postForm(`${server.issuer}/oauth/revoke`, body);
    expect((await client.refresh(server, token)).status).toBe(200);
    const revoked = server.journal.tokens().find(({ label }) => label === 'refresh#1');
    expect(revoked?.state).toBe('revoked');
  });

  test.each(['openai', 'RFC 8628'])('begins with the device code, %s', async (protocol) => {
    await using server = await startAuthorizationServer();
    const { issuer, clientId, journal } = server;
    if (protocol === 'openai') {
      const at = `${issuer}/api/accounts/deviceauth`;
      const code = await client.jsonOf(await client.postJson(`${at}/usercode`, { client_id: clientId }));
      const { device_auth_id, user_code } = code;
      const answer = await client.postJson(`${at}/token`, { device_auth_id, user_code });
      const { authorization_code, code_verifier } = await client.jsonOf(answer);
      const body = { code: String(authorization_code), codeVerifier: String(code_verifier) };
      const redirect = { redirect_uri: `${issuer}/deviceauth/callback` };
      const exchange = { ...client.exchangeBody(server, body), ...redirect };
      expect((await client.postForm(`${issuer}/oauth/token`, exchange)).status).toBe(200);
      expect(journal.lineageOf('refresh#1')).toEqual(['device-code#1', 'code#1', 'refresh#1']);
      return;
    }
    const members = { client_id: clientId, scope: 'openid' };
    const issued = await client.jsonOf(await client.postForm(`${issuer}/oauth/device/code`, members));
    await client.postForm(`${issuer}/oauth/token`, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: clientId,
      device_code: String(issued.device_code),
    });
    expect(journal.lineageOf('refresh#1')).toEqual(['device-code#1', 'refresh#1']);
  });

  test('of a label that was never issued there is none', async () => {
    await using server = await startAuthorizationServer();
    await client.refresh(server, 'made-up-by-the-client');
    expect(server.journal.tokens()).toEqual([]);
    expect(() => server.journal.lineageOf('refresh#1')).toThrow(RangeError);
  });
});

describe('the journal', () => {
  test('is waited for: what is there already, and what is to come', async () => {
    await using server = await startAuthorizationServer();
    const refreshed = server.journal.until(({ kind }) => kind === 'refresh');
    const { refresh_token: token } = await client.signIn(server);
    expect(await server.journal.until(({ kind }) => kind === 'code-exchange')).toMatchObject({ status: 200 });
    await client.refresh(server, token);
    expect(await refreshed).toBe(server.journal.entries.at(-1));
  });

  test('shows a bearer token by its label, and a made-up one too', async () => {
    await using server = await startAuthorizationServer();
    const { access_token: token } = await client.signIn(server);
    const ask = (bearer: unknown) =>
      fetch(`${server.issuer}/userinfo`, { headers: { Authorization: `Bearer ${bearer}` } });
    expect((await ask(token)).status).toBe(200);
    expect((await ask('made-up-by-the-client')).status).toBe(401);
    const shown = server.journal.entries.slice(-2).map(({ parameters }) => parameters);
    expect(shown).toEqual([{ authorization: 'Bearer access#1' }, { authorization: 'Bearer access#2' }]);
    expect(server.journal.secrets()).toContain('made-up-by-the-client');
  });
});

describe('approval from the test', () => {
  test('a request waits until it is approved, as the account that is named', async () => {
    await using server = await startAuthorizationServer({ approve: 'manual' });
    const answer = client.authorize(server);
    expect(await server.approve({ account: 'sam@example.com' })).toMatchObject({
      kind: 'authorization',
      redirectUri: client.REDIRECT_URI,
      scope: expect.stringContaining('openid'),
    });
    const { code, state, query } = await answer;
    expect(query.get('state')).toBe(state);
    expect(server.journal.tokens()).toMatchObject([{ label: 'code#1', account: sam }]);
    expect(server.journal.secrets()).toContain(code);
  });

  test('a refusal may be there before the request is', async () => {
    await using server = await startAuthorizationServer({ approve: 'manual' });
    const refused = server.deny();
    const { query } = await client.authorize(server);
    expect([query.get('error'), query.has('code')]).toEqual(['access_denied', false]);
    expect(await refused).toMatchObject({ kind: 'authorization' });
  });

  test('the same e-mail in two workspaces needs the workspace, and the request waits on', async () => {
    await using server = await startAuthorizationServer({ approve: 'manual' });
    const answer = client.authorize(server);
    const email = { account: 'robin@example.com' };
    await expect(server.approve(email)).rejects.toThrow(/^Several accounts are robin@example\.com/);
    await expect(server.approve({ account: 'nobody' })).rejects.toThrow(/^No account here is nobody/);
    expect(server.pending()).toMatchObject([{ kind: 'authorization' }]);
    await server.approve({ ...email, workspace: 'Example Team' });
    await answer;
    expect(server.journal.tokens()[0]?.account).toMatchObject({ plan: 'team', userId: robin.userId });
    expect(server.pending()).toEqual([]);
  });

  test('only the accounts of allowed_workspace_id can be meant', async () => {
    await using server = await startAuthorizationServer({ approve: 'manual' });
    const answer = client.authorize(server, { allowed_workspace_id: sam.accountId });
    await expect(server.approve({ workspace: 'Personal' })).rejects.toThrow(RangeError);
    await server.approve({ account: 'robin@example.com' });
    await answer;
    expect(server.journal.tokens()[0]?.account?.accountId).toBe(sam.accountId);
  });

  test('two requests at once are answered in their order, each with its own entry and labels', async () => {
    await using server = await startAuthorizationServer({ approve: 'manual' });
    const answers = [client.authorize(server)];
    while (server.pending().length < 1) await new Promise(setImmediate);
    answers.push(client.authorize(server));
    while (server.pending().length < 2) await new Promise(setImmediate);
    await Promise.all([server.approve({ account: 'sam@example.com' }), server.deny()]);
    const [first, second] = await Promise.all(answers);
    expect([first?.query.has('code'), second?.query.get('error')]).toEqual([true, 'access_denied']);
    expect(server.journal.entries.map(({ issued }) => issued)).toEqual([['code#1'], undefined]);
  });

  test('device codes wait for it, too, unless the person on the other device was faster', async () => {
    await using server = await startAuthorizationServer({ approve: 'manual' });
    const at = `${server.issuer}/api/accounts/deviceauth`;
    const ask = async () =>
      client.jsonOf(await client.postJson(`${at}/usercode`, { client_id: server.clientId }));
    const first = await ask();
    const second = await ask();
    server.device.approve(String(first.user_code));
    expect(server.pending()).toMatchObject([{ kind: 'device', userCode: second.user_code }]);
    await server.approve({ account: 'sam@example.com' });
    const { device_auth_id, user_code } = second;
    const answer = await client.postJson(`${at}/token`, { device_auth_id, user_code });
    expect(answer.status).toBe(200);
    expect(server.journal.tokens().at(-1)?.account).toEqual(sam);
  });
});
