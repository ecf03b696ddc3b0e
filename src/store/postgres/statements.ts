/**
 * Every statement of a store in PostgreSQL: what is read, and the plain `INSERT`, `UPDATE … WHERE` and `DELETE` that write. Each finds its
 * rows by a primary key. A claim and its settlement are one `UPDATE` of one row; only what changes more locks the store's row.
 */

import { READER_COLUMNS } from './schema.ts';

/** By the server's clock, in milliseconds since the epoch. */
const NOW = 'extract(epoch FROM clock_timestamp()) * 1000';

/** What only a writer may see. */
const WRITER_COLUMNS = ['refresh_sealed'];

/** @param isWhole whether refresh tokens are read too: a reader may not name their column */
export function columnsFor(isWhole: boolean): string {
  const columns = READER_COLUMNS.filter((name) => name !== 'store');
  return [...columns, ...(isWhole ? WRITER_COLUMNS : [])].map((name) => `c.${name}`).join(', ');
}

/** $1 the store. One statement, and so one moment: all of a commit or nothing of it. A row at least, with the time in it. */
export function readStore(isWhole: boolean): string {
  return `SELECT (${NOW})::float8 AS now, s.version, s.rest_sealed, r.routing, ${columnsFor(isWhole)}
FROM (SELECT $1::text AS k) AS asked
LEFT JOIN codex_login.store s ON s.k = asked.k
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_array(t.provider, t.ord, t.last_good, t.position) ORDER BY t.position) AS routing
  FROM codex_login.routing t WHERE t.store = asked.k
) r ON true
LEFT JOIN codex_login.credential c ON c.store = asked.k
ORDER BY c.position, c.id`;
}

/** $1 the store, $2 the profile: one row or none, whatever else the store holds. Without a join: it is planned at every call. */
export function readProfile(isWhole: boolean): string {
  return `SELECT (${NOW})::float8 AS now, ${columnsFor(isWhole)}
FROM codex_login.credential c WHERE c.store = $1 AND c.id = $2`;
}

/** The time, where there is no row to read it with. */
export const READ_NOW = `SELECT (${NOW})::float8 AS now`;

/** $1 the store: its credentials are kept from everybody's claims and settlements until the transaction ends. */
export const LOCK_CREDENTIALS = 'SELECT 1 FROM codex_login.credential WHERE store = $1 FOR UPDATE';
export const MAKE_STORE = 'INSERT INTO codex_login.store (k) VALUES ($1) ON CONFLICT (k) DO NOTHING';
export const LOCK_STORE = 'SELECT version FROM codex_login.store WHERE k = $1 FOR UPDATE';
export const BUMP_STORE = 'UPDATE codex_login.store SET version = version + 1, rest_sealed = $2 WHERE k = $1';

/** $1 store, $2 id, $3 revision that was read; then one value a column. Changes nothing where another revision is there. */
export function updateCredential(columns: readonly string[]): string {
  const set = columns.map((name, index) => `${name} = $${index + 4}`);
  return `UPDATE codex_login.credential SET revision = revision + 1, ${set.join(', ')}
WHERE store = $1 AND id = $2 AND revision = $3`;
}

/** $1 store, $2 id; then one value a column. */
export function insertCredential(columns: readonly string[]): string {
  return `INSERT INTO codex_login.credential (store, id, ${columns.join(', ')})
VALUES ($1, $2, ${columns.map((_, index) => `$${index + 3}`).join(', ')})`;
}

export const DELETE_CREDENTIAL =
  'DELETE FROM codex_login.credential WHERE store = $1 AND id = $2 AND revision = $3';

export const PUT_ROUTING = `INSERT INTO codex_login.routing (store, provider, position, ord, last_good)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (store, provider) DO UPDATE
SET position = EXCLUDED.position, ord = EXCLUDED.ord, last_good = EXCLUDED.last_good, version = routing.version + 1`;

export const DELETE_ROUTING = 'DELETE FROM codex_login.routing WHERE store = $1 AND provider = $2';

export const SCHEMA_VERSION_OF = 'SELECT version FROM codex_login.schema_version';

export const MAY_WRITE = `SELECT pg_is_in_recovery() AS standby,
has_table_privilege('codex_login.credential', 'UPDATE') AND has_table_privilege('codex_login.store', 'INSERT') AS writes`;
