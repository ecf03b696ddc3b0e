import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completed, joined, split } from '../../../../src/store/file/split-state.ts';
import type { AuthProfiles } from '../../../../src/store/profile-store.ts';

const p = 'openai-codex';
const profile = { type: 'oauth', provider: p, access: 'a', refresh: 'r', expires: 1 };
const store = (more: Partial<AuthProfiles> = {}): AuthProfiles => ({ version: 1, profiles: {}, ...more });

describe('the two files of generation B', () => {
  test('the word of the state file counts wherever it has one, provider by provider and profile by profile', () => {
    expect(
      joined(
        store({
          profiles: { x: profile },
          order: { [p]: ['old'], other: ['kept'] },
          lastGood: { [p]: 'old' },
          usageStats: { x: { cooldownUntil: 1 }, y: { lastUsed: 1 } },
        }),
        { version: 1, order: { [p]: ['new'] }, usageStats: { x: { lastUsed: 2 } } },
      ),
    ).toEqual({
      version: 1,
      profiles: { x: profile },
      order: { [p]: ['new'], other: ['kept'] },
      lastGood: { [p]: 'old' },
      usageStats: { x: { lastUsed: 2 }, y: { lastUsed: 1 } },
    });
  });

  test('one file is all while the state file has no word in what changes', () => {
    const next = store({ profiles: { x: profile }, order: { [p]: ['x'] }, lastGood: { [p]: 'x' } });
    expect(split(next, undefined, 'none')).toEqual({ profiles: next });
    expect(
      split({ ...next, order: { ...next.order, google: ['g'] } }, { order: { google: ['g'] } }, 'v'),
    ).toEqual({
      profiles: { ...next, order: { ...next.order, google: ['g'] } },
    });
  });

  test('both files are written where the state file would win, its own other fields kept', () => {
    const next = store({ profiles: { x: profile }, order: { [p]: ['x'] } });
    const state = { version: 1, order: { [p]: ['old'] }, lastGood: { [p]: 'old' }, more: true };
    const write = split(next, state, 'v');
    expect(write.profiles).toEqual({ ...next, codexLogin: { replaces: 'v' } });
    expect(write.state).toEqual({ version: 1, more: true, order: { [p]: ['x'] } });
  });

  test('what was cut off between the two is completed, unless the state file was written since', () => {
    const next = store({ profiles: { x: profile }, order: { [p]: ['x'] } });
    const state = { version: 1, order: { [p]: ['old'] } };
    const write = split(next, state, 'v');
    expect(completed(write.profiles, state, 'v')).toEqual(write.state);
    expect(completed(write.profiles, state, 'another')).toBeUndefined();
    expect(completed(next, state, 'v')).toBeUndefined();
  });

  test('whatever was there, OpenClaw reads the next state after both writes, and nothing of ours in it', () => {
    const ids = fc.constantFrom('a', 'b', 'c');
    const order = fc.dictionary(fc.constantFrom(p, 'google'), fc.array(ids, { minLength: 1, maxLength: 3 }));
    const lastGood = fc.dictionary(fc.constantFrom(p, 'google'), ids);
    const usageStats = fc.dictionary(ids, fc.record({ lastUsed: fc.nat(9) }));
    const parts = fc.record({ order, lastGood, usageStats }, { requiredKeys: [] });
    fc.assert(
      fc.property(parts, fc.option(parts, { nil: undefined }), parts, (_before, state, after) => {
        const next = store({ profiles: { a: profile }, ...after });
        const write = split(next, state, 'v');
        expect(joined(write.profiles, write.state ?? state)).toEqual(next);
      }),
    );
  });
});
