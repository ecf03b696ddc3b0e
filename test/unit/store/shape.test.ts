import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { order, profile } from '../../../src/store/schema.ts';
import { faultInOrder, faultInProfile } from '../../../src/store/shape.ts';

/** What zod says of the same value: the place of its first complaint. */
function placeBy(schema: typeof profile | typeof order, value: unknown): string | undefined {
  const { error } = schema.safeParse(value);
  return error && (error.issues[0]?.path ?? []).join('.');
}

const time = 1_764_000_000_000;
const anything = fc.oneof(
  fc.constantFrom<unknown>('', 'text', 0, 1, -1, 1.5, time, time / 1000, Number.NaN, Infinity, 2 ** 60),
  fc.constantFrom<unknown>(null, undefined, true, [], {}, ['a'], 'oauth', 'token', 'api_key', '__proto__'),
  fc.anything({ maxDepth: 1 }),
);
const mostly = (right: fc.Arbitrary<unknown>) => fc.oneof({ weight: 6, arbitrary: right }, anything);
const words = mostly(fc.string({ minLength: 1 }));
const times = mostly(fc.integer({ min: time, max: time + 1e6 }));
const counts = mostly(fc.nat());

const profiles = fc.record(
  {
    type: mostly(fc.constantFrom('oauth', 'api_key', 'token')),
    provider: words,
    access: words,
    refresh: words,
    expires: times,
    email: words,
    accountId: words,
    displayName: words,
    clientId: words,
    claim: mostly(fc.record({ id: words, by: words, until: times, attempt: counts }, { requiredKeys: [] })),
    gen: counts,
    dead: mostly(fc.record({ code: words, at: times, of: words }, { requiredKeys: ['code', 'at'] })),
    key: words,
    keyRef: anything,
    token: words,
    tokenRef: anything,
    unknown: anything,
  },
  { requiredKeys: ['type', 'provider', 'access', 'refresh', 'expires'] },
);

describe('the shape by hand says what the published schema says, and names the same place', () => {
  test('of a profile', () => {
    const seen = { right: 0, wrong: 0 };
    fc.assert(
      fc.property(fc.oneof({ weight: 20, arbitrary: profiles }, anything), (value) => {
        const expected = placeBy(profile, value);
        seen[expected === undefined ? 'right' : 'wrong'] += 1;
        expect(faultInProfile(value)?.join('.')).toBe(expected);
      }),
      { numRuns: 3000 },
    );
    // Neither side agrees by seeing one kind only.
    expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(100);
  });

  test('of an order', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(words, { maxLength: 4 }), anything), (value) => {
        expect(faultInOrder(value)?.join('.')).toBe(placeBy(order, value));
      }),
      { numRuns: 1000 },
    );
  });
});
