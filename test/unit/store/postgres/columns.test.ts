import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { changedColumns, columnsOf, partsOf, profileOf } from '../../../../src/store/postgres/columns.ts';

const whole = {
  type: 'oauth',
  provider: 'openai-codex',
  access: 'access-secret',
  refresh: 'refresh-secret',
  expires: 1_900_000_000_000,
  email: 'me@example.com',
  accountId: 'me',
  gen: 3,
  claim: { id: 'c', by: 'host at noon', until: 1_900_000_000_001, attempt: 2 },
  dead: { code: 'invalid_grant', at: 1_900_000_000_002, of: 'abc' },
  chatgptPlanType: 'plus',
  nested: { unknown: [1, null, { deep: true }] },
};
const again = (profile: unknown) => {
  const { columns, refresh, rest } = partsOf(profile);
  return profileOf(columns, refresh, rest);
};

describe('a profile in columns', () => {
  test('is whole again, unknown fields and all', () => {
    expect(again(whole)).toEqual(whole);
  });

  test('has its secrets and everything unknown where they are sealed, and nowhere else', () => {
    const { columns, refresh, rest } = partsOf({ ...whole, idToken: 'planted-secret' });
    expect(refresh).toBe('refresh-secret');
    expect(rest).toContain('access-secret');
    expect(rest).toContain('planted-secret');
    expect(rest).not.toContain('refresh-secret');
    expect(JSON.stringify(columns)).not.toContain('secret');
    expect(columns).toMatchObject({ type: 'oauth', gen: 3, claim_id: 'c', dead_code: 'invalid_grant' });
  });

  test.each<[string, unknown]>([
    ['a text', 'nonsense'],
    ['null', null],
    ['a list', [1, 2]],
    ['nothing', {}],
    ['an expiry in a text', { ...whole, expires: '2026' }],
    ['an expiry beyond every calendar', { ...whole, expires: 9e15 }],
    ['an expiry with a fraction', { ...whole, expires: 1.5 }],
    ['a claim with more in it', { ...whole, claim: { ...whole.claim, more: 1 } }],
    ['half a claim', { ...whole, claim: { id: 'c' } }],
    ['a mark without a hash', { ...whole, dead: { code: 'x', at: 1 } }],
    ['a NUL', { ...whole, email: 'a\0b' }],
    ['half a surrogate pair', { ...whole, accountId: '\ud800' }],
    ['a refresh token that is no text', { ...whole, refresh: 7 }],
    ['an empty refresh token', { ...whole, refresh: '' }],
    ['a count beyond a column', { ...whole, gen: 2 ** 40 }],
    ['an API key', { type: 'api_key', provider: 'x', key: 'secret', keyRef: { source: 'env' } }],
  ])('survives as it is although it does not fit: %s', (_, profile) => {
    expect(again(profile)).toEqual(profile);
  });

  test('survives whatever JSON it is', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.dictionary(fc.constantFrom(...Object.keys(whole)), fc.jsonValue()),
        (value, fields) => {
          const plain = (thing: unknown) => JSON.parse(JSON.stringify(thing));
          expect(again(plain(value))).toEqual(plain(value));
          expect(again(plain({ ...whole, ...fields }))).toEqual(plain({ ...whole, ...fields }));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('tells which columns changed: a claim is four of them', () => {
    const { claim: _, ...before } = whole;
    const changed = changedColumns(partsOf(before).columns, partsOf(whole).columns);
    expect(Object.keys(changed)).toEqual(['claim_id', 'claim_by', 'claim_until', 'claim_attempt']);
    expect(changedColumns(partsOf(whole).columns, partsOf(structuredClone(whole)).columns)).toEqual({});
  });

  test('reads a row of a reader, which has no refresh token', () => {
    const { columns, rest } = partsOf(whole);
    const { refresh: _, ...seen } = whole;
    expect(profileOf(columnsOf({ ...columns, more: 1 }), undefined, rest)).toEqual(seen);
  });
});
