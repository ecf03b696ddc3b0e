import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import type { CredentialStore } from '../../src/agents/credential-store.ts';
import type { ReloadGateway } from '../../src/agents/follow-login.ts';
import { openaiCodex } from '../../src/provider/openai-codex.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { openMemoryStore } from '../../src/store/memory-store.ts';
import type { AuthProfiles, ProfileStore, StoredProfile } from '../../src/store/profile-store.ts';
import {
  type KeepSynchronizedOptions,
  keepSynchronized,
  type SynchronizeOptions,
  synchronize,
} from '../../src/synchronize.ts';
import { StoreError } from '../../src/words/errors.ts';
import type { SynchronizeEvent } from '../../src/words/events.ts';
import { synchronizeEventSchema } from '../../src/words/schemas/synchronize.ts';
import { accessToken, granted, json, profileId, refreshing, TEN_DAYS_MS } from '../support/refresh.ts';
import { storeFile } from '../support/temporary.ts';

const provider = 'openai-codex';
const MINUTE = 60_000;
const DAY = 86_400_000;
const ACCOUNT = {
  'https://api.openai.com/auth': { chatgpt_account_id: 'acc-1', chatgpt_user_id: 'user-1' },
  'https://api.openai.com/profile': { email: 'me@example.com' },
};

interface Situation {
  /** What the token endpoint answers the n-th request with; it rotates by default. */
  answer?: Parameters<typeof refreshing>[0];
  /** How much of the shared access token is left. */
  leftMs?: number;
  /** What the store of this host holds. */
  own?: Partial<AuthProfiles>;
  /** What this host's OpenClaw calls the provider. */
  called?: string;
  gateway?: ReloadGateway;
  /** Of this host's store. */
  generation?: string;
  followers?: CredentialStore['followers'];
}

/** A login in a shared store, and a host with a store of its own. */
async function sharing(situation: Situation = {}) {
  const { leftMs = 9 * DAY, called = provider } = situation;
  const shared = await refreshing(
    situation.answer ??
      ((n, now) => json(200, { ...granted(n + 1, now), access_token: tokenAt(n + 1, now) })),
  );
  const { clock } = shared;
  const keep = (n: number, left: number) =>
    shared.change({
      access: tokenAt(n, clock.now() + left - TEN_DAYS_MS),
      expires: clock.now() + left,
      email: 'me@example.com',
    });
  await keep(1, leftMs);
  const plain = openMemoryStore({ clock, initial: { version: 1, profiles: {}, ...situation.own } });
  const own = {
    ...plain,
    info: { ...plain.info, generation: situation.generation ?? plain.info.generation },
  };
  const from: CredentialStore = { store: shared.store, provider, configuration: async () => undefined };
  const to: CredentialStore = {
    store: own,
    provider: called,
    configuration: async () => undefined,
    ...(situation.gateway === undefined ? {} : { gateway: situation.gateway }),
    ...(situation.followers === undefined ? {} : { followers: situation.followers }),
  };
  const options = { from, openTarget: async () => to, clock, fetch: shared.fetch };
  const events: SynchronizeEvent[] = [];
  const stop = new AbortController();
  return {
    ...shared,
    own,
    to,
    from,
    events,
    stop,
    keep,
    once: (more: Partial<SynchronizeOptions> = {}) => synchronize({ ...options, ...more }),
    /** Runs until it is stopped, or after `limitMs` of its own time. */
    async until(limitMs: number, more: Partial<KeepSynchronizedOptions> = {}) {
      void clock.sleep(limitMs, stop.signal).then(
        () => stop.abort(new Error('stopped')),
        () => undefined,
      );
      const onEvent = (event: SynchronizeEvent) => void events.push(event);
      return keepSynchronized({ ...options, signal: stop.signal, onEvent, ...more }).catch((error) => error);
    },
    state: async () => (await own.read()).state,
  };
}
const tokenAt = (n: number, now: number) => accessToken(n, now, ACCOUNT);
const unreachable = () => {
  throw Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect' }),
  });
};
const failing = (): Promise<never> =>
  Promise.reject(
    new StoreError('ERR_STORE_IO', { store: 'shared', summary: 'It is out of reach.', hint: 'Wait.' }),
  );

describe('what comes into the store of this host', () => {
  test('S-2 is the access token with its end, in the order and lastGood, by one commit; and never the refresh token', async () => {
    const { once, state, profile, own } = await sharing();
    const before = (await own.read()).version;
    const done = await once();
    const { access: token, expires } = await profile();
    expect(await state()).toEqual({
      version: 1,
      profiles: {
        [profileId]: { type: 'token', provider, token, expires, email: 'me@example.com', accountId: 'acc-1' },
      },
      order: { [provider]: [profileId] },
      lastGood: { [provider]: profileId },
    });
    expect(Number((await own.read()).version) - Number(before)).toBe(1);
    expect(done).toMatchObject({ profileId, expires, changed: true, routable: true, order: [profileId] });
    expect(inspect([await state(), done], { depth: 9 })).not.toContain('refresh-');
  });

  test('goes by the name that this OpenClaw has for the provider', async () => {
    const { once, state } = await sharing({ called: 'openai' });
    await once();
    expect(await state()).toMatchObject({
      profiles: { 'openai:me@example.com': { type: 'token', provider: 'openai' } },
      order: { openai: ['openai:me@example.com'] },
    });
  });

  test('is written once, and the gateway told of it under the lock; what is there already is left alone', async () => {
    let told = 0;
    const gateway = async () => {
      told += 1;
      return { state: 'reloaded' } as const;
    };
    const { once, own } = await sharing({ gateway });
    expect(await once()).toMatchObject({ changed: true, gateway: { state: 'reloaded' } });
    const { version } = await own.read();
    expect(await once()).toMatchObject({ changed: false });
    expect([told, (await own.read()).version]).toEqual([1, version]);
  });

  test('is the first credential of a gateway of generation D: it confirms, and does not use it until it is restarted', async () => {
    let told = 0;
    const gateway: ReloadGateway = async () => {
      told += 1;
      return { state: 'reloaded' };
    };
    const { once } = await sharing({ gateway, generation: 'D' });
    expect(await once()).toMatchObject({ gateway: { state: 'stale', needsRestart: true } });
    expect(await once()).not.toHaveProperty('gateway');
    expect(told).toBe(1);
  });

  test('keeps its place in an order that names it, and comes first in one that does not', async () => {
    const other = { type: 'api_key', provider, key: 'k' };
    const first = await sharing({ own: { profiles: { other }, order: { [provider]: ['other'] } } });
    expect(await first.once()).toMatchObject({ order: [profileId, 'other'], lastGood: profileId });
    const chosen = await sharing({
      own: {
        profiles: { other },
        order: { [provider]: ['other', profileId] },
        lastGood: { [provider]: 'other' },
      },
    });
    expect(await chosen.once()).toMatchObject({
      order: ['other', profileId],
      lastGood: 'other',
      routable: false,
      reason: 'outranked',
    });
  });

  test('what was routable without an order stays so behind it', async () => {
    const other = { type: 'api_key', provider, key: 'k' };
    const { once } = await sharing({ own: { profiles: { other } } });
    expect(await once()).toMatchObject({ order: [profileId, 'other'] });
  });

  test('ends the cooldown of the token before, and of no token that is still the same', async () => {
    const { once, state, own, keep } = await sharing();
    await once();
    const cool = { usageStats: { [profileId]: { cooldownUntil: 4_000_000_000_000, errorCount: 3 } } };
    await own.commit((now) => ({ write: true, next: { ...now, ...cool }, result: undefined }));
    await once();
    expect((await state()).usageStats).toEqual(cool.usageStats);
    await keep(2, 9 * DAY);
    await once();
    expect((await state()).usageStats).toEqual({ [profileId]: { errorCount: 0 } });
  });

  test('another credential under its id is kept: the account comes behind the id', async () => {
    const theirs = { type: 'oauth', provider, access: 'a', refresh: 'r', expires: 4_000_000_000_000 };
    const { once, state } = await sharing({
      own: { profiles: { [profileId]: { ...theirs, accountId: 'acc-2' } } },
    });
    expect(await once()).toMatchObject({ profileId: `${profileId}-acc-1` });
    expect((await state()).profiles[profileId]).toMatchObject({ refresh: 'r' });
  });
});

describe('two refreshers of one login', () => {
  const holding = (more: StoredProfile): Partial<AuthProfiles> => ({
    profiles: {
      mine: { type: 'oauth', provider, refresh: 'r', expires: 4_000_000_000_000, access: 'a', ...more },
    },
  });

  test('are refused where this host has a refresh token of the same account, with what to do, and nothing is written', async () => {
    const { once, state, own } = await sharing({
      own: holding({ accountId: 'acc-1', email: 'me@example.com' }),
    });
    const before = await own.read();
    await expect(once()).rejects.toMatchObject({
      code: 'ERR_SECOND_REFRESHER',
      exitCode: 7,
      message: expect.stringMatching(/"mine".*Nothing was written.*logout "mine" --local.*store move/),
    });
    expect([await state(), (await own.read()).version]).toEqual([before.state, before.version]);
  });

  test('are refused by the account in the access token, whatever the profile calls itself', async () => {
    const { once } = await sharing({ own: holding({ access: tokenAt(7, 0) }) });
    await expect(once()).rejects.toMatchObject({ code: 'ERR_SECOND_REFRESHER' });
  });

  test('are refused where it is another agent’s store that has the refresh token', async () => {
    const followers = async () => [
      {
        agent: 'work',
        store: openMemoryStore({
          initial: { profiles: { ...holding({ accountId: 'acc-1', email: 'me@example.com' }).profiles } },
        }),
        configuration: async () => undefined,
      },
    ];
    const { once, state } = await sharing({ followers });
    await expect(once()).rejects.toMatchObject({ code: 'ERR_SECOND_REFRESHER' });
    expect((await state()).profiles).toEqual({});
  });

  test('are refused where it is main’s store, which the agent that is meant inherits from', async () => {
    const main = openMemoryStore({
      initial: { profiles: { ...holding({ accountId: 'acc-1', email: 'me@example.com' }).profiles } },
    });
    const { once, to, state } = await sharing();
    await expect(once({ openTarget: async () => ({ ...to, inheritsFrom: main }) })).rejects.toMatchObject({
      code: 'ERR_SECOND_REFRESHER',
    });
    expect((await state()).profiles).toEqual({});
  });

  test('are not: another account’s refresh token is none of its business', async () => {
    const { once, state } = await sharing({ own: holding({ accountId: 'acc-2' }) });
    expect(await once()).toMatchObject({ order: [profileId, 'mine'] });
    expect((await state()).profiles.mine).toMatchObject({ refresh: 'r' });
  });

  test('end a running sync, because a person has to decide', async () => {
    const { until, own, clock, events } = await sharing();
    void clock.sleep(2 * MINUTE).then(() =>
      own.commit((state) => ({
        write: true,
        next: {
          ...state,
          profiles: {
            ...state.profiles,
            ...holding({ accountId: 'acc-1', email: 'me@example.com' }).profiles,
          },
        },
        result: undefined,
      })),
    );
    expect(await until(DAY)).toMatchObject({ code: 'ERR_SECOND_REFRESHER' });
    expect(events.map(({ type }) => type)).toEqual(['synchronized']);
  });

  test('one store for both is a slip of the pen', async () => {
    const path = storeFile();
    const { once, from } = await sharing();
    const same = { ...from, store: openFileStore(path) };
    await expect(once({ from: same, openTarget: async () => same })).rejects.toMatchObject({
      code: 'ERR_USAGE',
    });
  });

  test('a store that hosts share is no store of this host', async () => {
    const { once, to } = await sharing();
    const network: ProfileStore = { ...to.store, info: { ...to.store.info, scope: 'network' } };
    await expect(once({ openTarget: async () => ({ ...to, store: network }) })).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message: expect.stringContaining('a store that hosts share'),
    });
  });
});

test('the store of this host that nobody opens is OpenClaw’s, and the token of another provider is not OpenAI’s there', async () => {
  const { from, clock, fetch, change } = await sharing();
  await change({ provider: 'acme' });
  const state = dirname(storeFile());
  vi.stubEnv('OPENCLAW_STATE_DIR', state);
  onTestFinished(() => void vi.unstubAllEnvs());
  const done = await synchronize({
    from: { ...from, provider: 'acme' },
    provider: { ...openaiCodex, id: 'acme' },
    clock,
    fetch,
  });
  expect([done.store.startsWith(realpathSync(state)) || done.store.startsWith(state), done.order]).toEqual([
    true,
    [done.profileId],
  ]);
  const { profiles, order } = JSON.parse(readFileSync(done.store, 'utf8'));
  expect(profiles[done.profileId]).toMatchObject({ type: 'token', provider: 'acme' });
  expect(Object.keys(order)).toEqual(['acme']);
});

describe('another agent', () => {
  test('whose own order leaves it out gets it in front, also where main had it already; one that follows is left alone', async () => {
    const { once, to } = await sharing();
    const main = storeFile();
    const work = openFileStore(storeFile(), { inherits: main });
    await work.commit(() => ({
      write: true,
      next: {
        profiles: { own: { type: 'api_key', provider, key: 'k' } },
        order: { [provider]: ['own'] },
      },
      result: undefined,
    }));
    const target = { ...to, store: openFileStore(main) };
    await once({ openTarget: async () => target });
    const followers = async () => [{ agent: 'work', store: work, configuration: async () => undefined }];
    const withAgent = { openTarget: async () => ({ ...target, followers }) };
    const done = await once(withAgent);
    expect(done.agents).toMatchObject([{ agent: 'work', order: [profileId, 'own'] }]);
    expect((await work.read()).state.order).toEqual({ [provider]: [profileId, 'own'] });
    expect((await once(withAgent)).agents).toEqual([]);
  });
});

describe('a running sync', () => {
  test('follows the token as it changes, and tells each change once', async () => {
    const { until, keep, clock, events, state } = await sharing();
    void clock.sleep(10 * MINUTE).then(() => keep(2, 9 * DAY));
    await until(30 * MINUTE);
    expect(events.map(({ type }) => type)).toEqual(['synchronized', 'synchronized']);
    expect((await state()).profiles[profileId]?.token).toContain(tokenAt(2, clock.now()).slice(0, 20));
    for (const event of events) expect(synchronizeEventSchema.parse(event)).toEqual(event);
  });

  test('notices a change within its interval', async () => {
    const { until, keep, clock, events } = await sharing();
    let changedAt = 0;
    // Half way between two looks at its own store.
    void clock.sleep(12.5 * MINUTE).then(async () => {
      await keep(2, 9 * DAY);
      changedAt = clock.now();
    });
    await until(30 * MINUTE, { intervalMs: 20_000 });
    expect(Date.parse(events[1]?.time ?? '') - changedAt).toBeLessThanOrEqual(25_000);
  });

  test('R-9700-5 refreshes before it expires, once, in the shared store; this host never holds a token that is over', async () => {
    const { until, sent, events, own, clock, profile } = await sharing({ leftMs: 3 * DAY });
    const gaps: number[] = [];
    const watched: ProfileStore = {
      ...own,
      commit: async (fn, options) => {
        const before = (await own.read()).state.profiles[profileId]?.expires;
        if (typeof before === 'number') gaps.push(before - clock.now());
        return own.commit(fn, options);
      },
    };
    const to = { store: watched, provider, configuration: async () => undefined };
    await until(40 * DAY, { openTarget: async () => to, intervalMs: 6 * 3_600_000 });
    expect(sent.map(({ refreshToken }) => refreshToken)).toEqual(sent.map((_, n) => `refresh-${n + 1}`));
    expect(sent.length).toBeGreaterThanOrEqual(4);
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    expect((await profile()).gen).toBe(sent.length);
    expect(events).toHaveLength(sent.length + 1);
  });

  test('keeps a token that lives for seconds good all the same: it looks more often', async () => {
    const short = (n: number, now: number) => ({
      ...granted(n + 1, now),
      access_token: `opaque-${n + 1}`,
      expires_in: 660,
    });
    const { until, sent, events } = await sharing({
      leftMs: 6 * MINUTE,
      answer: (n, now) => json(200, short(n, now)),
    });
    await until(60 * MINUTE, { intervalMs: 3_600_000 });
    expect(sent.length).toBeGreaterThanOrEqual(8);
    expect(events.every(({ type }) => type === 'synchronized')).toBe(true);
  });

  test('with refresh: false it reads only, and says when nobody else refreshes', async () => {
    const { until, sent, events } = await sharing({ leftMs: 6 * MINUTE });
    await until(20 * MINUTE, { refresh: false });
    expect(sent).toEqual([]);
    expect(events.map(({ type, ...rest }) => [type, 'code' in rest ? rest.code : undefined])).toEqual([
      ['synchronized', undefined],
      ['behind', 'ERR_REFRESH_ELSEWHERE'],
    ]);
    expect(events[1]).toMatchObject({ expired: true });
  });

  test('looks at its own store again although nothing is new in the shared one: what was lost there comes back', async () => {
    const { until, own, clock, events, state } = await sharing();
    void clock
      .sleep(10 * MINUTE)
      .then(() => own.commit(() => ({ write: true, next: { version: 1, profiles: {} }, result: undefined })));
    await until(30 * MINUTE);
    expect(events.map(({ type }) => type)).toEqual(['synchronized', 'synchronized']);
    expect((await state()).order).toEqual({ [provider]: [profileId] });
  });

  test('tells a gateway again that could not be told, until it has read the new token', async () => {
    let asked = 0;
    const gateway: ReloadGateway = async () => {
      asked += 1;
      return asked < 4 ? { state: 'stale', hint: 'Restart it.' } : { state: 'reloaded' };
    };
    const { until, events } = await sharing({ gateway });
    await until(20 * MINUTE);
    expect(asked).toBe(4);
    expect(events).toMatchObject([
      { type: 'synchronized', changed: true, gateway: 'stale', hint: 'Restart it.' },
      { type: 'synchronized', changed: false, gateway: 'reloaded' },
    ]);
  });

  test('tells no gateway again that has to be restarted, and says so once', async () => {
    let asked = 0;
    const gateway: ReloadGateway = async () => {
      asked += 1;
      return { state: 'reloaded' };
    };
    const { until, events } = await sharing({ gateway, generation: 'D' });
    await until(20 * MINUTE);
    expect(asked).toBe(1);
    expect(events).toMatchObject([
      { type: 'synchronized', gateway: 'stale', hint: expect.stringContaining('Restart the gateway') },
    ]);
  });

  test('ends with its signal’s reason', async () => {
    const { until, stop } = await sharing();
    const reason = new Error('Ctrl-C');
    stop.abort(reason);
    expect(await until(DAY)).toBe(reason);
  });

  test('an event listener that throws lets no token expire', async () => {
    const { until, state, keep, clock, profile } = await sharing();
    void clock.sleep(10 * MINUTE).then(() => keep(2, 9 * DAY));
    const onEvent = () => {
      throw new Error('theirs');
    };
    expect(await until(20 * MINUTE, { onEvent })).toMatchObject({ message: 'stopped' });
    expect((await state()).profiles[profileId]?.token).toBe((await profile()).access);
  });
});

describe('while the shared store is out of reach', () => {
  test('this host keeps what it has; that is told once, once more when it is over, and again when it is back', async () => {
    const { until, from, clock, events, state, keep } = await sharing({ leftMs: 40 * MINUTE });
    let isOut = false;
    let reads = 0;
    const store: ProfileStore = {
      ...from.store,
      read: () => {
        reads += 1;
        return isOut ? failing() : from.store.read();
      },
    };
    void clock.sleep(10 * MINUTE).then(() => {
      isOut = true;
      reads = 0;
    });
    const kept: (string | undefined)[] = [];
    void clock.sleep(30 * MINUTE).then(async () => {
      kept.push(String((await state()).profiles[profileId]?.token));
    });
    let tries = 0;
    void clock.sleep(70 * MINUTE).then(async () => {
      tries = reads;
      await keep(2, 9 * DAY);
      isOut = false;
    });
    await until(80 * MINUTE, { from: { ...from, store }, refresh: false });
    expect(events).toMatchObject([
      { type: 'synchronized' },
      { type: 'behind', code: 'ERR_STORE_IO', expired: false },
      { type: 'behind', code: 'ERR_STORE_IO', expired: true },
      { type: 'synchronized', changed: true },
    ]);
    expect(kept).toEqual([expect.stringContaining('.')]);
    // It backs off: by the interval alone it would have asked twice as often.
    expect(tries).toBeLessThan(90);
    expect(Date.parse(events[3]?.time ?? '') - clock.now()).toBeGreaterThan(-10 * MINUTE);
  });

  test('from the start, what this host has is told all the same', async () => {
    const { until, from, own, clock, events } = await sharing();
    const expires = clock.now() + DAY;
    await own.commit(() => ({
      write: true,
      next: { profiles: { [profileId]: { type: 'token', provider, token: 't', expires } } },
      result: undefined,
    }));
    await until(MINUTE, { from: { ...from, store: { ...from.store, read: failing } } });
    expect(events).toMatchObject([{ type: 'behind', expires, expired: false }]);
  });

  test('one call fails with what is wrong, and changes nothing', async () => {
    const { once, from, own } = await sharing();
    const { version } = await own.read();
    await expect(once({ from: { ...from, store: { ...from.store, read: failing } } })).rejects.toMatchObject({
      code: 'ERR_STORE_IO',
    });
    expect((await own.read()).version).toBe(version);
  });
});

describe('while the server does not refresh', () => {
  test('the token that is still good stays, and why it is not renewed is told', async () => {
    const { until, events, state, profile } = await sharing({ leftMs: 4 * MINUTE, answer: unreachable });
    await until(2 * MINUTE);
    expect(events).toMatchObject([{ type: 'behind', code: 'ERR_NETWORK', expired: false }]);
    expect((await state()).profiles[profileId]?.token).toBe((await profile()).access);
  });

  test('a login that the server has ended is told, before the token is over and after', async () => {
    const { until, events, sent } = await sharing({
      leftMs: 4 * MINUTE,
      answer: () => json(400, { error: 'invalid_grant' }),
    });
    await until(30 * MINUTE);
    expect(events).toMatchObject([
      { type: 'behind', code: 'ERR_REFRESH_REFUSED', expired: false },
      { type: 'behind', code: 'ERR_REFRESH_REFUSED', expired: true },
    ]);
    expect(sent).toHaveLength(1);
  });

  test('a new login in the shared store ends it', async () => {
    const { until, events, clock, change } = await sharing({
      leftMs: -1,
      answer: () => json(400, { error: 'invalid_grant' }),
    });
    void clock.sleep(10 * MINUTE).then(() =>
      change({
        access: tokenAt(9, clock.now()),
        refresh: 'refresh-9',
        expires: clock.now() + TEN_DAYS_MS,
      }),
    );
    await until(20 * MINUTE);
    expect(events.map(({ type }) => type)).toEqual(['behind', 'synchronized']);
  });
});
