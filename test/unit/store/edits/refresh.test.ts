import { describe, expect, test } from 'vitest';
import {
  CLAIM_EXPIRED_MS,
  CLAIM_VALID_MS,
  claimRefresh,
  isDead,
  refreshableIn,
  refuseRefresh,
  releaseRefresh,
  settleRefresh,
} from '../../../../src/store/edits/refresh.ts';
import type { AuthProfiles, OAuthProfile } from '../../../../src/store/profile-store.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const profileId = 'openai-codex:me@example.com';
const stored: OAuthProfile = {
  type: 'oauth',
  provider: 'openai-codex',
  access: 'a1',
  refresh: 'r1',
  expires: now - 1,
  mine: 'kept',
};
const stateOf = (profile: object): AuthProfiles => ({
  version: 1,
  profiles: { [profileId]: { ...stored, ...profile }, other: { type: 'token', provider: 'x' } },
  order: { 'openai-codex': [profileId] },
  extra: 1,
});
const claim = (profile: object, more: { id?: string; isFresh?: boolean } = {}) =>
  claimRefresh(
    stateOf(profile),
    { profileId, id: more.id ?? 'c1', by: 'me', isFresh: () => more.isFresh ?? false },
    now,
  );
const settle = (
  profile: object,
  tokens: Parameters<typeof settleRefresh>[1]['tokens'] = { access: 'a2', refresh: 'r2', expires: now + 5 },
) => settleRefresh(stateOf(profile), { profileId, presented: 'r1', tokens });
const refuse = (profile: object) =>
  refuseRefresh(stateOf(profile), { profileId, presented: 'r1', claimId: 'c1', code: 'invalid_grant' }, now);
const live = { id: 'c1', by: 'me', until: now + 1, attempt: 1 };
const nextProfile = (decision: { write: boolean; next?: AuthProfiles }) => decision.next?.profiles[profileId];

describe('a claim', () => {
  test('is for 90 s where the access token has expired, and for ten minutes while it is valid', () => {
    expect(claim({ expires: now }).result).toMatchObject({ claim: { until: now + CLAIM_EXPIRED_MS } });
    expect(claim({ expires: now + 1 }).result).toMatchObject({ claim: { until: now + CLAIM_VALID_MS } });
  });

  test('changes nothing but itself', () => {
    const decision = claim({});
    expect(decision).toMatchObject({ write: true, result: { kind: 'claimed', profile: { refresh: 'r1' } } });
    const before = stateOf({});
    expect(decision.write && decision.next).toEqual({
      ...before,
      profiles: {
        ...before.profiles,
        [profileId]: { ...stored, claim: { id: 'c1', by: 'me', until: now + 90_000, attempt: 1 } },
      },
    });
  });

  test('that is live is nobody else’s to take; to the millisecond', () => {
    expect(claim({ claim: { ...live, id: 'theirs' } })).toMatchObject({
      write: false,
      result: { kind: 'held', claim: { id: 'theirs' } },
    });
    expect(claim({ claim: { ...live, id: 'theirs', until: now } }).result.kind).toBe('claimed');
  });

  test('that is over is taken over, counted, and told of', () => {
    const over = { id: 'theirs', by: 'worker-1', until: now - 1, attempt: 2 };
    expect(claim({ claim: over }).result).toMatchObject({
      kind: 'claimed',
      claim: { attempt: 3 },
      previous: over,
    });
  });

  test('recognises itself when its commit runs again', () => {
    expect(claim({ claim: live }, { isFresh: true })).toMatchObject({
      write: false,
      result: { kind: 'claimed', claim: live },
    });
  });

  test('is not made where somebody refreshed in the meantime', () => {
    expect(claim({}, { isFresh: true })).toMatchObject({ write: false, result: { kind: 'fresh' } });
  });

  test('is not made on a token that was refused, but on the one that another program stored since', () => {
    const dead = nextProfile(refuse({ claim: live }));
    expect(claim(dead ?? {}).result.kind).toBe('dead');
    expect(claim({ ...dead, refresh: 'r9' }).result.kind).toBe('claimed');
    expect(claim({ dead: { code: 'invalid_grant', at: now } }).result.kind).toBe('dead');
  });

  test.each([
    ['nothing', { profiles: {} }],
    ['an API key', { profiles: { [profileId]: { type: 'api_key', provider: 'x', key: 'k' } } }],
    [
      'no refresh token',
      { profiles: { [profileId]: { type: 'oauth', provider: 'x', access: 'a', refresh: '' } } },
    ],
  ])('needs something to refresh: there is %s', (_, state) => {
    expect(refreshableIn(state, profileId)).toBeUndefined();
    expect(claimRefresh(state, { profileId, id: 'c', by: 'me', isFresh: () => false }, now).result.kind).toBe(
      'missing',
    );
  });
});

describe('a settlement', () => {
  test('R-9700-5 replaces both tokens, counts, and clears claim and refusal', () => {
    const decision = settle({ claim: live, gen: 4, dead: { code: 'x', at: 1 } });
    expect(nextProfile(decision)).toEqual({
      ...stored,
      access: 'a2',
      refresh: 'r2',
      expires: now + 5,
      gen: 5,
    });
  });

  test('counts whoever has the claim by now: a late answer is not lost', () => {
    expect(settle({ claim: { ...live, id: 'theirs' } }).result.kind).toBe('settled');
  });

  test('of a token that is not stored any more changes nothing: the winner stays', () => {
    expect(settle({ refresh: 'newer', access: 'newer' })).toMatchObject({
      write: false,
      result: { kind: 'superseded', profile: { access: 'newer' } },
    });
  });

  test('recognises itself when its commit runs again', () => {
    expect(settle({ refresh: 'r2', access: 'a2', gen: 1 })).toMatchObject({
      write: false,
      result: { kind: 'settled' },
    });
  });

  test('R-6749-3 keeps what the answer left out', () => {
    expect(nextProfile(settle({ claim: live }, { access: 'a2', expires: now + 5 }))).toMatchObject({
      access: 'a2',
      refresh: 'r1',
      gen: 1,
    });
    expect(nextProfile(settle({ claim: live }, { refresh: 'r2' }))).toMatchObject({
      access: 'a1',
      refresh: 'r2',
      expires: now - 1,
    });
  });
});

describe('a refusal', () => {
  test('marks the profile, keeps its tokens and gives up the claim', () => {
    const next = nextProfile(refuse({ claim: live }));
    expect(next).toMatchObject({ ...stored, dead: { code: 'invalid_grant', at: now } });
    expect(next).not.toHaveProperty('claim');
    expect(isDead(next as OAuthProfile)).toBe(true);
  });

  test('is no one’s to tell but the holder’s', () => {
    expect(refuse({ claim: { ...live, id: 'theirs' } })).toMatchObject({
      write: false,
      result: { kind: 'superseded' },
    });
    expect(refuse({})).toMatchObject({ write: false, result: { kind: 'superseded' } });
  });

  test('is of the token that was presented, and never of the winner’s', () => {
    expect(refuse({ claim: live, refresh: 'newer' })).toMatchObject({
      write: false,
      result: { kind: 'superseded', profile: { refresh: 'newer' } },
    });
  });

  test('recognises itself when its commit runs again', () => {
    const once = nextProfile(refuse({ claim: live })) ?? {};
    expect(refuse(once)).toMatchObject({ write: false, result: { kind: 'dead' } });
  });
});

describe('a release', () => {
  test('gives up one’s own claim and no other', () => {
    const mine = releaseRefresh(stateOf({ claim: live }), { profileId, claimId: 'c1' });
    expect(nextProfile(mine)).toEqual(stored);
    expect(releaseRefresh(stateOf({ claim: live }), { profileId, claimId: 'c2' }).write).toBe(false);
  });

  test('brings back the claim that was taken over: nobody has answered for that presentation yet', () => {
    const over = { id: 'theirs', by: 'worker-1', until: now - 1, attempt: 1 };
    const released = releaseRefresh(stateOf({ claim: live }), { profileId, claimId: 'c1', previous: over });
    expect(nextProfile(released)).toMatchObject({ claim: over });
  });
});
