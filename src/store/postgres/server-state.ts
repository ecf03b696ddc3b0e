/**
 * What a server says of itself, of who asks, and of what is stored: read in a few statements that a reader may run, and changed nothing.
 * What of it is wrong, `server-findings` judges.
 */

import type { Connections } from './connection.ts';
import { ROLES, SCHEMA_VERSION } from './schema.ts';

export interface ServerState {
  /** E.g. `15.18`. */
  readonly version: string;
  readonly user: string;
  readonly isSuperuser: boolean;
  /** Parameter → value, of those that decide whether an acknowledged commit lasts. */
  readonly settings: Readonly<Record<string, string>>;
  readonly isStandby: boolean;
  /** Standbys as the primary sees them: `sync`, `quorum`, `potential` or `async`; undefined where this user may not look. */
  readonly standbys?: readonly { readonly name: string; readonly state: string }[] | undefined;
  /** Whether the connection is encrypted; undefined where the server does not tell, e.g. behind a pooler. */
  readonly isEncrypted: boolean | undefined;
  /** Whether something between us and the server hands out its sessions. */
  readonly isPooled: boolean;
  /** Of the tables; 0: there are none. */
  readonly schema: number;
  readonly roles: readonly string[];
  readonly grants: {
    readonly reads: boolean;
    readonly writes: boolean;
    /** Whether this user may see refresh tokens, sealed. */
    readonly seesRefresh: boolean;
    readonly owns: boolean;
  };
}

const DURABILITY = ['fsync', 'full_page_writes', 'synchronous_commit', 'synchronous_standby_names'];

export async function readServerState({ read, isPooled }: Connections): Promise<ServerState> {
  const { rows: settings } = await read<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY ($1)',
    [DURABILITY],
  );
  const { rows: about } = await read<{
    version: string;
    user: string;
    superuser: boolean;
    standby: boolean;
    encrypted: boolean | null;
    there: boolean;
    usable: boolean;
  }>(
    `SELECT current_setting('server_version') AS version, current_user::text AS user,
  coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false) AS superuser,
  pg_is_in_recovery() AS standby,
  (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS encrypted,
  EXISTS (SELECT FROM pg_namespace WHERE nspname = 'codex_login') AS there,
  EXISTS (SELECT FROM pg_namespace WHERE nspname = 'codex_login' AND has_schema_privilege(oid, 'USAGE')) AS usable`,
  );
  const [said] = about;
  const { rows: roles } = await read<{ rolname: string }>(
    'SELECT rolname::text FROM pg_roles WHERE rolname = ANY ($1) ORDER BY rolname',
    [ROLES],
  );
  return {
    version: said?.version ?? '',
    user: said?.user ?? '',
    isSuperuser: said?.superuser ?? false,
    settings: Object.fromEntries(settings.map(({ name, setting }) => [name, setting])),
    isStandby: said?.standby ?? false,
    standbys: await standbysOf(read),
    isEncrypted: said?.encrypted ?? undefined,
    isPooled: await isPooled(),
    schema: said?.usable ? await schemaOf(read) : said?.there ? SCHEMA_VERSION : 0,
    roles: roles.map(({ rolname }) => rolname),
    grants: said?.usable
      ? await grantsOf(read)
      : { reads: false, writes: false, seesRefresh: false, owns: false },
  };
}

type Read = Connections['read'];

/** Who is no superuser and has not pg_monitor sees rows without their state. */
async function standbysOf(read: Read): Promise<ServerState['standbys']> {
  const { rows } = await read<{ name: string | null; state: string | null }>(
    'SELECT application_name AS name, sync_state AS state FROM pg_stat_replication',
  );
  if (rows.some(({ state }) => state === null)) return undefined;
  return rows.map(({ name, state }) => ({ name: name ?? '', state: state ?? '' }));
}

async function schemaOf(read: Read): Promise<number> {
  const there = await read<{ there: boolean }>(
    "SELECT to_regclass('codex_login.schema_version') IS NOT NULL AS there",
  );
  if (!there.rows[0]?.there) return 0;
  const { rows } = await read<{ version: number }>('SELECT version FROM codex_login.schema_version');
  return rows[0]?.version ?? 0;
}

async function grantsOf(read: Read): Promise<ServerState['grants']> {
  const { rows } = await read<ServerState['grants']>(
    `SELECT coalesce(bool_and(has_any_column_privilege(c.oid, 'SELECT')), false) AS reads,
  coalesce(bool_and(has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE') AND has_table_privilege(c.oid, 'INSERT')
    AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')), false) AS writes,
  coalesce(bool_or(c.relname = 'credential' AND has_column_privilege(c.oid, 'refresh_sealed', 'SELECT')), false) AS "seesRefresh",
  coalesce(bool_or(pg_has_role(c.relowner, 'USAGE')), false) AS owns
FROM pg_class c WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'codex_login')
  AND c.relname IN ('store', 'credential', 'routing')`,
  );
  return rows[0] ?? { reads: false, writes: false, seesRefresh: false, owns: false };
}
