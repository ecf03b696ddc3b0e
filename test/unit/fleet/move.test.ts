import { describe, expect, test } from 'vitest';

import { type MoveOptions, moveProfiles } from '../../../src/fleet/move.ts';
import { moveMarkIn } from '../../../src/store/edits/move.ts';
import { claimRefresh, refreshableIn, refuseRefresh } from '../../../src/store/edits/refresh.ts';
import { findUnfinishedMoves } from '../../../src/store/examination/move-findings.ts';
import { openMemoryStore } from '../../../src/store/memory-store.ts';
import type { AuthProfiles, ProfileStore } from '../../../src/store/profile-store.ts';
import { commitLogin, provider } from '../../support/record.ts';

const me = `${provider}:me@example.com`;
const configuration = async () => undefined;
const named = (store: ProfileStore, location: string): ProfileStore => ({
  ...store,
  info: { ...store.info, location },
});
const opened = (store: ProfileStore) => ({ store, provider, configuration });

async function twoStores(initial?: AuthProfiles) {
  const from = named(openMemoryStore(), 'the first');
  const to = named(openMemoryStore(initial ? { initial } : {}), 'the second');
  await commitLogin(from, 'me');
  const states = async () => [(await from.read()).state, (await to.read()).state] as const;
  const move = (
    options: Partial<Omit<MoveOptions, 'from' | 'to'>> & { from?: ProfileStore; to?: ProfileStore } = {},
  ) => moveProfiles({ ...options, from: opened(options.from ?? from), to: opened(options.to ?? to) });
  return { from, to, states, move };
}

/** In how many stores the token could be presented, and in how many it is at all. */
const holders = (states: readonly AuthProfiles[]) => ({
  live: states.filter((state) => refreshableIn(state, me)?.refresh === 'refresh-me').length,
  kept: states.filter(
    (state) => (refreshableIn(state, me)?.refresh ?? moveMarkIn(state, me)?.profile.refresh) === 'refresh-me',
  ).length,
});

describe('a move', () => {
  test('leaves nothing behind: profile, order and lastGood are in the other store', async () => {
    const { states, move } = await twoStores();
    expect(await move()).toEqual([{ profileId: me, from: 'the first', to: 'the second' }]);
    const [first, second] = await states();
    expect(first).toMatchObject({ profiles: {}, lastGood: {} });
    expect(first.order ?? {}).toEqual({});
    expect(second.profiles[me]).toMatchObject({ type: 'oauth', access: 'access-me', refresh: 'refresh-me' });
    expect(second.profiles[me]).not.toHaveProperty('moving');
    expect([second.order?.[provider], second.lastGood?.[provider]]).toEqual([[me], me]);
  });

  test('of several tells of each when it is there: what stops it later takes nothing back', async () => {
    const { from, states, move } = await twoStores();
    await commitLogin(from, 'you');
    const stop = new AbortController();
    const told: string[] = [];
    const onMoved = ({ profileId }: { profileId: string }) => {
      told.push(profileId);
      stop.abort(new Error('stopped'));
    };
    await expect(move({ onMoved, signal: stop.signal })).rejects.toThrow('stopped');
    const [first, second] = await states();
    expect(Object.keys(second.profiles)).toEqual(told);
    expect([told.length, Object.keys(first.profiles).length]).toEqual([1, 1]);
  });

  test('asks a gateway that runs by either store to read again, also where it was stopped halfway', async () => {
    const { from, to } = await twoStores();
    await commitLogin(from, 'you');
    const stop = new AbortController();
    const told: string[] = [];
    const gateway = (hint: string) => async () => ({ state: 'stale', hint }) as const;
    const moving = moveProfiles({
      from: { ...opened(from), gateway: gateway('by the first') },
      to: { ...opened(to), gateway: gateway('by the second') },
      signal: stop.signal,
      onMoved: () => stop.abort(new Error('stopped')),
      onGateway: (outcome) => told.push('hint' in outcome ? outcome.hint : outcome.state),
    });
    await expect(moving).rejects.toThrow('stopped');
    expect(told).toEqual(['by the first', 'by the second']);
  });

  test('comes after what the other store tries first, and shuts out nothing there', async () => {
    const other = { type: 'token', provider, token: 't' };
    for (const [order, after] of [
      [['x'], ['x', me]],
      [undefined, undefined],
    ]) {
      const initial = {
        profiles: { x: other },
        ...(order ? { order: { [provider]: order } } : {}),
      };
      const { states, move } = await twoStores(initial);
      await move();
      expect((await states())[1].order?.[provider]).toEqual(after);
    }
  });

  // Each of the three commits, killed right before it and right after it.
  test.each([
    ['first', 'begin', 'before', { live: 1, kept: 1 }],
    ['first', 'begin', 'after', { live: 0, kept: 1 }],
    ['second', 'receive', 'before', { live: 0, kept: 1 }],
    ['second', 'receive', 'after', { live: 1, kept: 2 }],
    ['first', 'end', 'before', { live: 1, kept: 2 }],
    ['first', 'end', 'after', { live: 1, kept: 1 }],
  ] as const)(
    'that is killed at the %s store, at "%s", %s the commit, leaves one holder at most, and the next run ends it',
    async (where, step, when, left) => {
      const { from, to, states, move } = await twoStores();
      const kill = new Error('killed');
      let commits = 0;
      const fatal = (store: ProfileStore): ProfileStore => ({
        ...store,
        async commit(fn, options) {
          commits += 1;
          const isIt = commits === (step === 'end' ? 2 : 1);
          if (isIt && when === 'before') throw kill;
          const result = await store.commit(fn, options);
          if (isIt) throw kill;
          return result;
        },
      });
      await expect(move(where === 'first' ? { from: fatal(from) } : { to: fatal(to) })).rejects.toThrow(kill);
      expect(holders(await states())).toEqual(left);
      await move().catch((error) => {
        // Nothing was left to be moved.
        expect([step, when, error.code]).toEqual(['end', 'after', 'ERR_USAGE']);
      });
      const [first, second] = await states();
      expect(first.profiles).toEqual({});
      expect(refreshableIn(second, me)?.refresh).toBe('refresh-me');
    },
  );

  test('that was killed before its end does not put a spent token over one that was refreshed since', async () => {
    const { from, to, states, move } = await twoStores();
    let commits = 0;
    const dying: ProfileStore = {
      ...from,
      async commit(fn, options) {
        commits += 1;
        if (commits === 2) throw new Error('killed');
        return from.commit(fn, options);
      },
    };
    await expect(move({ from: dying })).rejects.toThrow('killed');
    await to.commit((state) => ({
      write: true,
      next: { ...state, profiles: { [me]: { ...state.profiles[me], refresh: 'newer' } } },
      result: undefined,
    }));
    await move();
    const [first, second] = await states();
    expect(first.profiles).toEqual({});
    expect(second.profiles[me]).toMatchObject({ refresh: 'newer' });
  });

  test('whose other store cannot be written says that nothing is lost, and how to go on', async () => {
    const { to, states, move } = await twoStores();
    const { StoreError } = await import('../../../src/words/errors.ts');
    const denied = new StoreError('ERR_STORE_DENIED', { store: 's', summary: 'No.', hint: 'Ask.' });
    await expect(move({ to: { ...to, commit: () => Promise.reject(denied) } })).rejects.toMatchObject({
      code: 'ERR_STORE_DENIED',
      hint: expect.stringContaining('Nothing is lost'),
    });
    expect(holders(await states())).toEqual({ live: 0, kept: 1 });
    const [left] = await states();
    expect(findUnfinishedMoves(left)).toMatchObject([{ id: 'move-unfinished', subject: me }]);
    expect(JSON.stringify(findUnfinishedMoves(left))).not.toContain('refresh-me');
    await move();
    expect(holders(await states())).toEqual({ live: 1, kept: 1 });
  });

  test('while somebody presents the token is refused: its answer would be lost', async () => {
    const { from, states, move } = await twoStores();
    await from.commit((state, { now }) =>
      claimRefresh(state, { profileId: me, id: 'c', by: 'a host at noon', isFresh: () => false }, now),
    );
    await expect(move()).rejects.toThrow('being refreshed by a host at noon');
    expect(holders(await states())).toEqual({ live: 1, kept: 1 });
  });

  test('of a login that is over, or of none, is refused before anything is changed', async () => {
    const { from, move } = await twoStores();
    await from.commit((state, { now }) =>
      claimRefresh(state, { profileId: me, id: 'c', by: 'a host', isFresh: () => false }, now),
    );
    await from.commit((state, { now }) =>
      refuseRefresh(
        state,
        { profileId: me, presented: 'refresh-me', claimId: 'c', code: 'invalid_grant' },
        now,
      ),
    );
    await expect(move()).rejects.toThrow('ended the login');
    await expect(move({ profileId: 'gone' })).rejects.toThrow('no profile with a refresh token');
  });

  test.each<[string, string]>([
    ['under the same name', me],
    ['of the same account', 'other'],
  ])('to where the account is already, %s, is refused before anything is changed', async (_, id) => {
    const profile = { type: 'oauth', provider, accountId: 'me', access: 'a', refresh: 'r', expires: 1.9e12 };
    const { states, move } = await twoStores({ profiles: { [id]: profile } });
    await expect(move()).rejects.toThrow(`has "${id}" already`);
    const [first, second] = await states();
    expect(refreshableIn(first, me)).toBeDefined();
    expect(second.profiles[id]).toEqual(profile);
  });

  test('to another place than where an unfinished one went is refused: the token may be there already', async () => {
    const { to, move } = await twoStores();
    await expect(move({ to: { ...to, commit: () => Promise.reject(new Error('killed')) } })).rejects.toThrow(
      'killed',
    );
    const third = named(openMemoryStore(), 'the third');
    await expect(move({ to: third })).rejects.toThrow(
      'a move of "openai-codex:me@example.com" to the second',
    );
    await expect(move({ to: named(to, 'the first') })).rejects.toThrow('the two stores are one');
    await move();
  });

  /** Another agent, which has a copy of the token. */
  const agentWith = (copy: ProfileStore) => async () => [{ agent: 'work', store: copy, configuration }];
  const copyOf = async (store: ProfileStore) => {
    const { profiles } = (await store.read()).state;
    return openMemoryStore({ initial: { version: 1, profiles: { ...profiles } } });
  };

  test.each<[string, (copy: ProfileStore, refuse: () => never) => ProfileStore]>([
    ['before another agent’s copy was gone', (copy) => copy],
    ['because it could not be written', (copy, refuse) => ({ ...copy, commit: async () => refuse() })],
  ])(
    'that stops %s stores the token nowhere else: the next run takes the copy away first',
    async (_, made) => {
      const { from, to, states } = await twoStores();
      const { StoreError } = await import('../../../src/words/errors.ts');
      const work = await copyOf(from);
      const refuse = () => {
        throw new StoreError('ERR_STORE_LOCKED', { store: 'work', summary: 'It is locked.', hint: 'Wait.' });
      };
      const copy = made(work, refuse);
      const killed: ProfileStore = {
        ...from,
        async commit(fn, { whileLocked, ...options } = {}) {
          // Killed where the copies would have gone.
          return copy === work
            ? from.commit(fn, options).then(refuse)
            : from.commit(fn, { ...options, whileLocked });
        },
      };
      const source = { ...opened(killed), followers: agentWith(copy) };
      await expect(moveProfiles({ from: source, to: opened(to) })).rejects.toThrow('It is locked.');
      expect(
        [...(await states()), (await work.read()).state].map((s) => refreshableIn(s, me)?.refresh),
      ).toEqual([undefined, undefined, 'refresh-me']);
      await moveProfiles({ from: { ...opened(from), followers: agentWith(work) }, to: opened(to) });
      expect((await work.read()).state.profiles).toEqual({});
      expect(refreshableIn((await states())[1], me)?.refresh).toBe('refresh-me');
    },
  );

  test('of a token that another profile holds too, there or where every agent looks, is refused before anything is changed', async () => {
    const { from, to, states } = await twoStores();
    const shared = await copyOf(from);
    const agent = { ...opened(from), inheritsFrom: named(shared, 'main') };
    await expect(moveProfiles({ from: agent, to: opened(to) })).rejects.toThrow('is in main as well');
    await from.commit((state) => ({
      write: true,
      next: { ...state, profiles: { ...state.profiles, twin: { ...state.profiles[me] } } },
      result: undefined,
    }));
    await expect(moveProfiles({ from: opened(from), to: opened(to), profileId: me })).rejects.toThrow(
      'hold the same refresh token',
    );
    expect(holders(await states())).toEqual({ live: 1, kept: 1 });
  });

  test('takes the claim along whose holder was never heard of again, so that the loss is named there', async () => {
    const { from, states, move } = await twoStores();
    const claim = { id: 'c', by: 'a host at noon', until: 1_700_000_000_000, attempt: 2 };
    await from.commit((state) => ({
      write: true,
      next: { ...state, profiles: { [me]: { ...state.profiles[me], claim } } },
      result: undefined,
    }));
    await move();
    expect((await states())[1].profiles[me]).toMatchObject({ claim });
  });
});
