/**
 * Whether what is sealed in a database opens with the keys that are here: every key that is in use, by name, and one record of each
 * opened. It reads through every row once, whatever store it belongs to, and changes nothing.
 */

import { type Finding, finding } from '../../words/findings.ts';
import type { KeyRing } from '../sealing/key-ring.ts';
import { type SealingKey, unseal } from '../sealing/seal.ts';
import type { Connections } from './connection.ts';

/** A key under which something is sealed, and one example. */
export interface KeyInUse {
  readonly id: string;
  /** How many records are sealed under it. */
  readonly count: number;
  readonly store: string;
  readonly profile: string;
  /** One of them. */
  readonly sealed: Uint8Array;
}

type Kind = 'access' | 'refresh';

/** @param seesRefresh whether this user may read the column of refresh tokens */
export async function findInRecords(
  { read }: Connections,
  ring: KeyRing,
  { location, seesRefresh }: { location: string; seesRefresh: boolean },
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [kind, keys] of [
    ['access', ring.access],
    ['refresh', seesRefresh ? ring.refresh : undefined],
  ] as const) {
    if (keys === undefined) continue;
    const { rows } = await read<KeyInUse>(keysInUse(`${kind}_sealed`));
    found.push(...findInKeys(rows, keys, kind, location));
  }
  return found;
}

/** Pure. */
export function findInKeys(
  inUse: readonly KeyInUse[],
  keys: readonly SealingKey[],
  kind: Kind,
  subject: string,
): Finding[] {
  const found: Finding[] = [];
  const [newest] = keys;
  for (const { id, count, store, profile, sealed } of inUse) {
    const records = `${count} ${kind} ${count === 1 ? 'token is' : 'tokens are'}`;
    const isNamed = isKeyName(id);
    if (isNamed && !keys.some((key) => key.id === id))
      found.push(
        finding('store-keys-missing', {
          subject,
          message: `${records} sealed under the key "${id}", which is not in the key ring here.`,
          reason: 'They cannot be opened here, nor anywhere without that key.',
          remedy: 'Bring the key ring of whoever sealed them to this host (CODEX_LOGIN_KEYS_FILE).',
        }),
      );
    else if (!isNamed || !opens(sealed, keys, { store, profile, kind }))
      found.push(
        finding('store-record-unopened', {
          subject: profile,
          message: `The ${kind} token of this profile in the store "${store}" does not open, ${isNamed ? `although the key "${id}" is here` : 'and names no key'}.`,
          reason: 'It was changed, it was sealed for another place, or another key has the same name.',
          remedy:
            'Restore the key ring it was sealed with; where it was tampered with, sign in again: codex-login login',
        }),
      );
    else if (id !== newest?.id)
      found.push(
        finding('store-older-keys', {
          subject,
          message: `${records} sealed under the older key "${id}".`,
          reason: 'It has to stay in every key ring until they are sealed under the newest one.',
          remedy: 'codex-login store migrate',
        }),
      );
  }
  const unused = keys.slice(1).filter(({ id }) => !inUse.some((one) => one.id === id));
  for (const { id } of unused)
    found.push(
      finding('store-key-unused', {
        subject,
        message: `Nothing is sealed under the ${kind} key "${id}".`,
        reason:
          'A key that is being brought to every host is not used yet; one that was turned out is not used any more.',
        remedy: 'Leave it until every host has the newer one; then it may be taken out of the key ring.',
      }),
    );
  return found;
}

function opens(
  sealed: Uint8Array,
  keys: readonly SealingKey[],
  place: { store: string; profile: string; kind: Kind },
): boolean {
  try {
    unseal(sealed, keys, place);
    return true;
  } catch {
    return false;
  }
}

/** What is no envelope may say anything in the place of a name. */
const isKeyName = (id: string) => /^[\w.:-]{1,60}$/.test(id);

/** The second byte of an envelope is how long the name of its key is, which follows; whatever stands there is read without a fault. */
function keysInUse(column: string): string {
  return `SELECT id, count(*)::int AS count, (array_agg(store))[1] AS store, (array_agg(profile))[1] AS profile,
  (array_agg(sealed))[1] AS sealed
FROM (
  SELECT CASE WHEN length(${column}) > 2 THEN encode(substr(${column}, 3, get_byte(${column}, 1)), 'escape') ELSE '' END AS id,
    store, id AS profile, ${column} AS sealed
  FROM codex_login.credential WHERE ${column} IS NOT NULL
) AS records GROUP BY 1 ORDER BY 1`;
}
