import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  createVirtualClock,
  startAuthorizationServer,
  type VirtualClock,
} from '../../mocks/index.ts';
import * as client from './client.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const SCOPE = 'openid profile email offline_access';

let clock: VirtualClock;
let server: AuthorizationServer;
const start = async (options: AuthorizationServerOptions = {}) => {
  await server?.close();
  clock = createVirtualClock();
  server = await startAuthorizationServer({ clock, ...options });
};
beforeEach(() => start());
afterEach(() => server.close());

const outcome = () => server.journal.entries.at(-1)?.outcome;
const at = (path: string) => `${server.issuer}${path}`;
const userCodeAt = () => at('/api/accounts/deviceauth/usercode');
const pollAt = () => at('/api/accounts/deviceauth/token');
const codeOf = async (response: Response) => ((await client.jsonOf(response)).error as client.Json).code;

async function askOpenai(): Promise<{ device_auth_id: string; user_code: string } & client.Json> {
  return (await client.jsonOf(await client.postJson(userCodeAt(), { client_id: server.clientId }))) as never;
}
const pollOpenai = ({ device_auth_id, user_code }: client.Json) =>
  client.postJson(pollAt(), { device_auth_id, user_code });

async function askRfc8628(): Promise<{ device_code: string; user_code: string } & client.Json> {
  const form = { client_id: server.clientId, scope: SCOPE };
  return (await client.jsonOf(await client.postForm(at('/oauth/device/code'), form))) as never;
}
const pollRfc8628 = ({ device_code }: client.Json, changes: client.Changes = {}) =>
  client.postForm(at('/oauth/token'), {
    grant_type: GRANT,
    client_id: server.clientId,
    device_code: String(device_code),
    ...changes,
  });

describe("OpenAI's device endpoints", () => {
  test('issue a code, with the interval in a string and an end in ISO 8601', async () => {
    expect(await askOpenai()).toEqual({
      device_auth_id: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{5}$/),
      interval: '5',
      expires_at: new Date(clock.now() + 900_000).toISOString(),
    });
  });

  test('sign the first account in at once, once, with a verifier of their own making', async () => {
    const device = await askOpenai();
    const answer = await client.jsonOf(await pollOpenai(device));
    const challenge = createHash('sha256').update(String(answer.code_verifier)).digest('base64url');
    expect(answer).toEqual({
      authorization_code: expect.any(String),
      code_challenge: challenge,
      code_verifier: expect.stringMatching(/^[\w-]{86}$/),
    });
    const body = {
      grant_type: 'authorization_code',
      client_id: server.clientId,
      code: String(answer.authorization_code),
      code_verifier: String(answer.code_verifier),
    };
    clock.advance('5s');
    const again = await pollOpenai(device);
    expect([again.status, await codeOf(again)]).toEqual([403, 'deviceauth_authorization_unknown']);
    const redirect_uri = at('/deviceauth/callback');
    const tokens = await client.postForm(at('/oauth/token'), { ...body, redirect_uri });
    expect(client.partOf((await client.jsonOf(tokens)).id_token, 1)).toMatchObject({
      email: 'robin@example.com',
    });
  });

  test('bind the code to their own redirect URI and verifier', async () => {
    const cases: [client.Changes, string][] = [
      [{ redirect_uri: client.REDIRECT_URI }, 'invalid_grant: redirect_uri'],
      [{ redirect_uri: 'https://auth.openai.com/deviceauth/callback' }, 'invalid_grant: redirect_uri'],
      [{ code_verifier: 'v'.repeat(86) }, 'invalid_grant: pkce'],
    ];
    for (const [changes, expected] of cases) {
      const answer = await client.jsonOf(await pollOpenai(await askOpenai()));
      await client.postForm(at('/oauth/token'), {
        grant_type: 'authorization_code',
        client_id: server.clientId,
        code: String(answer.authorization_code),
        code_verifier: String(answer.code_verifier),
        redirect_uri: at('/deviceauth/callback'),
        ...changes,
      });
      expect(outcome()).toBe(expected);
    }
  });

  test('never send a browser to that redirect URI', async () => {
    const { response } = await client.authorize(server, { redirect_uri: at('/deviceauth/callback') });
    expect(response.status).toBe(400);
  });

  test('take JSON alone, and nothing that is unasked for', async () => {
    const device = await askOpenai();
    const { device_auth_id, user_code } = device;
    const refused: [Promise<Response>, string][] = [
      [client.postForm(userCodeAt(), { client_id: server.clientId }), 'content type'],
      [client.postJson(userCodeAt(), {}), 'client_id'],
      [client.postJson(userCodeAt(), { client_id: server.clientId, scope: SCOPE }), 'unexpected parameter'],
      [client.postForm(pollAt(), { device_auth_id, user_code }), 'content type'],
      [client.postJson(pollAt(), { device_auth_id }), 'user_code'],
      [
        client.postJson(pollAt(), { ...{ device_auth_id, user_code }, client_id: 'x' }),
        'unexpected parameter',
      ],
      [client.postJson(pollAt(), { device_auth_id, user_code: 7 }), 'a value that is no string'],
    ];
    for (const [request, flaw] of refused) {
      const response = await request;
      expect([response.status, (await client.jsonOf(response)).error]).toMatchObject([
        400,
        { message: flaw },
      ]);
    }
    const other = await client.postJson(userCodeAt(), { client_id: 'another-client' });
    expect(other.status).toBe(404);
  });

  test('know a device code only with its own user code, and none of RFC 8628', async () => {
    const [one, other] = [await askOpenai(), await askOpenai()];
    expect((await pollOpenai({ ...one, user_code: other.user_code })).status).toBe(403);
    const foreign = await askRfc8628();
    await pollOpenai({ device_auth_id: foreign.device_code, user_code: foreign.user_code });
    expect(outcome()).toBe('deviceauth_authorization_unknown: device code unknown');
    expect((await pollOpenai(one)).status).toBe(200);
  });
});

describe('RFC 8628', () => {
  test('§3.2 §4 is announced, and issues a code with a page that has it filled in', async () => {
    const metadata = await client.jsonOf(await fetch(at('/.well-known/openid-configuration')));
    expect(metadata).toMatchObject({
      device_authorization_endpoint: at('/oauth/device/code'),
      grant_types_supported: expect.arrayContaining([GRANT]),
    });
    const device = await askRfc8628();
    expect(device).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.any(String),
      verification_uri: at('/codex/device'),
      verification_uri_complete: at(`/codex/device?user_code=${device.user_code}`),
      expires_in: 900,
      interval: 5,
    });
  });

  test('§3.5 answers pending, then tokens, once', async () => {
    await start({ approve: 'page' });
    const device = await askRfc8628();
    const pending = await pollRfc8628(device);
    expect([pending.status, await client.jsonOf(pending)]).toMatchObject([
      400,
      { error: 'authorization_pending' },
    ]);
    server.device.approve(device.user_code);
    clock.advance('5s');
    const tokens = await client.jsonOf(await pollRfc8628(device));
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: SCOPE, expires_in: 864_000 });
    expect(await client.isSigned(server, tokens.id_token)).toBe(true);
    expect(client.partOf(tokens.id_token, 1)).not.toHaveProperty('nonce');
    expect((await client.refresh(server, tokens.refresh_token)).status).toBe(200);
    clock.advance('5s');
    expect(await client.jsonOf(await pollRfc8628(device))).toMatchObject({ error: 'invalid_grant' });
  });

  test('§3.5 tells whoever polls too fast to slow down, by five seconds for good', async () => {
    await start({ approve: 'page' });
    const device = await askRfc8628();
    const said: unknown[] = [];
    for (const seconds of [0, 5, 4, 9, 14, 15]) {
      clock.advance(seconds * 1000);
      said.push((await client.jsonOf(await pollRfc8628(device))).error);
    }
    const [pending, hasty] = ['authorization_pending', 'slow_down'];
    expect(said).toEqual([pending, pending, hasty, hasty, hasty, hasty]);
    expect(outcome()).toBe('slow_down: polled too fast');
    clock.advance('25s');
    expect(await client.jsonOf(await pollRfc8628(device))).toMatchObject({ error: pending });
  });

  let device: { user_code: string } & client.Json;
  test.each([
    ['a denial', () => server.device.deny(device.user_code), 'access_denied'],
    ['the end of its time', () => clock.advance('15m'), 'expired_token'],
  ])('§3.5 tells of %s', async (_, act, error) => {
    await start({ approve: 'page' });
    device = await askRfc8628();
    await pollRfc8628(device);
    act();
    clock.advance('5s');
    expect(await client.jsonOf(await pollRfc8628(device))).toMatchObject({ error });
  });
  test('§3.1 §3.4 takes no other client, no credentials, no scope without openid, and nothing unasked for', async () => {
    const endpoint = at('/oauth/device/code');
    const good = { client_id: server.clientId, scope: SCOPE };
    const refused: [client.Changes, Record<string, string>, string][] = [
      [{ ...good, client_id: 'other' }, {}, 'invalid_client'],
      [good, { Authorization: 'Basic eDp5' }, 'invalid_client'],
      [{ ...good, client_secret: 'x' }, {}, 'invalid_client'],
      [{ ...good, scope: 'email' }, {}, 'invalid_scope'],
      [{ ...good, state: 'x' }, {}, 'invalid_request'],
    ];
    for (const [form, headers, error] of refused)
      expect(await client.jsonOf(await client.postForm(endpoint, form, headers))).toMatchObject({ error });
    const issued = await askRfc8628();
    for (const changes of [{ scope: SCOPE }, { device_code: undefined }])
      expect(await client.jsonOf(await pollRfc8628(issued, changes))).toMatchObject({
        error: 'invalid_request',
      });
    expect((await pollRfc8628(issued)).status).toBe(200);
  });
});

describe('the person with the other device', () => {
  const post = (fields: client.Changes) => client.postForm(at('/codex/device'), fields);

  test('enters the code in any case, with or without its dash, chooses an account, and allows', async () => {
    await start({ approve: 'page' });
    const device = await askOpenai();
    const page = await (await fetch(at(`/codex/device?user_code=${device.user_code}`))).text();
    expect(page).toContain(`value="${device.user_code}"`);
    const user_code = device.user_code.toLowerCase().replace('-', '');
    const done = await post({ user_code, decision: 'allow', account: '1' });
    expect([done.status, await done.text()]).toEqual([
      200,
      expect.stringContaining('go back to the program'),
    ]);
    const answer = await client.jsonOf(await pollOpenai(device));
    expect(answer).toHaveProperty('authorization_code');
  });

  test('denies', async () => {
    await start({ approve: 'page' });
    const device = await askOpenai();
    expect((await post({ user_code: device.user_code, decision: 'deny' })).status).toBe(200);
    const denied = await pollOpenai(device);
    expect([denied.status, await codeOf(denied)]).toEqual([400, 'access_denied']);
  });

  test('is told of a code that is unknown, answered already, or too old, and of half a form', async () => {
    await start({ approve: 'page' });
    const { user_code } = await askOpenai();
    const old = await askOpenai();
    const told = async (fields: client.Changes) => {
      const response = await post({ decision: 'allow', ...fields });
      return [response.status, /role="alert">([^<]+)/.exec(await response.text())?.[1]];
    };
    expect(await told({ user_code: '<b>"x"' })).toEqual([400, expect.stringContaining('not known')]);
    expect(await told({ user_code, decision: 'perhaps' })).toEqual([400, 'The form is not complete.']);
    expect(await told({ user_code, account: '7' })).toEqual([400, 'The form is not complete.']);
    expect((await post({ user_code, decision: 'allow' })).status).toBe(200);
    expect(await told({ user_code })).toEqual([400, expect.stringContaining('answered already')]);
    clock.advance('15m');
    expect(await told({ user_code: old.user_code })).toEqual([400, expect.stringContaining('expired')]);
  });

  test('has nothing repeated to them as markup', async () => {
    const page = await (await fetch(at('/codex/device?user_code=%22%3E%3Cscript%3E'))).text();
    expect(page).toContain('value="&quot;&gt;&lt;script&gt;"');
    expect(page).not.toContain('<script');
  });

  test('may be a test: any account, a change of mind, and no code that nobody waits for', async () => {
    await start({ approve: 'page' });
    const [robin, sam] = [
      { accountId: 'a', userId: 'user-a', plan: 'pro', email: 'a@example.com' },
      { accountId: 'b', userId: 'user-b', plan: 'pro', email: 'b@example.com' },
    ];
    const device = await askRfc8628();
    server.device.deny(device.user_code);
    server.device.approve(device.user_code, { account: robin });
    server.device.approve(device.user_code, { account: sam });
    const { id_token } = await client.jsonOf(await pollRfc8628(device));
    expect(client.partOf(id_token, 1)).toMatchObject({ email: 'b@example.com' });
    expect(() => server.device.approve(device.user_code)).toThrow(RangeError);
    expect(() => server.device.deny('ZZZZ-ZZZZZ')).toThrow('unknown');
    const old = await askRfc8628();
    clock.advance('15m');
    expect(() => server.device.approve(old.user_code)).toThrow('expired');
  });

  test('leaves a journal with labels for device codes, and user codes as they are', async () => {
    const device = await askRfc8628();
    await pollRfc8628(device);
    expect(server.journal.entries.at(-1)?.parameters).toMatchObject({ device_code: 'device-code#1' });
    expect(server.journal.secrets()).toContain(device.device_code);
    expect(server.journal.secrets()).not.toContain(device.user_code);
    expect(JSON.stringify(server.journal.entries)).not.toContain(device.device_code);
  });
});
