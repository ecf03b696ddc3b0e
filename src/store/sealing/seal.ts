/**
 * A text, sealed for one place: AES-256-GCM under a key of its own, which is wrapped under a key of the ring (an envelope).
 * What was sealed opens only as the same kind, in the same store, under the same profile. It decides nothing about where keys are from.
 */

import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** A key that wraps: 32 bytes and the name by which an envelope finds it. Secret. */
export interface SealingKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** Where a sealed value belongs: it opens nowhere else. */
export interface SealedPlace {
  readonly store: string;
  /** A profile's id; empty for what belongs to the store itself. */
  readonly profile: string;
  readonly kind: 'access' | 'refresh' | 'store';
}

const ALGORITHM = 'aes-256-gcm';
const FORMAT = 1;
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

/** Thrown where nothing opens: `keyId` is the ring's key that it asks for; missing: it is no envelope, or not of this place. */
export class SealError extends Error {
  readonly keyId: string | undefined;

  constructor(keyId?: string) {
    super(keyId === undefined ? 'a sealed value does not open' : `the key ring has no key "${keyId}"`);
    this.name = 'SealError';
    this.keyId = keyId;
  }
}

/** @param text of any length; a new data key and new nonces each time (NIST SP 800-38D §8.2.2) */
export function seal(text: string, key: SealingKey, place: SealedPlace): Buffer {
  const dataKey = randomBytes(KEY_BYTES);
  const body = encrypt(Buffer.from(text, 'utf8'), dataKey, boundTo(place));
  return Buffer.concat([header(key.id), wrap(dataKey, key, place), body]);
}

/** @throws SealError */
export function unseal(sealed: Uint8Array, ring: readonly SealingKey[], place: SealedPlace): string {
  const { dataKey, body } = openEnvelope(sealed, ring, place);
  return decrypt(body, dataKey, boundTo(place)).toString('utf8');
}

/** The same envelope with its data key under the first key of the ring; undefined where it is already. @throws SealError */
export function rewrap(
  sealed: Uint8Array,
  ring: readonly SealingKey[],
  place: SealedPlace,
): Buffer | undefined {
  const [newest] = ring;
  if (newest === undefined || newest.id === keyIdOf(sealed)) return undefined;
  const { dataKey, body } = openEnvelope(sealed, ring, place);
  return Buffer.concat([header(newest.id), wrap(dataKey, newest, place), body]);
}

/** The name of the key that an envelope is wrapped under; undefined where it is none. */
export function keyIdOf(sealed: Uint8Array): string | undefined {
  const length = sealed[1];
  if (sealed[0] !== FORMAT || length === undefined || sealed.length < 2 + length + WRAPPED_BYTES)
    return undefined;
  return Buffer.from(sealed.subarray(2, 2 + length)).toString('utf8');
}

/** Equal for equal tokens, and says nothing about them to whoever has not the key. */
export function keyedHash(text: string, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

function openEnvelope(sealed: Uint8Array, ring: readonly SealingKey[], place: SealedPlace) {
  const id = keyIdOf(sealed);
  if (id === undefined) throw new SealError();
  const key = ring.find((one) => one.id === id);
  if (key === undefined) throw new SealError(id);
  const start = 2 + Buffer.byteLength(id);
  const wrapped = sealed.subarray(start, start + WRAPPED_BYTES);
  const dataKey = decrypt(wrapped, key.key, boundTo(place, id));
  return { dataKey, body: sealed.subarray(start + WRAPPED_BYTES) };
}

function header(id: string): Buffer {
  const name = Buffer.from(id, 'utf8');
  return Buffer.concat([Buffer.from([FORMAT, name.length]), name]);
}

function wrap(dataKey: Uint8Array, { id, key }: SealingKey, place: SealedPlace): Buffer {
  return encrypt(dataKey, key, boundTo(place, id));
}

/** What the tag vouches for beside the text. No name holds a NUL, so that no two places read alike. */
function boundTo({ kind, store, profile }: SealedPlace, keyId?: string): Buffer {
  return Buffer.from(['codex-login', FORMAT, keyId ?? '', kind, store, profile].join('\0'), 'utf8');
}

function encrypt(plain: Uint8Array, key: Uint8Array, bound: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(bound);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(bytes: Uint8Array, key: Uint8Array, bound: Uint8Array): Buffer {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new SealError();
  const end = bytes.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(bound)
      .setAuthTag(bytes.subarray(end));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]);
  } catch {
    throw new SealError();
  }
}
