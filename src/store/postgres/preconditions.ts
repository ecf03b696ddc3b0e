/** What must be true before a store in PostgreSQL is used or written, and what is said where it is not. */

import { isDeepStrictEqual } from 'node:util';

import { LoginError, StoreError } from '../../words/errors.ts';
import type { AuthProfiles } from '../profile-store.ts';
import type { Connections } from './connection.ts';
import { isText } from './fits.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { MAY_WRITE, SCHEMA_VERSION_OF } from './statements.ts';

/** @throws StoreError `ERR_STORE_SCHEMA` where the tables are of another version, or there are none */
export async function assertSchema({ read }: Connections, location: string): Promise<void> {
  const { rows } = await read<{ version: number }>(SCHEMA_VERSION_OF);
  const version = rows[0]?.version ?? 0;
  if (version === SCHEMA_VERSION) return;
  throw new StoreError('ERR_STORE_SCHEMA', {
    store: location,
    summary: `The tables of the shared store are of version ${version}, and this program needs ${SCHEMA_VERSION}: ${location}.`,
    hint:
      version < SCHEMA_VERSION
        ? 'Run codex-login store migrate as its owner. Nothing was changed.'
        : 'Update codex-login. Nothing was changed.',
  });
}

/** Before somebody signs in for nothing. @throws StoreError `ERR_STORE_DENIED` where this user, or this server, does not write */
export async function assertWriter({ read }: Connections, location: string): Promise<void> {
  const { rows } = await read<{ standby: boolean; writes: boolean }>(MAY_WRITE);
  const [said] = rows;
  if (said?.writes && !said.standby) return;
  throw new StoreError('ERR_STORE_DENIED', {
    store: location,
    summary: said?.standby
      ? `The server of the shared store only reads: it is a standby: ${location}.`
      : `This user may not write to the shared store: ${location}.`,
    hint: said?.standby
      ? 'Name the primary. Nothing was changed.'
      : 'Ask who owns the database for the role codex_login_writer. Nothing was changed.',
  });
}

/** @throws LoginError `ERR_USAGE` */
export function assertStoreKey(storeKey: string): void {
  if (/^[^\s\p{C}]{1,200}$/u.test(storeKey)) return;
  throw new LoginError('ERR_USAGE', {
    summary: 'A store key has no blanks or control characters, and at most 200 characters.',
    hint: 'Example: --store-key gateway-7',
  });
}

/** PostgreSQL holds no NUL and no half of a surrogate pair. @throws LoginError `ERR_UNEXPECTED`: a fault of the caller */
export function assertNames({ profiles }: AuthProfiles): void {
  if (Object.keys(profiles).every(isText)) return;
  throw new LoginError('ERR_UNEXPECTED', {
    summary: 'The credential store was not written: a profile id holds what PostgreSQL cannot.',
    hint: 'The store is unchanged. Report this, or check your own commit function.',
  });
}

/** Whoever names one profile has seen no other, and so changes no other. @throws LoginError `ERR_UNEXPECTED`: a fault of the caller */
export function assertNarrow(before: AuthProfiles, after: AuthProfiles, profileId: string): void {
  const others = ({ profiles, ...rest }: AuthProfiles) => ({ ...rest, profiles: Object.keys(profiles) });
  const isThere = Object.hasOwn(before.profiles, profileId);
  if (isThere && isDeepStrictEqual(others(before), others(after))) return;
  throw new LoginError('ERR_UNEXPECTED', {
    summary:
      'The credential store was not written: a commit to one profile changes what is stored under it, and nothing else.',
    hint: 'The store is unchanged. Report this, or check your own commit function.',
  });
}

export function neverLeftAlone(location: string): StoreError {
  return new StoreError('ERR_STORE_LOCKED', {
    store: location,
    summary: `Others keep changing this credential of the shared store: ${location}.`,
    hint: 'Nothing was changed. Run the command again.',
  });
}
