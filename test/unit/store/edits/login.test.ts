import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type LoginToRecord, recordLogin } from '../../../../src/store/edits/login.ts';
import { clearOrder, setOrder } from '../../../../src/store/edits/order.ts';
import type { AuthProfiles, OAuthProfile } from '../../../../src/store/profile-store.ts';

const p = 'openai-codex';
const id = `${p}:me@example.com`;
const fresh: OAuthProfile = {
  type: 'oauth',
  provider: p,
  access: 'new-a',
  refresh: 'new-r',
  expires: 1_900_000_000_000,
  accountId: 'acc-0123456789',
};
const stored = (accountId: string, more: object = {}) => ({
  type: 'oauth',
  provider: p,
  access: 'a',
  refresh: 'r',
  expires: 1,
  accountId,
  ...more,
});

function record(state: AuthProfiles, options: Partial<LoginToRecord> = {}) {
  return recordLogin(state, {
    provider: p,
    preferredProfileId: id,
    profile: fresh,
    isSameAccount: ({ accountId }) =>
      accountId === undefined ? 'unknown' : accountId === fresh.accountId ? 'same' : 'other',
    routableBefore: [],
    ...options,
  });
}

describe('recording a login', () => {
  test('S-2 S-3 sets profile, order and lastGood together in an empty store', () => {
    const { next, result } = record({ profiles: {} });
    expect(next).toEqual({
      version: 1,
      profiles: { [id]: fresh },
      order: { [p]: [id] },
      lastGood: { [p]: id },
    });
    expect(result).toEqual({ profileId: id, order: [id], lastGood: id, retired: [] });
  });

  test('promotes the profile in an order that exists and keeps the others, which it would shut out', () => {
    const { result } = record({ profiles: {}, order: { [p]: ['x', id, 'y'] } });
    expect(result.order).toEqual([id, 'x', 'y']);
  });

  test('lets the profiles that were routable follow where no order existed', () => {
    expect(record({ profiles: {} }, { routableBefore: ['b', 'a'] }).result.order).toEqual([id, 'b', 'a']);
    expect(record({ profiles: {}, order: { [p]: [] } }, { routableBefore: ['b'] }).result.order).toEqual([
      id,
      'b',
    ]);
  });

  test('makes the order just this profile with only', () => {
    expect(record({ profiles: {}, order: { [p]: ['x'] } }, { only: true }).result.order).toEqual([id]);
  });

  test('edits the entry that OpenClaw would read, however it is spelled', () => {
    const { next } = record({ profiles: {}, order: { 'OpenAI-Codex': ['x'] } });
    expect(next.order).toEqual({ 'OpenAI-Codex': [id, 'x'] });
  });

  test('clears cooldown and lockout of the profile and of no other (openclaw #3604)', () => {
    const windows = {
      cooldownUntil: 9,
      cooldownReason: 'auth',
      disabledUntil: 9,
      disabledReason: 'billing',
      failureCounts: { auth: 3 },
      errorCount: 3,
    };
    const { next } = record({
      profiles: {},
      usageStats: { [id]: { lastUsed: 5, ...windows }, other: windows },
    });
    expect(next.usageStats).toEqual({ [id]: { lastUsed: 5, errorCount: 0 }, other: windows });
  });

  test('retires every twin of the same account, from profiles, order, lastGood and usage', () => {
    const twin = `${p}:default`;
    const { next, result } = record({
      profiles: { [twin]: stored('acc-0123456789'), other: stored('acc-9') },
      order: { [p]: [twin, 'other'] },
      lastGood: { [p]: twin },
      usageStats: { [twin]: { lastUsed: 1 } },
    });
    expect(result).toMatchObject({ retired: [twin], order: [id, 'other'] });
    expect(JSON.stringify(next)).not.toContain(twin);
  });

  test('keeps a profile that does not say whose it is, and one of another provider or kind', () => {
    const others = {
      a: stored('x', { accountId: undefined }),
      b: { type: 'api_key', provider: p, key: 'k' },
      c: { ...stored('acc-0123456789'), provider: 'openai' },
    };
    expect(record({ profiles: others as AuthProfiles['profiles'] }).next.profiles).toMatchObject(others);
  });

  test('S-4 keeps unknown fields and key order everywhere', () => {
    const state = {
      zeta: 1,
      version: 7,
      profiles: {
        z: stored('1', { odd: [1] }),
        [id]: { note: 'kept', ...stored('acc-0123456789') },
        a: stored('2'),
      },
      alpha: { deep: true },
      usageStats: {},
      lastGood: { x: 'z' },
      order: { q: ['z'] },
    };
    const { next } = record(state as unknown as AuthProfiles);
    expect(Object.keys(next)).toEqual(Object.keys(state));
    expect(Object.keys(next.profiles)).toEqual(['z', id, 'a']);
    expect(Object.keys(next.profiles[id] ?? {})[0]).toBe('note');
    expect(next).toMatchObject({
      zeta: 1,
      version: 7,
      alpha: { deep: true },
      lastGood: { x: 'z', [p]: id },
      order: { q: ['z'], [p]: [id] },
    });
  });

  test('gives the same e-mail in another workspace an id of its own, and the same one next time (openclaw #24787)', () => {
    const first = record({ profiles: { [id]: stored('another-workspace') } });
    expect(first.result.profileId).toBe(`${id}-acc-0123`);
    expect(first.next.profiles[id]).toEqual(stored('another-workspace'));
    expect(record(first.next).result.profileId).toBe(first.result.profileId);
  });

  test('never takes an id from an API key', () => {
    const { result } = record({ profiles: { [id]: { type: 'api_key', provider: p, key: 'k' } } });
    expect(result.profileId).not.toBe(id);
  });

  test('refuses another account under an explicit id unless it may replace it', () => {
    const state = { profiles: { work: stored('acc-9', { displayName: 'them' }) } };
    expect(() => record(state, { explicitProfileId: 'work' })).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE' }),
    );
    expect(record(state, { explicitProfileId: 'work', replace: true }).next.profiles.work).toEqual(fresh);
  });

  test('refuses to overwrite under an explicit id what does not say whose it is, unless the e-mail is the same', () => {
    const silent = (email?: string) =>
      ({
        profiles: { work: { ...stored('x'), accountId: undefined, ...(email ? { email } : {}) } },
      }) as unknown as AuthProfiles;
    const mine = { ...fresh, email: 'me@example.com' };
    for (const state of [silent(), silent('bob@example.com')]) {
      expect(() => record(state, { explicitProfileId: 'work', profile: mine })).toThrow(
        expect.objectContaining({ code: 'ERR_USAGE' }),
      );
    }
    expect(
      record(silent('me@example.com'), { explicitProfileId: 'work', profile: mine }).result.profileId,
    ).toBe('work');
  });

  test('never retires a colleague of the same workspace, and takes :default by its account alone', () => {
    const login = { isSameAccount: () => 'unknown' as const };
    const state = {
      profiles: { colleague: stored('acc-0123456789'), [`${p}:default`]: stored('acc-0123456789') },
    };
    expect(record(state, login).result.retired).toEqual([`${p}:default`]);
  });

  test('clears nothing where the statistics are nothing', () => {
    const state = { profiles: {}, usageStats: { [id]: null } } as unknown as AuthProfiles;
    expect(record(state).next.usageStats).toEqual({ [id]: null });
  });

  test.each(['__proto__', 'constructor', 'a b', '', 'x'.repeat(400), 'a\u0000'])(
    'refuses %j as an explicit id',
    (explicitProfileId) => {
      expect(() => record({ profiles: {} }, { explicitProfileId })).toThrow(
        expect.objectContaining({ code: 'ERR_USAGE' }),
      );
    },
  );

  test('S-4 changes nothing that it was given, and nothing of other providers, whatever the state', () => {
    const name = fc.stringMatching(/^[a-z]{1,6}$/);
    const entry = fc.record({
      type: fc.constantFrom('oauth', 'token', 'api_key'),
      provider: fc.constantFrom('google', 'anthropic'),
      x: fc.jsonValue(),
    });
    const state = fc.record({
      profiles: fc.dictionary(name, entry),
      order: fc.dictionary(name, fc.array(name)),
      lastGood: fc.dictionary(name, name),
      extra: fc.jsonValue(),
    });
    fc.assert(
      fc.property(state, (before) => {
        const copy = structuredClone(before);
        const { next } = record(before as unknown as AuthProfiles);
        expect(before).toEqual(copy);
        expect(next).toMatchObject({
          profiles: before.profiles,
          order: before.order,
          lastGood: before.lastGood,
          extra: before.extra,
        });
      }),
    );
  });

  test('is idempotent: recorded twice, the second changes nothing', () => {
    const once = record({ profiles: { b: stored('2') }, order: { [p]: ['b'] } }).next;
    expect(record(once).next).toEqual(once);
  });
});

describe('an order', () => {
  const state: AuthProfiles = {
    profiles: { a: stored('1'), b: stored('2'), g: { type: 'oauth', provider: 'google' } },
  };

  test('S-3 names stored profiles of its provider only', () => {
    expect(setOrder(state, p, ['b', 'a', 'b']).order).toEqual(['b', 'a']);
    for (const ids of [['nobody'], ['g']])
      expect(() => setOrder(state, p, ids)).toThrow(
        expect.objectContaining({ code: 'ERR_USAGE', hint: 'Stored: a, b.' }),
      );
  });

  test('that is cleared leaves no empty list behind', () => {
    expect(clearOrder({ ...state, order: { [p]: ['a'], x: ['g'] } }, p).order).toEqual({ x: ['g'] });
  });
});
