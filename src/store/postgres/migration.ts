/**
 * Brings a database to this version's tables and roles, one migrator at a time, in one transaction; and what is sealed there under the
 * newest keys. It decides nothing about what a version holds; `schema` does.
 */

import { StoreError } from '../../words/errors.ts';
import type { WholeKeyRing } from '../sealing/key-ring.ts';
import { rewrap, type SealedPlace } from '../sealing/seal.ts';
import type { Connections, Query } from './connection.ts';
import { postgresFailure } from './failure.ts';
import { neverLeftAlone } from './preconditions.ts';
import { placeOfRest } from './rows.ts';
import { GRANTS, MIGRATIONS, ROLES, roleStatement, SCHEMA_VERSION } from './schema.ts';

export interface Migrated {
  /** 0: there was nothing. */
  readonly from: number;
  readonly to: number;
  /** Whether the three roles are there, and may do what they must; without CREATEROLE somebody else has to make them. */
  readonly roles: boolean;
}

/** Of ours alone: the bytes of "codex". */
const MIGRATION_LOCK = 0x636f6465;

/** @throws StoreError `ERR_STORE_SCHEMA` where a newer version was here, `ERR_STORE_DENIED` */
export async function migrate(connections: Connections, location: string): Promise<Migrated> {
  return connections.transaction(async (query) => {
    await query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const from = await versionIn(query);
    if (from > SCHEMA_VERSION)
      throw new StoreError('ERR_STORE_SCHEMA', {
        store: location,
        summary: `The tables of the shared store are of version ${from}, which is newer than this program: ${location}.`,
        hint: 'Update codex-login. Nothing was changed.',
      });
    if (from === 0) await query('CREATE SCHEMA IF NOT EXISTS codex_login');
    for (const statements of MIGRATIONS.slice(from)) await query(statements);
    await query('UPDATE codex_login.schema_version SET version = $1', [SCHEMA_VERSION]);
    return { from, to: SCHEMA_VERSION, roles: await makeRoles(query) };
  });
}

async function versionIn(query: Query): Promise<number> {
  const { rows } = await query<{ there: boolean }>(
    "SELECT to_regclass('codex_login.schema_version') IS NOT NULL AS there",
  );
  if (!rows[0]?.there) return 0;
  const said = await query<{ version: number }>('SELECT version FROM codex_login.schema_version');
  return said.rows[0]?.version ?? 0;
}

/** Where this user may make no roles, the tables are made all the same. */
async function makeRoles(query: Query): Promise<boolean> {
  const there = async () => {
    const { rows } = await query<{ count: number }>(
      'SELECT count(*)::int AS count FROM pg_roles WHERE rolname = ANY ($1)',
      [ROLES],
    );
    return rows[0]?.count === ROLES.length;
  };
  const { rows } = await query<{ may: boolean }>(
    'SELECT rolcreaterole OR rolsuper AS may FROM pg_roles WHERE rolname = current_user',
  );
  if (rows[0]?.may) for (const role of ROLES) await query(roleStatement(role));
  if (!(await there())) return false;
  await query(GRANTS);
  return true;
}

const PAGE = 500;

/** How often what was changed meanwhile is looked at again: a claim changes a row and leaves its seal as it is. */
const MOST_PASSES = 100;

/**
 * Everything that is sealed under an older key, under the newest one: its data keys are wrapped anew, and nothing is opened. Resolves to
 * how many rows. @throws StoreError `ERR_STORE_LOCKED` where a row is never left alone
 */
export async function rewrapAll(
  connections: Connections,
  location: string,
  ring: WholeKeyRing,
): Promise<number> {
  let count = 0;
  for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
    const { done, missed } = await rewrapOnce(connections, location, ring);
    count += done;
    if (missed === 0) return count;
  }
  throw neverLeftAlone(location);
}

async function rewrapOnce({ read, write }: Connections, location: string, ring: WholeKeyRing) {
  let done = 0;
  let missed = 0;
  const put = async (text: string, values: readonly unknown[]) => {
    const { count } = await write(text, values);
    done += count;
    missed += 1 - count;
  };
  const again = (sealed: Uint8Array | null, keys: WholeKeyRing['access'], place: SealedPlace) => {
    try {
      return sealed === null ? undefined : rewrap(sealed, keys, place);
    } catch (thrown) {
      throw postgresFailure(location, thrown);
    }
  };
  for (let after: [string, string] = ['', '']; ; ) {
    const { rows } = await read<SealedRow>(SEALED_PAGE, [...after, PAGE]);
    for (const { store, id, revision, access_sealed, refresh_sealed } of rows) {
      after = [store, id];
      const place = { store, profile: id };
      const access = again(access_sealed, ring.access, { ...place, kind: 'access' });
      const refresh = again(refresh_sealed, ring.refresh, { ...place, kind: 'refresh' });
      if (access === undefined && refresh === undefined) continue;
      await put(REWRAP, [store, id, revision, access ?? access_sealed, refresh ?? refresh_sealed]);
    }
    if (rows.length < PAGE) break;
  }
  const stores = await read<{ k: string; version: string; rest_sealed: Uint8Array }>(SEALED_STORES);
  for (const { k, version, rest_sealed } of stores.rows) {
    const rest = again(rest_sealed, ring.access, placeOfRest(k));
    if (rest !== undefined) await put(REWRAP_STORE, [k, version, rest]);
  }
  return { done, missed };
}

interface SealedRow {
  readonly store: string;
  readonly id: string;
  readonly revision: string;
  readonly access_sealed: Uint8Array;
  readonly refresh_sealed: Uint8Array | null;
}

const SEALED_PAGE = `SELECT store, id, revision, access_sealed, refresh_sealed FROM codex_login.credential
WHERE (store, id) > ($1, $2) ORDER BY store, id LIMIT $3`;
const REWRAP = `UPDATE codex_login.credential SET revision = revision + 1, access_sealed = $4, refresh_sealed = $5
WHERE store = $1 AND id = $2 AND revision = $3`;
const SEALED_STORES = 'SELECT k, version, rest_sealed FROM codex_login.store WHERE rest_sealed IS NOT NULL';
const REWRAP_STORE =
  'UPDATE codex_login.store SET version = version + 1, rest_sealed = $3 WHERE k = $1 AND version = $2';
