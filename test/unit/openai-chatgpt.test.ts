/** "Sign in with ChatGPT" for open-source applications, from the first sign-in to the last revocation, against the mock's profile of it. */

import { describe, expect, test } from 'vitest';

import { type AuthorizationServer, profiles, startAuthorizationServer } from '../../mocks/index.ts';
import { issuerOf } from '../../src/credential/issued-by.ts';
import { logout } from '../../src/logout.ts';
import { openaiChatgpt } from '../../src/provider/openai-chatgpt.ts';
import { openaiCodex } from '../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../src/provider/overrides.ts';
import { requireCredential } from '../../src/require-credential.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { openMemoryStore } from '../../src/store/memory-store.ts';
import type { ProfileStore } from '../../src/store/profile-store.ts';
import { type SignInOptions, signIn } from '../support/sign-in.ts';
import { storeFile } from '../support/temporary.ts';

const ID = 'openai-chatgpt:robin@example.com';
const ISSUED = /^oaiapp_/;

/** With no port said: the profile itself takes any free one. */
async function signInForApps({ server, ...options }: SignInOptions = {}) {
  const at = server ?? (await startAuthorizationServer({ profile: 'openai-chatgpt' }));
  const provider = overrideProvider(openaiChatgpt, { issuer: at.issuer });
  return { ...(await signIn({ provider, ...options, server: at })), provider };
}
const sent = ({ journal }: AuthorizationServer, kind: string) =>
  journal.entries.filter((entry) => entry.kind === kind).map(({ parameters }) => parameters);
const refusals = ({ journal }: AuthorizationServer) =>
  journal.entries.filter(({ rule }) => rule !== undefined);
const profileIn = async (store: ProfileStore, id = ID) => (await store.read()).state.profiles[id];

describe('a sign-in with ChatGPT for open-source applications', () => {
  test('is one login like any other: profile, order and lastGood in one commit', async () => {
    const { server, store, result, events } = await signInForApps();
    expect(result).toMatchObject({
      profileId: ID,
      accountId: `${server.issuer}|auth0|RobinExample0000000000`,
      routable: true,
    });
    const { state } = await store.read();
    expect(state).toMatchObject({ order: { 'openai-chatgpt': [ID] }, lastGood: { 'openai-chatgpt': ID } });
    expect(refusals(server)).toEqual([]);
    const listening = events.find(({ type }) => type === 'listening');
    expect(listening).toMatchObject({
      redirectUri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d+\/auth\/callback$/),
      addresses: [{ address: '127.0.0.1' }],
    });
  });

  test('stores with the tokens where they are from and whose they are, for they do not say it themselves', async () => {
    const { server, store } = await signInForApps();
    const [request] = sent(server, 'authorization');
    expect(await profileIn(store)).toMatchObject({
      type: 'oauth',
      provider: 'openai-chatgpt',
      issuer: server.issuer,
      clientId: expect.stringMatching(ISSUED),
      layout: 'openai-chatgpt',
      hostId: request?.ext_agent_host_id,
      email: 'robin@example.com',
    });
  });

  test('exchanges the code as the client that the callback names, for the resource', async () => {
    const { server, store } = await signInForApps();
    const clientId = (await profileIn(store))?.clientId;
    expect(sent(server, 'code-exchange')).toMatchObject([
      { client_id: clientId, resource: profiles['openai-chatgpt'].resource },
    ]);
  });

  test.each([
    ['client-missing', /does not name the client/],
    ['client-unregistered', /names no client that can have been registered.*dynamic_agent_client/],
  ] as const)('%s: ends before the token endpoint, and stores nothing', async (scenario, words) => {
    const { server, store, error } = await signInForApps({ scenario });
    expect(error).toMatchObject({
      code: 'ERR_CLIENT_MISMATCH',
      exitCode: 8,
      summary: expect.stringMatching(words),
    });
    expect(sent(server, 'code-exchange')).toEqual([]);
    expect((await store.read()).state.profiles).toEqual({});
  });

  test("client-wrong: a mix-up comes to nothing, the code is another client's", async () => {
    const { server, store, error } = await signInForApps({ scenario: 'client-wrong' });
    expect(error).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT', oauthError: 'invalid_client' });
    expect(refusals(server)).toHaveLength(1);
    expect((await store.read()).state.profiles).toEqual({});
  });

  test.each([
    'id-token-wrong-audience',
    'id-token-wrong-nonce',
    'id-token-no-nonce',
    'id-token-bad-signature',
  ] as const)('%s: the ID token is not believed', async (scenario) => {
    const { store, error } = await signInForApps({ scenario });
    expect(error).toMatchObject({ code: 'ERR_ID_TOKEN_INVALID' });
    expect((await store.read()).state.profiles).toEqual({});
  });

  test('without the use of the plan is of no use, and is not stored', async () => {
    const { store, error } = await signInForApps({ scenario: 'token-narrowed-scope' });
    expect(error).toMatchObject({
      code: 'ERR_ENTITLEMENT_MISSING',
      exitCode: 3,
      summary: expect.stringContaining('chatgpt.tokens.use.direct'),
    });
    expect((await store.read()).state.profiles).toEqual({});
  });

  test("of the same profile again is the same client's, without another name", async () => {
    const first = await signInForApps();
    const { store, server } = first;
    const before = await profileIn(store);
    const { error } = await signInForApps({ store, server, profileId: ID });
    expect(error).toBeUndefined();
    const [, again] = sent(server, 'authorization');
    expect(again).toMatchObject({ client_id: before?.clientId, ext_agent_host_id: before?.hostId });
    expect(again).not.toHaveProperty('agent_name_hint');
    expect(await profileIn(store)).toMatchObject({
      clientId: before?.clientId,
      hostId: before?.hostId,
    });
  });

  test('of the same profile again is not answered for another client', async () => {
    const { store, server } = await signInForApps();
    const { error } = await signInForApps({ store, server, profileId: ID, scenario: 'client-wrong' });
    expect(error).toMatchObject({ code: 'ERR_CLIENT_MISMATCH' });
    expect(sent(server, 'code-exchange')).toHaveLength(1);
  });

  test('of another account has a client of its own, and the same host', async () => {
    const { store, server } = await signInForApps();
    await signInForApps({ store, server, profileId: 'openai-chatgpt:second' });
    const [one, two] = sent(server, 'authorization');
    expect(two).toMatchObject({
      client_id: 'dynamic_agent_client',
      ext_agent_host_id: one?.ext_agent_host_id,
    });
  });

  test('at another server tells it nothing of the first: neither client nor host', async () => {
    const { store, server } = await signInForApps();
    const elsewhere = await startAuthorizationServer({ profile: 'openai-chatgpt' });
    await signInForApps({ store, server: elsewhere, profileId: ID, replace: true });
    const [[here], [there]] = [sent(server, 'authorization'), sent(elsewhere, 'authorization')];
    expect(there?.client_id).toBe('dynamic_agent_client');
    expect(there?.ext_agent_host_id).not.toBe(here?.ext_agent_host_id);
  });

  test("into a store of OpenClaw's is stored and not routable: it has no provider of that name", async () => {
    const { result } = await signInForApps({ store: openFileStore(storeFile(), { generation: 'A' }) });
    expect(result).toMatchObject({ routable: false, reason: 'provider_unknown' });
    expect(result?.routable === false && result.hint).toMatch(/--store <path>.*codex-login token/);
  });

  test('names no workspace: to ask for one is refused before anybody signs in', async () => {
    const { server, error } = await signInForApps({ workspace: 'any' });
    expect(error).toMatchObject({ code: 'ERR_USAGE' });
    expect(server.journal.entries).toEqual([]);
  });
});

describe('its credential', () => {
  const options = (store: ProfileStore) => ({ store, providerId: 'openai-chatgpt' });

  test.each([
    ['found by what is stored', false],
    ['named by the caller', true],
  ])('is refreshed as the client that it was issued to, for the resource: %s', async (_, isNamed) => {
    const { server, store, provider } = await signInForApps();
    const before = await profileIn(store);
    const named = isNamed ? { provider } : {};
    const credential = await requireCredential({ ...options(store), ...named, forceRefresh: true });
    expect(credential).toMatchObject({ profileId: ID, refreshed: true });
    expect(sent(server, 'refresh')).toEqual([
      {
        grant_type: 'refresh_token',
        client_id: before?.clientId,
        refresh_token: 'refresh#1',
        resource: 'https://api.openai.com/v1',
      },
    ]);
    const { access: _a, refresh: _r, expires: _e, ...kept } = before ?? {};
    expect(await profileIn(store)).toMatchObject({ ...kept, gen: 1 });
    expect(refusals(server)).toEqual([]);
  });

  test('is revoked as that client, and removed', async () => {
    const { server, store } = await signInForApps();
    const clientId = (await profileIn(store))?.clientId;
    const result = await logout(options(store));
    expect(result).toMatchObject({ refreshToken: { revoked: true }, issuer: server.issuer });
    expect(sent(server, 'revocation')).toMatchObject([
      { token: 'refresh#1', token_type_hint: 'refresh_token', client_id: clientId },
      { token: 'access#1', token_type_hint: 'access_token', client_id: clientId },
    ]);
    expect((await store.read()).state.profiles).toEqual({});
  });

  test('of which a store has kept the tokens only goes to the endpoints of its provider all the same', () => {
    const tokens = { type: 'oauth', provider: 'openai-chatgpt', access: 'opaque', refresh: 'r' };
    expect(issuerOf(tokens, undefined, ID)).toEqual(openaiChatgpt);
    expect(issuerOf({ ...tokens, provider: 'openai' }, undefined, ID)).toEqual(openaiCodex);
  });

  test('whose refresh token is refused in the words of this documentation is over', async () => {
    const { server, store } = await signInForApps({ store: openMemoryStore() });
    await store.commit((state) => ({
      write: true,
      next: { ...state, profiles: { [ID]: { ...state.profiles[ID], expires: 1_700_000_000_000 } } },
      result: undefined,
    }));
    const fetch: typeof globalThis.fetch = async () =>
      Response.json({ error: 'invalid_refresh_token' }, { status: 400 });
    await expect(requireCredential({ ...options(store), fetch })).rejects.toMatchObject({
      code: 'ERR_REFRESH_REFUSED',
    });
    expect(await profileIn(store)).toMatchObject({ dead: { code: 'invalid_refresh_token' } });
    expect(sent(server, 'refresh')).toEqual([]);
  });
});
