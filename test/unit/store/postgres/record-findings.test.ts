import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';

import { findInKeys } from '../../../../src/store/postgres/record-findings.ts';
import { seal } from '../../../../src/store/sealing/seal.ts';

const key = (id: string) => ({ id, key: randomBytes(32) });
const [first, second] = [key('first'), key('second')];
const sealedUnder = (one: typeof first, profile = 'me') => ({
  id: one.id,
  count: 3,
  store: 'main',
  profile,
  sealed: seal('planted-secret', one, { store: 'main', profile: 'me', kind: 'access' }),
});
const find = (inUse: Parameters<typeof findInKeys>[0], keys: Parameters<typeof findInKeys>[1]) =>
  findInKeys(inUse, keys, 'access', 'the store').map(({ id }) => id);

describe('the keys in use', () => {
  test('are all here, and the newest', () => {
    expect(find([sealedUnder(first)], [first])).toEqual([]);
    expect(find([], [first])).toEqual([]);
  });

  test('are missing, do not open what they sealed, are older, or are not in use any more', () => {
    expect(find([sealedUnder(first)], [second])).toEqual(['store-keys-missing']);
    expect(find([sealedUnder(first)], [key('first')])).toEqual(['store-record-unopened']);
    expect(find([sealedUnder(first, 'you')], [first])).toEqual(['store-record-unopened']);
    expect(find([sealedUnder(first)], [second, first])).toEqual(['store-older-keys']);
    expect(find([sealedUnder(second)], [second, first])).toEqual(['store-key-unused']);
  });

  test('are no names where a record is no sealed one: it is told, and nothing of it', () => {
    const [found] = findInKeys([{ ...sealedUnder(first), id: '\u001b[31m' }], [first], 'access', 'the store');
    expect(found).toMatchObject({
      id: 'store-record-unopened',
      message: 'The access token of this profile in the store "main" does not open, and names no key.',
    });
  });

  test('are told by name and number, and nothing else of them', () => {
    const [found] = findInKeys([sealedUnder(first)], [second], 'access', 'the store');
    expect(found?.message).toBe(
      '3 access tokens are sealed under the key "first", which is not in the key ring here.',
    );
  });
});
