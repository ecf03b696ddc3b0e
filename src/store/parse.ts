/**
 * The bytes of `auth-profiles.json` ⇄ its content. A cheap look at the shape, so that a store that cannot be understood
 * is refused before anyone is asked to sign in; `schema` looks closer, at what a commit is about to write.
 */

import { isUtf8 } from 'node:buffer';

import { StoreError } from '../words/errors.ts';
import type { AuthProfiles } from './profile-store.ts';

/** The content of a file; of one that is not there, an empty store. @throws StoreError `ERR_STORE_CORRUPT` */
export function parseAuthProfiles(content: Uint8Array | string | undefined, store: string): AuthProfiles {
  if (content === undefined) return { version: 1, profiles: {} };
  const value = parseParts(content, store);
  return { ...value, profiles: (value.profiles ?? {}) as AuthProfiles['profiles'] };
}

/** The content of `auth-state.json`; undefined where there is none. @throws StoreError `ERR_STORE_CORRUPT` */
export function parseAuthState(
  content: Uint8Array | undefined,
  store: string,
): Record<string, unknown> | undefined {
  return content === undefined ? undefined : parseParts(content, store);
}

function parseParts(content: Uint8Array | string, store: string): Record<string, unknown> {
  const corrupt = (flaw: string) =>
    new StoreError('ERR_STORE_CORRUPT', {
      store,
      summary: `The credential store cannot be understood: ${flaw} (${store}).`,
      hint: 'It was left as it is. Restore a backup, or move the file aside, and sign in again.',
    });
  // Decoding would put a replacement character for what it does not know, and the next commit would write that over the bytes.
  if (typeof content !== 'string' && !isUtf8(content)) throw corrupt('it is not UTF-8');
  const text =
    typeof content === 'string'
      ? content
      : Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the file, and so a token.
    throw corrupt(text.startsWith('\uFEFF') ? 'it starts with a byte order mark' : 'it is not complete JSON');
  }
  if (!isRecord(value)) throw corrupt('it is not a JSON object');
  for (const key of ['profiles', 'order', 'lastGood', 'usageStats'] as const) {
    if (value[key] !== undefined && !isRecord(value[key])) throw corrupt(`its "${key}" is not an object`);
  }
  return value;
}

/** As OpenClaw writes it: two spaces, a line break at the end. */
export function formatJson(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
