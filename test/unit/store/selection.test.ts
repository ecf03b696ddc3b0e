import { describe, expect, test } from 'vitest';

import type { AuthProfiles, StoredProfile } from '../../../src/store/profile-store.ts';
import { type RoutingConfiguration, selectProfiles } from '../../../src/store/selection.ts';

const provider = 'openai-codex';
const now = 1_800_000_000_000;
const oauth = (more: object = {}): StoredProfile => ({
  type: 'oauth',
  provider,
  access: 'a',
  refresh: 'r',
  expires: now + 1,
  ...more,
});

function select(state: Partial<AuthProfiles>, configuration?: RoutingConfiguration) {
  return selectProfiles({ state: { profiles: {}, ...state }, provider, configuration, now });
}
const reasonOf = (id: string, selection: ReturnType<typeof select>) =>
  selection.verdicts.find(({ profileId }) => profileId === id)?.reason;

describe('which profile is used', () => {
  test('openclaw-63856 option B: profiles alone route, with order and lastGood empty', () => {
    expect(select({ profiles: { me: oauth() }, order: {}, lastGood: {} })).toMatchObject({
      selected: 'me',
      orderSource: 'default',
    });
    expect(select({ profiles: { me: oauth() }, order: { [provider]: [] } })).toMatchObject({
      selected: 'me',
      orderSource: 'default',
    });
  });

  test('an order is an allow-list', () => {
    const selection = select({ profiles: { a: oauth(), b: oauth() }, order: { [provider]: ['b'] } });
    expect(selection).toMatchObject({ selected: 'b', candidates: ['b'], orderSource: 'store' });
    expect(reasonOf('a', selection)).toBe('excluded_by_auth_order');
  });

  test('an order of unknown ids means no key at all', () => {
    const selection = select({ profiles: { a: oauth() }, order: { [provider]: ['gone'] } });
    expect(selection.selected).toBeUndefined();
    expect(reasonOf('gone', selection)).toBe('profile_missing');
  });

  test('cause 1 of openclaw-63856: auth.order naming other ids shuts the login out, until the store has an order', () => {
    const profiles = { me: oauth() };
    const configuration = { order: { [provider]: ['other'] } };
    expect(select({ profiles }, configuration)).toMatchObject({ candidates: [], orderSource: 'auth.order' });
    expect(select({ profiles, order: { [provider]: ['me'] } }, configuration)).toMatchObject({
      selected: 'me',
      orderSource: 'store',
    });
  });

  test('cause 2 of openclaw-63856: auth.profiles naming a dead one shuts the login out, until the store has an order', () => {
    const profiles = { me: oauth(), old: oauth({ access: '', refresh: '' }) };
    const configuration = { profiles: { old: { provider, mode: 'oauth' } } };
    const selection = select({ profiles }, configuration);
    expect(selection).toMatchObject({ candidates: [], orderSource: 'auth.profiles' });
    expect(reasonOf('me', selection)).toBe('excluded_by_auth_order');
    expect(select({ profiles, order: { [provider]: ['me'] } }, configuration).selected).toBe('me');
  });

  test('auth.profiles of which nothing is stored are passed over', () => {
    expect(
      select({ profiles: { me: oauth() } }, { profiles: { gone: { provider, mode: 'oauth' } } }).selected,
    ).toBe('me');
  });

  test('an empty auth.order lets nothing through', () => {
    expect(select({ profiles: { me: oauth() } }, { order: { [provider]: [] } }).candidates).toEqual([]);
  });

  test('an explicit order is kept, with what is in cooldown last and the soonest of those first', () => {
    const selection = select({
      profiles: { a: oauth(), b: oauth(), c: oauth(), d: oauth() },
      order: { [provider]: ['a', 'b', 'c', 'd'] },
      usageStats: { a: { cooldownUntil: now + 9 }, b: { disabledUntil: now + 5 }, c: { cooldownUntil: now } },
    });
    expect(selection.candidates).toEqual(['c', 'd', 'b', 'a']);
    expect(selection.verdicts.find(({ profileId }) => profileId === 'a')).toMatchObject({
      routable: true,
      unusableUntil: now + 9,
    });
  });

  test('without an order oauth goes before token before API key, then the least recently used', () => {
    const selection = select({
      profiles: {
        key: { type: 'api_key', provider, key: 'k' },
        static: { type: 'token', provider, token: 't' },
        recent: oauth(),
        old: oauth(),
      },
      usageStats: { recent: { lastUsed: 9 }, old: { lastUsed: 1 } },
    });
    expect(selection.candidates).toEqual(['old', 'recent', 'static', 'key']);
  });

  test.each<[string, StoredProfile, RoutingConfiguration, string]>([
    ['another provider', oauth({ provider: 'google' }), {}, 'provider_mismatch'],
    [
      'another provider in openclaw.json',
      oauth(),
      { profiles: { x: { provider: 'google', mode: 'oauth' } } },
      'provider_mismatch',
    ],
    [
      'another mode in openclaw.json',
      oauth(),
      { profiles: { x: { provider, mode: 'api_key' } } },
      'mode_mismatch',
    ],
    ['neither access nor refresh', oauth({ access: ' ', refresh: undefined }), {}, 'missing_credential'],
    ['a key that is empty', { type: 'api_key', provider, key: '' }, {}, 'missing_credential'],
    [
      'a static token whose expiry is nonsense',
      { type: 'token', provider, token: 't', expires: 'x' },
      {},
      'invalid_expires',
    ],
    ['a static token that is over', { type: 'token', provider, token: 't', expires: now }, {}, 'expired'],
    ['a kind that nobody knows', { type: 'magic', provider }, {}, 'profile_missing'],
    ['OAuth that is expired: it is refreshed', oauth({ expires: 1 }), {}, 'ok'],
    [
      'a token where oauth is expected',
      { type: 'token', provider, token: 't' },
      { profiles: { x: { provider, mode: 'oauth' } } },
      'ok',
    ],
    [
      'a reference to a key',
      { type: 'api_key', provider, keyRef: { source: 'env', provider: 'default', id: 'K' } },
      {},
      'ok',
    ],
    ['the words of openclaw.json', { mode: 'api_key', provider, apiKey: 'k' }, {}, 'ok'],
  ])('a profile with %s', (_, profile, configuration, reason) => {
    expect(
      reasonOf('x', select({ profiles: { x: profile }, order: { [provider]: ['x'] } }, configuration)),
    ).toBe(reason);
  });

  test('an agent falls back on main, and its own order hides main', () => {
    const main: AuthProfiles = {
      profiles: { shared: oauth(), other: oauth() },
      order: { [provider]: ['shared'] },
    };
    expect(select({}, { inherited: main }).selected).toBe('shared');
    expect(select({ order: { [provider]: ['other'] } }, { inherited: main }).selected).toBe('other');
  });
});
