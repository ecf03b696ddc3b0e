import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import {
  type AuthorizationServer,
  profiles,
  type ScenarioName,
  type ServerProfile,
  type Strictness,
  startAuthorizationServer,
  strictness,
  type VirtualAuthorizationServer,
} from '../../mocks/index.ts';
import * as client from './client.ts';

/** Breaks the rule, and answers with the response that shows whether it is kept. */
type Break = (server: VirtualAuthorizationServer) => Promise<Response>;

const token = ({ issuer }: AuthorizationServer) => `${issuer}/oauth/token`;
const asking =
  (changes: client.Changes): Break =>
  async (server) =>
    (await client.authorize(server, changes)).response;
const exchanging =
  (changes: client.Changes, request: client.Changes = {}): Break =>
  (server) =>
    client.exchange(server, changes, request);
const userinfo = (server: AuthorizationServer, init: RequestInit = {}, query = '') =>
  fetch(`${server.issuer}/userinfo${query}`, init);
const bearer = (accessToken: unknown) => ({ headers: { Authorization: `Bearer ${accessToken}` } });

const RESOURCE = 'https://api.example.com';
const NAMED = {
  agent_name_hint: 'a program',
  ext_agent_host_id: 'urn:uuid:0b5a2c1e-6d3f-4c8a-9b7e-2f1d0c9b8a76',
};
const { registration } = profiles['openai-chatgpt'];
/** The kind of server that has the rule, where not every one has it. */
const kinds: Partial<Record<Strictness, Partial<ServerProfile>>> = {
  'nonce-required': { nonceRequired: true },
  'resource-named': { resource: RESOURCE },
  'registration-named': { registration },
  'client-binding': { registration },
};
const kindFor = (name: Strictness): ServerProfile => ({ ...profiles['openai-codex'], ...kinds[name] });

/** A code from the authorization endpoint, raw, for a body of one's own. */
async function granted(server: AuthorizationServer, request: client.Changes = {}) {
  return client.exchangeBody(server, await client.authorize(server, request));
}
const posted = (server: AuthorizationServer, body: string, type: string, query = '') =>
  fetch(token(server) + query, { method: 'POST', body, headers: { 'Content-Type': type } });
const FORM = 'application/x-www-form-urlencoded';

/** The code that came with this fault is exchanged. */
const exchangedAfter =
  (scenario: ScenarioName): Break =>
  (server) => {
    server.scenario(scenario);
    return client.exchange(server);
  };
/** The tokens that came with this fault are used. */
const refreshedAfter =
  (scenario: ScenarioName): Break =>
  async (server) => {
    server.scenario(scenario);
    const tokens = await client.signIn(server, { nonce: 'n-0S6_WzA2Mj' });
    return client.refresh(server, tokens.refresh_token);
  };

async function polled(server: VirtualAuthorizationServer, before: () => unknown = () => undefined) {
  const members = { client_id: server.clientId, scope: 'openid' };
  const issued = await client.jsonOf(await client.postForm(`${server.issuer}/oauth/device/code`, members));
  const poll = () =>
    client.postForm(token(server), {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: server.clientId,
      device_code: String(issued.device_code),
    });
  await before();
  return poll;
}

const breaks: Record<Strictness, Break> = {
  'client-id': exchanging({ client_id: 'another-client' }),
  'no-client-secret': exchanging({ client_secret: 'any' }),
  'redirect-uri-registered': asking({ redirect_uri: 'http://127.0.0.1:5555/another/path' }),
  'redirect-uri-exact': exchanging({ redirect_uri: 'http://127.0.0.1:1455/auth/callback' }),
  'response-type-code': asking({ response_type: 'token' }),
  'response-mode-query': asking({ response_mode: 'fragment' }),
  'scope-openid': asking({ scope: 'profile' }),
  'pkce-required': asking({ code_challenge: undefined, code_challenge_method: undefined }),
  'pkce-s256': asking({ code_challenge_method: 'plain' }),
  'pkce-challenge-form': asking({ code_challenge: 'short' }),
  'pkce-verifier-form': async (server) => {
    const code_challenge = createHash('sha256').update('short').digest('base64url');
    return exchanging({ code_verifier: 'short' }, { code_challenge })(server);
  },
  'pkce-verifier-match': exchanging({ code_verifier: 'w'.repeat(43) }),
  'pkce-verifier-once': async (server) => {
    const first = await client.authorize(server);
    const code_challenge = new URL(first.url).searchParams.get('code_challenge') ?? '';
    await client.postForm(token(server), client.exchangeBody(server, first));
    return exchanging({ code_verifier: first.codeVerifier }, { code_challenge })(server);
  },
  'nonce-required': asking({}),
  'resource-named': exchanging({}, { resource: RESOURCE }),
  'registration-named': asking({ agent_name_hint: 'a program' }),
  'client-binding': async (server) => {
    const first = await client.authorize(server, NAMED);
    const second = await client.authorize(server, NAMED);
    const body = client.exchangeBody(server, first);
    return client.postForm(token(server), { ...body, client_id: second.query.get('client_id') ?? '' });
  },
  'code-known': exchanging({ code: 'never-issued' }),
  'code-once': async (server) => {
    const body = await granted(server);
    await client.postForm(token(server), body);
    return client.postForm(token(server), body);
  },
  'code-lifetime': async (server) => {
    const body = await granted(server);
    server.clock.advance('60s');
    return client.postForm(token(server), body);
  },
  'grant-type-known': exchanging({ grant_type: 'password' }),
  'only-known-parameters': exchanging({ state: 'any' }),
  'no-duplicated-parameters': async (server) => {
    const body = new URLSearchParams(await granted(server));
    body.append('client_id', server.clientId);
    return posted(server, body.toString(), FORM);
  },
  'parameters-in-body': async (server) => {
    const body = new URLSearchParams(await granted(server));
    const query = `?code=${body.get('code')}`;
    body.delete('code');
    return posted(server, body.toString(), FORM, query);
  },
  'body-format': async (server) =>
    posted(server, new URLSearchParams(await granted(server)).toString(), 'text/plain'),
  'refresh-token-once': async (server) => {
    const { refresh_token: refreshToken } = await client.signIn(server);
    await client.refresh(server, refreshToken);
    return client.refresh(server, refreshToken);
  },
  'refresh-token-known': (server) => client.refresh(server, 'never-issued'),
  'refresh-token-live': async (server) => {
    const { refresh_token: refreshToken } = await client.signIn(server);
    const body = { client_id: server.clientId, token: String(refreshToken) };
    await client.postForm(`${server.issuer}/oauth/revoke`, body);
    return client.refresh(server, refreshToken);
  },
  'refresh-scope': async (server) => {
    const { refresh_token: refreshToken } = await client.signIn(server);
    const body = { grant_type: 'refresh_token', client_id: server.clientId, scope: 'openid admin' };
    return client.postForm(token(server), { ...body, refresh_token: String(refreshToken) });
  },
  'device-code-known': async (server) => {
    const poll = await polled(server);
    await poll();
    server.clock.advance('5s');
    return poll();
  },
  'device-interval': async (server) => {
    server.scenario('device-pending');
    const poll = await polled(server);
    await poll();
    return poll();
  },
  'device-code-lifetime': async (server) => (await polled(server, () => server.clock.advance('15m')))(),
  'revocation-token': (server) =>
    client.postForm(`${server.issuer}/oauth/revoke`, { client_id: server.clientId }),
  'bearer-header': async (server) => {
    const { access_token: accessToken } = await client.signIn(server);
    return userinfo(server, {}, `?access_token=${accessToken}`);
  },
  'access-token-live': async (server) => {
    const { access_token: accessToken } = await client.signIn(server);
    server.clock.advance('10d');
    return userinfo(server, bearer(accessToken));
  },
  'state-checked': exchangedAfter('state-wrong'),
  'iss-checked': exchangedAfter('iss-wrong'),
  'iss-demanded': exchangedAfter('iss-missing'),
  'front-channel-checked': exchangedAfter('tokens-in-front-channel'),
  'redirect-not-followed': async (server) => {
    server.scenario('token-redirect');
    const body = await granted(server);
    const { headers } = await client.postForm(token(server), body);
    return client.postForm(headers.get('location') ?? '', body);
  },
  'token-type-checked': refreshedAfter('token-other-type'),
  'id-token-issuer-checked': refreshedAfter('id-token-wrong-issuer'),
  'id-token-audience-checked': refreshedAfter('id-token-wrong-audience'),
  'id-token-signature-checked': refreshedAfter('id-token-alg-none'),
  'id-token-times-checked': refreshedAfter('id-token-expired'),
  'id-token-nonce-checked': refreshedAfter('id-token-wrong-nonce'),
  'id-token-at-hash-checked': refreshedAfter('id-token-wrong-at-hash'),
  'id-token-subject-checked': refreshedAfter('id-token-no-subject'),
};

/** Whether the last answer did what was asked for: tokens, a code, claims, or an empty 200. */
function isGranted(response: Response): boolean {
  if (response.status === 302) return (response.headers.get('location') ?? '').includes('code=');
  return response.status === 200;
}

describe.each(Object.keys(breaks) as Strictness[])('%s', (name) => {
  test(`is kept, and the journal names ${strictness[name].rule}`, async () => {
    await using server = await startAuthorizationServer({ clock: 'virtual', profile: kindFor(name) });
    const response = await breaks[name](server);
    expect(isGranted(response)).toBe(false);
    expect(server.journal.entries.at(-1)).toMatchObject({ strictness: name, rule: strictness[name].rule });
  });

  test('is switched off by its name, and nothing else is', async () => {
    await using server = await startAuthorizationServer({
      clock: 'virtual',
      profile: kindFor(name),
      lenient: [name],
    });
    const response = await breaks[name](server);
    expect(isGranted(response)).toBe(true);
    expect(server.journal.entries.filter(({ rule }) => rule !== undefined)).toEqual([]);
    const other = name === 'code-known' ? 'pkce-verifier-match' : 'code-known';
    expect(isGranted(await breaks[other](server))).toBe(false);
  });
});

describe('strictness', () => {
  test('is no matter of a right sign-in: nothing is refused', async () => {
    await using server = await startAuthorizationServer();
    const { refresh_token: refreshToken } = await client.signIn(server);
    expect((await client.refresh(server, refreshToken)).status).toBe(200);
    expect(server.journal.entries.map(({ rule }) => rule)).toEqual([undefined, undefined, undefined]);
  });

  test('a fault by name is no refusal, and is in the journal as what it is', async () => {
    await using server = await startAuthorizationServer({ scenario: 'token-invalid-grant' });
    await client.exchange(server);
    expect(server.journal.entries.at(-1)).toMatchObject({ scenarios: ['token-invalid-grant'] });
    expect(server.journal.entries.at(-1)).not.toHaveProperty('rule');
    expect(server.journal.entries[0]).not.toHaveProperty('scenarios');
  });

  test('a trap is not set where the client has nothing to notice: a nonce that it never sent', async () => {
    await using server = await startAuthorizationServer();
    server.scenario('id-token-no-nonce');
    const { refresh_token: refreshToken } = await client.signIn(server);
    expect((await client.refresh(server, refreshToken)).status).toBe(200);
  });

  test('a name that is none is refused', async () => {
    await expect(startAuthorizationServer({ lenient: ['pkce' as Strictness] })).rejects.toThrow(RangeError);
  });

  test('every entry says in sentences what it refuses and what happens without it', () => {
    for (const { rule, source, strict, lenient } of Object.values(strictness)) {
      for (const sentence of [strict, lenient]) expect(sentence).toMatch(/^[A-Za-z].+\.$/);
      expect(rule).toMatch(/^(?:R-(?:\d+|OIDC)-\d+|(?:RFC \d+|OIDC Core) §[\d.]+|WIRE .+)$/);
      expect(source).not.toBe('');
    }
  });
});
