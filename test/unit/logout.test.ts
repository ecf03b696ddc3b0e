import { describe, expect, onTestFinished, test } from 'vitest';

import { type AuthorizationServer, startAuthorizationServer } from '../../mocks/index.ts';
import { logout } from '../../src/logout.ts';
import { openaiCodex } from '../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../src/provider/overrides.ts';
import { beginMove } from '../../src/store/edits/move.ts';
import { claimRefresh, settleRefresh } from '../../src/store/edits/refresh.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { openMemoryStore } from '../../src/store/memory-store.ts';
import type { AuthProfiles, OAuthProfile, ProfileStore } from '../../src/store/profile-store.ts';
import { createDrivenClock } from '../support/driven-clock.ts';
import { json, jwt, profileId, refreshing } from '../support/refresh.ts';
import { expectNoSecret, signIn } from '../support/sign-in.ts';
import { storeFile } from '../support/temporary.ts';

const provider = 'openai-codex';

async function signedIn(store: ProfileStore = openMemoryStore()) {
  const { server, result } = await signIn({ store });
  return { server, store, profileId: result?.profileId ?? '' };
}
const revocations = ({ journal }: AuthorizationServer) =>
  journal.entries.filter(({ path }) => path === '/oauth/revoke');
const stateOf = async (store: ProfileStore): Promise<AuthProfiles> => (await store.read()).state;

describe('logout', () => {
  test('R-7009-1 revokes the refresh token first, with its hint, in the body of a POST; then the access token', async () => {
    const { server, store } = await signedIn();
    await logout({ store });
    expect(revocations(server)).toMatchObject([
      { method: 'POST', parameters: { token: 'refresh#1', token_type_hint: 'refresh_token' } },
      { method: 'POST', parameters: { token: 'access#1', token_type_hint: 'access_token' } },
    ]);
    expect(revocations(server).every(({ outcome }) => outcome === 'revoked')).toBe(true);
  });

  test('S-2 removes profile, order and lastGood in one commit, and says what happened at the server', async () => {
    const path = storeFile();
    const { store, server } = await signedIn(openFileStore(path));
    const result = await logout({ store });
    expect(result).toMatchObject({
      profileId: `${provider}:robin@example.com`,
      issuer: server.issuer,
      refreshToken: { revoked: true },
      accessToken: { revoked: true },
      store: path,
    });
    expect(await stateOf(store)).toEqual({ version: 1, profiles: {}, order: {}, lastGood: {} });
  });

  test('leaves a login that is on its way to another store where it is, with the only copy of its token; --force removes it', async () => {
    const { store, server, profileId: id } = await signedIn();
    const move = { profileId: id, id: 'm', to: 'the fleet' };
    await store.commit((state, { now }) => beginMove(state, move, now));
    const before = await stateOf(store);
    for (const local of [true, false])
      await expect(logout({ store, local })).rejects.toMatchObject({
        code: 'ERR_NO_CREDENTIAL',
        hint: expect.stringContaining('store move'),
      });
    expect([await stateOf(store), revocations(server)]).toEqual([before, []]);
    await logout({ store, local: true, force: true });
    expect((await stateOf(store)).profiles).toEqual({});
  });

  test('leaves the others in the order, and everything else as it was', async () => {
    const { store, profileId: id } = await signedIn();
    await store.commit((state) => ({
      write: true,
      next: {
        ...state,
        profiles: { ...state.profiles, other: { type: 'token', provider, token: 't' } },
        order: { [provider]: [id, 'other'], else: [id] },
        lastGood: { [provider]: id, else: 'other' },
        usageStats: { [id]: { errorCount: 1 }, other: { errorCount: 2 } },
        mine: 1,
      },
      result: undefined,
    }));
    expect(await logout({ store, profileId: id })).toMatchObject({ order: ['other'] });
    expect(await stateOf(store)).toEqual({
      version: 1,
      profiles: { other: { type: 'token', provider, token: 't' } },
      order: { [provider]: ['other'] },
      lastGood: { else: 'other' },
      usageStats: { other: { errorCount: 2 } },
      mine: 1,
    });
  });

  test('revokes nothing where the store could not be written afterwards', async () => {
    const { server, store } = await signedIn();
    const { StoreError } = await import('../../src/words/errors.ts');
    const denied = new StoreError('ERR_STORE_DENIED', { store: 's', summary: 'No.', hint: 'Ask.' });
    await expect(logout({ store: { ...store, probe: () => Promise.reject(denied) } })).rejects.toMatchObject({
      code: 'ERR_STORE_DENIED',
    });
    expect(revocations(server)).toEqual([]);
  });

  test('R-7009-2 keeps what could not be revoked, and says so', async () => {
    const { server, store, profileId: id } = await signedIn();
    const before = await stateOf(store);
    server.scenario('revoke-500', { times: 9 });
    await expect(logout({ store })).rejects.toMatchObject({
      code: 'ERR_NOT_REVOKED',
      exitCode: 6,
      profileId: id,
      message: expect.stringMatching(/was not revoked, and is kept.*500.*--force/),
    });
    expect(await stateOf(store)).toEqual(before);
    expect(revocations(server)).toHaveLength(1);
  });

  test('--force removes it all the same, and tells what stays valid', async () => {
    const { server, store } = await signedIn();
    server.scenario('revoke-500', { times: 9 });
    const result = await logout({ store, force: true });
    expect(result.refreshToken).toMatchObject({ revoked: false, reason: expect.stringContaining('500') });
    expect((await stateOf(store)).profiles).toEqual({});
  });

  describe('while somebody presents the refresh token', () => {
    const presenting = async (clock: ReturnType<typeof createDrivenClock>) => {
      const set = await signedIn(openMemoryStore({ clock }));
      const claim = { profileId: set.profileId, id: 'c', by: 'pid 7 at noon', isFresh: () => false };
      await set.store.commit((state, { now }) => claimRefresh(state, claim, now));
      const { refresh: presented } = (await stateOf(set.store)).profiles[set.profileId] as OAuthProfile;
      return { ...set, presented };
    };

    test.each([false, true])('waits, and ends what came of it (--local: %s)', async (local) => {
      const clock = createDrivenClock();
      const { server, store, profileId: id, presented } = await presenting(clock);
      const tokens = { refresh: 'the-next-refresh-token' };
      const settled = clock
        .sleep(5_000)
        .then(() => store.commit((state) => settleRefresh(state, { profileId: id, presented, tokens })));
      await logout({ store, clock, fetch: clock.watch(fetch), local });
      expect(await settled).toMatchObject({ kind: 'settled' });
      expect(server.journal.entries.filter(({ parameters: { token } }) => token === 'refresh#1')).toEqual([]);
      expect(revocations(server).length > 0).toBe(!local);
      expect((await stateOf(store)).profiles).toEqual({});
    });

    test('or begins to while the server revokes, waits for that too', async () => {
      const clock = createDrivenClock();
      const { server, store, profileId: id } = await signedIn(openMemoryStore({ clock }));
      let settled: Promise<unknown> | undefined;
      const ask: typeof fetch = async (...request) => {
        if (settled === undefined) {
          const claim = { profileId: id, id: 'c', by: 'pid 7', isFresh: () => false };
          const claimed = await store.commit((state, { now }) => claimRefresh(state, claim, now));
          const presented = claimed.kind === 'claimed' ? claimed.profile.refresh : '';
          const settlement = { profileId: id, presented, tokens: { refresh: 'the-next-refresh-token' } };
          settled = clock.sleep(5_000).then(() => store.commit((state) => settleRefresh(state, settlement)));
        }
        return fetch(...request);
      };
      await logout({ store, clock, fetch: clock.watch(ask) });
      expect(await settled).toMatchObject({ kind: 'settled' });
      expect(revocations(server).length).toBeGreaterThan(2);
      expect((await stateOf(store)).profiles).toEqual({});
    });

    test('and does not come to an end, says who and until when; --force goes on', async () => {
      const clock = createDrivenClock();
      const { server, store } = await presenting(clock);
      const before = await stateOf(store);
      const began = clock.now();
      const options = { store, clock, fetch: clock.watch(fetch) };
      await expect(logout(options)).rejects.toMatchObject({
        code: 'ERR_REFRESH_PENDING',
        summary: expect.stringContaining('pid 7 at noon'),
        hint: expect.stringContaining('--force'),
      });
      expect(clock.now() - began).toBeGreaterThanOrEqual(30_000);
      expect([revocations(server), await stateOf(store)]).toEqual([[], before]);
      await logout({ ...options, force: true });
      expect((await stateOf(store)).profiles).toEqual({});
    });
  });

  test('--local asks no server', async () => {
    const { server, store } = await signedIn();
    const result = await logout({ store, local: true });
    expect(result.refreshToken).toBeUndefined();
    expect(revocations(server)).toEqual([]);
    expect((await stateOf(store)).profiles).toEqual({});
  });

  test('R-7009-2 asks again after 503, when Retry-After is over', async () => {
    const { server, store } = await signedIn();
    server.scenario('revoke-503', { times: 1 });
    const clock = createDrivenClock();
    const began = clock.now();
    const result = await logout({ store, clock, fetch: clock.watch(fetch) });
    expect(result.refreshToken).toEqual({ revoked: true });
    expect(clock.now() - began).toBeGreaterThanOrEqual(1_000);
    expect(revocations(server).map(({ status }) => status)).toEqual([503, 200, 200]);
  });

  test('R-7009-2 counts a token that the server does not know as revoked', async () => {
    const first = await signedIn();
    const other = await startAuthorizationServer({ port: 0 });
    onTestFinished(() => other.close());
    // The same token at a server that never issued it.
    const { state } = await first.store.read();
    const stored = state.profiles[first.profileId];
    const access = jwt({ iss: other.issuer });
    const store = openMemoryStore({ initial: { ...state, profiles: { x: { ...stored, access } } } });
    expect(await logout({ store, profileId: 'x' })).toMatchObject({ refreshToken: { revoked: true } });
  });

  test('asks the server that issued the credential, and refuses another one that is named', async () => {
    const { server, store } = await signedIn();
    const foreign = overrideProvider(openaiCodex, { issuer: 'https://login.example.com' });
    await expect(logout({ store, provider: foreign })).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message: expect.stringContaining(server.issuer),
    });
    expect(revocations(server)).toEqual([]);
    expect(Object.keys((await stateOf(store)).profiles)).toHaveLength(1);
  });

  test('that finds another credential there by the time it removes begins anew', async () => {
    const urls: string[] = [];
    const set = await refreshing(async () => {
      urls.push('asked');
      if (urls.length === 1) await set.change({ refresh: 'refresh-2' });
      return json(200, {});
    });
    await logout({ store: set.store, clock: set.clock, fetch: set.fetch });
    expect(set.sent.filter(({ url }) => url.endsWith('/oauth/revoke'))).toHaveLength(4);
    expect((await stateOf(set.store)).profiles).not.toHaveProperty([profileId]);
  });

  test('reaches the other agents: no order, no lastGood and no copy of it is left', async () => {
    const { store, profileId: id } = await signedIn();
    const copy = (await stateOf(store)).profiles[id] ?? {};
    const own = { ...copy, refresh: 'their-own' };
    const agent = (initial: AuthProfiles) => {
      const theirs = openMemoryStore({ initial });
      return { agent: 'work', store: theirs, configuration: async () => undefined };
    };
    const naming = agent({ profiles: {}, order: { [provider]: [id] }, lastGood: { [provider]: id } });
    const copied = agent({ profiles: { copy }, order: { [provider]: ['copy', id] } });
    const separate = agent({ profiles: { [id]: own }, order: { [provider]: [id] } });
    let reloads = 0;
    const result = await logout({
      store,
      followers: async () => [naming, copied, separate],
      gateway: async () => {
        reloads += 1;
        return { state: 'reloaded' };
      },
    });
    expect(await stateOf(naming.store)).toEqual({ profiles: {}, order: {}, lastGood: {} });
    expect(await stateOf(copied.store)).toMatchObject({ profiles: {}, order: {} });
    expect(await stateOf(separate.store)).toMatchObject({
      profiles: { [id]: own },
      order: { [provider]: [id] },
    });
    expect(result.agents.map(({ retired }) => retired)).toEqual([[], ['copy'], []]);
    expect([reloads, result.gateway]).toEqual([1, { state: 'reloaded' }]);
  });

  test('shows no token, whatever fails', async () => {
    const { server, store } = await signedIn();
    server.scenario('revoke-500', { times: 1 });
    const error = await logout({ store }).catch((thrown: unknown) => thrown);
    expectNoSecret(server, [error, await logout({ store })]);
  });

  test('without a credential says that there is none', async () => {
    await expect(logout({ store: openMemoryStore() })).rejects.toMatchObject({ code: 'ERR_NO_CREDENTIAL' });
  });

  test('does not choose between several that nobody would use', async () => {
    const one = { type: 'oauth', provider, access: 'a', refresh: 'r', expires: 1_900_000_000_000 };
    const initial = { profiles: { a: one, b: one }, order: { [provider]: ['gone'] } };
    await expect(logout({ store: openMemoryStore({ initial }) })).rejects.toMatchObject({
      code: 'ERR_USAGE',
      hint: expect.stringContaining('a, b'),
    });
  });

  test('of what is no login asks for --local', async () => {
    const initial = { profiles: { key: { type: 'api_key', provider, key: 'k' } } };
    const store = openMemoryStore({ initial });
    await expect(logout({ store, profileId: 'key' })).rejects.toMatchObject({ code: 'ERR_USAGE' });
    await logout({ store, profileId: 'key', local: true });
    expect((await stateOf(store)).profiles).toEqual({});
  });
});
