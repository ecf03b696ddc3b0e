import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  createKeyRing,
  demandWhole,
  parseKeyRing,
  rotateKeyRing,
} from '../../../../src/store/sealing/key-ring.ts';
import {
  keyedHash,
  keyIdOf,
  rewrap,
  type SealedPlace,
  seal,
  unseal,
} from '../../../../src/store/sealing/seal.ts';

const key = (id: string) => ({ id, key: randomBytes(32) });
const place: SealedPlace = { store: 'main', profile: 'openai-codex:me', kind: 'access' };
const first = key('first');

describe('a sealed value', () => {
  test('opens to what was sealed, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(unseal(seal(text, first, place), [first], place)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  test('holds nothing of its text, and is never the same twice', () => {
    const [one, two] = [seal('planted-secret', first, place), seal('planted-secret', first, place)];
    expect(one.toString('latin1')).not.toContain('planted');
    expect(one.equals(two)).toBe(false);
  });

  test.each<[string, Partial<SealedPlace>]>([
    ['in another store', { store: 'other' }],
    ['under another profile', { profile: 'openai-codex:you' }],
    ['as another kind', { kind: 'refresh' }],
  ])('does not open %s', (_, moved) => {
    const sealed = seal('secret', first, place);
    expect(() => unseal(sealed, [first], { ...place, ...moved })).toThrow('does not open');
  });

  test('does not open when any of its bytes was changed', () => {
    const sealed = seal('secret', first, place);
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => unseal(changed, [first], place)).toThrow();
    }
  });

  test('says which key of the ring it asks for, and that another one of that name does not open it', () => {
    const sealed = seal('secret', first, place);
    expect(() => unseal(sealed, [key('second')], place)).toThrow(
      expect.objectContaining({ name: 'SealError', keyId: 'first' }),
    );
    expect(() => unseal(sealed, [key('first')], place)).toThrow(
      expect.objectContaining({ name: 'SealError', keyId: undefined }),
    );
    expect(() => unseal(Buffer.from('nothing of the kind'), [first], place)).toThrow('does not open');
  });

  test('is wrapped anew under the first key, its text unopened; what is there already is left', () => {
    const second = key('second');
    const sealed = seal('secret', first, place);
    const again = rewrap(sealed, [second, first], place) ?? Buffer.alloc(0);
    expect(keyIdOf(again)).toBe('second');
    expect(unseal(again, [second], place)).toBe('secret');
    // The sealed text itself is the same, byte for byte.
    expect(again.subarray(-34).equals(sealed.subarray(-34))).toBe(true);
    expect(rewrap(again, [second, first], place)).toBeUndefined();
    expect(() => rewrap(sealed, [second, first], { ...place, store: 'other' })).toThrow('does not open');
  });

  test('a keyed hash says whether two tokens are one, to whoever has the key', () => {
    expect(keyedHash('token', first.key).equals(keyedHash('token', first.key))).toBe(true);
    expect(keyedHash('token', first.key).equals(keyedHash('token', key('x').key))).toBe(false);
    expect(keyedHash('token', first.key).equals(keyedHash('tokem', first.key))).toBe(false);
  });
});

describe('a key ring', () => {
  test('has keys for access and refresh that are not the same, and one for hashes', () => {
    const ring = demandWhole(parseKeyRing(createKeyRing('2026-11-25')));
    const keys = [ring.access[0]?.key, ring.refresh[0]?.key, ring.fingerprint].map((one) =>
      Buffer.from(one ?? []).toString('hex'),
    );
    expect(new Set(keys).size).toBe(3);
    expect(keys.every((one) => one.length === 64)).toBe(true);
    expect([ring.access[0]?.id, ring.refresh[0]?.id]).toEqual(['2026-11-25', '2026-11-25']);
  });

  test('is turned in two steps: newer keys that only open, then they seal; the older ones open on', () => {
    const old = createKeyRing('one');
    const added = rotateKeyRing(old, 'two');
    expect(added.step).toBe('added');
    expect(demandWhole(parseKeyRing(added.text)).refresh.map(({ id }) => id)).toEqual(['one', 'two']);
    const turned = rotateKeyRing(added.text, 'three');
    expect(turned.step).toBe('first');
    const ring = demandWhole(parseKeyRing(turned.text));
    expect(ring.access.map(({ id }) => id)).toEqual(['two', 'one']);
    expect(ring.fingerprint).toEqual(demandWhole(parseKeyRing(old)).fingerprint);
    const again = rotateKeyRing(turned.text, 'two');
    expect(demandWhole(parseKeyRing(again.text)).access.map(({ id }) => id)).toEqual(['two', 'one', 'two-2']);
    // What was sealed before the turn still opens, and the other way round on a host that has only the added keys.
    const before = demandWhole(parseKeyRing(old)).access;
    const sealed = seal('secret', before[0] ?? first, place);
    expect(unseal(sealed, ring.access, place)).toBe('secret');
    const after = seal('secret', ring.access[0] ?? first, place);
    expect(unseal(after, parseKeyRing(added.text).access, place)).toBe('secret');
  });

  test('of a reader has the access keys alone, and refreshes nothing', () => {
    const { access } = JSON.parse(createKeyRing('one'));
    const reader = parseKeyRing(JSON.stringify({ access }));
    expect(reader.refresh).toBeUndefined();
    expect(() => demandWhole(reader)).toThrow(
      expect.objectContaining({ code: 'ERR_STORE_KEY', exitCode: 7 }),
    );
  });

  const good = JSON.parse(createKeyRing('one'));
  test.each<[string, unknown]>([
    ['no JSON', 'planted-secret'],
    ['no object', '"planted-secret"'],
    ['no access keys', { ...good, access: [] }],
    ['a key that is too short', { ...good, access: [{ id: 'x', key: 'cGxhbnRlZC1zZWNyZXQ=' }] }],
    ['a key without a name', { ...good, access: [{ key: good.access[0].key }] }],
    ['two keys of one name', { ...good, access: [good.access[0], good.access[0]] }],
    ['refresh keys without the one for hashes', { access: good.access, refresh: good.refresh }],
  ])('with %s is refused, and quoted nowhere', (_, ring) => {
    const text = typeof ring === 'string' ? ring : JSON.stringify(ring);
    let thrown: unknown;
    try {
      parseKeyRing(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'ERR_STORE_KEY' });
    const said = String((thrown as Error).stack);
    for (const secret of ['planted-secret', 'cGxhbnRlZ', good.access[0].key])
      expect(said).not.toContain(secret);
  });
});
