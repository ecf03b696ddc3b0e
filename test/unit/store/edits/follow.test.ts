import { describe, expect, test } from 'vitest';

import { bearsOnProvider, followLogin } from '../../../../src/store/edits/follow.ts';
import type { AuthProfiles } from '../../../../src/store/profile-store.ts';
import { selectProfiles } from '../../../../src/store/selection.ts';

const provider = 'openai-codex';
const profileId = `${provider}:me@example.com`;
const oauth = (accountId: string) => ({
  type: 'oauth',
  provider,
  access: `a-${accountId}`,
  refresh: 'r',
  expires: 1_900_000_000_000,
  accountId,
});
const follow = (state: AuthProfiles, only = false) =>
  followLogin(state, {
    provider,
    profileId,
    only,
    isSameAccount: ({ accountId }) => (accountId === 'mine' ? 'same' : 'other'),
  });

describe('another agent', () => {
  test('with an order of its own gets the profile first, the others kept, and no copy of the token', () => {
    const { next, result } = follow({
      profiles: { x: oauth('x') },
      order: { [provider]: ['x'] },
      lastGood: { [provider]: 'x', google: 'g' },
    });
    expect(result).toEqual({ order: [profileId, 'x'], retired: [] });
    expect(next).toEqual({
      profiles: { x: oauth('x') },
      order: { [provider]: [profileId, 'x'] },
      lastGood: { [provider]: profileId, google: 'g' },
    });
  });

  test('with an old copy of the same account gives it up, so that main’s is seen', () => {
    const main: AuthProfiles = {
      profiles: { [profileId]: oauth('mine') },
      order: { [provider]: [profileId] },
    };
    const own: AuthProfiles = {
      profiles: {
        [profileId]: { ...oauth('mine'), access: 'stale' },
        [`${provider}:default`]: oauth('mine'),
      },
      usageStats: { [profileId]: { cooldownUntil: 9e15 } },
    };
    const { next, result } = follow(own);
    expect(result).toEqual({ retired: [profileId, `${provider}:default`] });
    expect(next).toEqual({ profiles: {}, usageStats: {} });
    expect(
      selectProfiles({ state: next, provider, configuration: { inherited: main }, now: 1 }).selected,
    ).toBe(profileId);
  });

  test('is left with just this profile by only', () => {
    expect(follow({ profiles: {}, order: { [provider]: ['x', 'y'] } }, true).result.order).toEqual([
      profileId,
    ]);
  });

  test('S-4 keeps everything else, key order too', () => {
    const state = {
      z: 1,
      profiles: { g: { type: 'token', provider: 'google' }, x: oauth('x') },
      order: { google: ['g'] },
      a: { b: 2 },
    } as AuthProfiles;
    expect(JSON.stringify(follow(state).next)).toBe(JSON.stringify(state));
  });

  test('matters only when it has an order or a profile of the provider', () => {
    expect(
      bearsOnProvider(
        { profiles: { g: { type: 'token', provider: 'google' } }, order: { [provider]: [] } },
        provider,
      ),
    ).toBe(false);
    expect(bearsOnProvider({ profiles: { x: oauth('x') } }, provider)).toBe(true);
    expect(bearsOnProvider({ profiles: {}, order: { 'OpenAI-Codex': ['x'] } }, provider)).toBe(true);
  });
});
