/**
 * The keys under which a shared store is sealed, as a text that a file, a variable or a command gives: read, made, and given a
 * newer key. Pure. Where the text is from, `key-source` decides.
 */

import { randomBytes } from 'node:crypto';

import { StoreError } from '../../words/errors.ts';
import { KEY_BYTES, type SealingKey } from './seal.ts';

/** The keys under which a shared store is sealed: secret. The first of each list seals; the others only open what was sealed before. */
export interface KeyRing {
  readonly access: readonly SealingKey[];
  /** Missing: whoever has this ring can use access tokens, and refresh nothing. */
  readonly refresh?: readonly SealingKey[];
  /** For the keyed hash of refresh tokens; never replaced. Missing together with `refresh`. */
  readonly fingerprint?: Uint8Array;
}

/** A ring that can write: what a refresh and a login need. */
export type WholeKeyRing = Required<KeyRing>;

/** The text of a new key ring; `name` is that of its keys, e.g. a date. */
export function createKeyRing(name: string): string {
  const keys = () => [{ id: name, key: randomBytes(KEY_BYTES).toString('base64') }];
  return format({
    access: keys(),
    refresh: keys(),
    fingerprint: randomBytes(KEY_BYTES).toString('base64'),
  });
}

/**
 * The next step of a rotation that leaves nobody behind: first newer keys that only open, for every host to have; then, with those in
 * the text, they become the first, and seal. @throws StoreError `ERR_STORE_KEY`
 */
export function rotateKeyRing(text: string, name: string): { text: string; step: 'added' | 'first' } {
  demandWhole(parseKeyRing(text));
  const ring = JSON.parse(text) as Record<'access' | 'refresh', RingEntry[]>;
  const { access, refresh } = ring;
  if ([...access, ...refresh].some(isPending))
    return { text: format({ ...ring, access: promoted(access), refresh: promoted(refresh) }), step: 'first' };
  return {
    text: format({ ...ring, access: extended(access, name), refresh: extended(refresh, name) }),
    step: 'added',
  };
}

interface RingEntry {
  id: string;
  key: string;
  /** Not used to seal yet: not every host has it. */
  pending?: true;
}

const isPending = ({ pending }: RingEntry) => pending === true;

function promoted(entries: readonly RingEntry[]): RingEntry[] {
  const fresh = entries.filter(isPending).map(({ id, key }) => ({ id, key }));
  return [...fresh, ...entries.filter((entry) => !isPending(entry))];
}

function extended(entries: readonly RingEntry[], name: string): RingEntry[] {
  let id = name;
  for (let number = 2; entries.some((entry) => entry.id === id); number += 1) id = `${name}-${number}`;
  return [...entries, { id, key: randomBytes(KEY_BYTES).toString('base64'), pending: true }];
}

/**
 * Reads a key ring, as a file, a variable or a command gives it.
 * @param text JSON: `{"access":[{"id","key"}],"refresh":[…],"fingerprint"}`, keys of 32 bytes in base64
 * @throws StoreError `ERR_STORE_KEY`, which quotes nothing of it
 */
export function parseKeyRing(text: string): KeyRing {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, and so a key.
    throw unusable('it is not JSON');
  }
  if (typeof value !== 'object' || value === null) throw unusable('it is not a JSON object');
  const { access, refresh, fingerprint } = value as Record<string, unknown>;
  const ring = {
    access: parseKeys(access, 'access'),
    ...(refresh === undefined ? {} : { refresh: parseKeys(refresh, 'refresh') }),
    ...(fingerprint === undefined ? {} : { fingerprint: parseKey(fingerprint, 'fingerprint') }),
  };
  if ((refresh === undefined) !== (fingerprint === undefined))
    throw unusable('"refresh" and "fingerprint" belong together');
  return ring;
}

/** @throws StoreError `ERR_STORE_KEY` where the ring is a reader's */
export function demandWhole({ access, refresh, fingerprint }: KeyRing): WholeKeyRing {
  if (refresh !== undefined && fingerprint !== undefined) return { access, refresh, fingerprint };
  throw new StoreError('ERR_STORE_KEY', {
    store: '',
    summary: 'This key ring is a reader’s: it has no keys for refresh tokens.',
    hint: 'Nothing was changed. Sign in and refresh where the whole key ring is.',
  });
}

function parseKeys(value: unknown, part: string): SealingKey[] {
  if (!Array.isArray(value) || value.length === 0) throw unusable(`"${part}" is no list of keys`);
  const keys = value.map((one: unknown) => {
    const { id, key } = (typeof one === 'object' && one !== null ? one : {}) as Record<string, unknown>;
    if (typeof id !== 'string' || !/^[\w.:-]{1,60}$/.test(id))
      throw unusable(`a key of "${part}" has no "id" of letters, digits and . : _ -`);
    return { id, key: parseKey(key, part) };
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length)
    throw unusable(`two keys of "${part}" have the same id`);
  return keys;
}

function parseKey(value: unknown, part: string): Uint8Array {
  const key = typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.alloc(0);
  if (key.length !== KEY_BYTES) throw unusable(`a key of "${part}" is not 32 bytes in base64`);
  return key;
}

function unusable(flaw: string): StoreError {
  return new StoreError('ERR_STORE_KEY', {
    store: '',
    summary: `The key ring of the shared store cannot be used: ${flaw}.`,
    hint: 'Make one with codex-login store init --new-keys <file>, or restore it (docs/fleet.md).',
  });
}

function format(ring: object): string {
  return `${JSON.stringify(ring, null, 2)}\n`;
}
