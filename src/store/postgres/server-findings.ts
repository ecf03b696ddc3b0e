/** What is wrong with a server, who asks it, or how it is reached: each as a finding. Pure. */

import { type Finding, finding } from '../../words/findings.ts';
import type { KeyRing } from '../sealing/key-ring.ts';
import { isLocal, type PostgresAddress } from './address.ts';
import { ROLES, SCHEMA_VERSION } from './schema.ts';
import type { ServerState } from './server-state.ts';

const LOST =
  'A rotated refresh token that was acknowledged and then forgotten is spent at its server: whoever has it must sign in again.';

export function findInServer(
  state: ServerState,
  { location, address, ring }: { location: string; address: PostgresAddress; ring: KeyRing | undefined },
): Finding[] {
  return [
    ...findInDurability(state, location),
    ...findInTables(state, location),
    ...findInGrants(state, location, ring),
    ...findOnTheWayThere(state, location, address),
  ];
}

function findInDurability({ settings, isStandby, standbys }: ServerState, subject: string): Finding[] {
  const off = (name: string) => settings[name] === 'off';
  const found: Finding[] = [];
  if (off('fsync'))
    found.push(
      finding('store-fsync-off', {
        subject,
        message: 'The server does not wait for its disk (fsync is off).',
        reason: `A loss of power, or a crash of the system, can destroy the whole database. ${LOST}`,
        remedy: 'In postgresql.conf: fsync = on. Then restart it.',
      }),
    );
  if (off('full_page_writes'))
    found.push(
      finding('store-torn-pages', {
        subject,
        message:
          'A page that was half written when the power went is not repaired (full_page_writes is off).',
        reason: `What was acknowledged can be unreadable afterwards. ${LOST}`,
        remedy:
          'In postgresql.conf: full_page_writes = on, unless the file system itself writes whole pages (ZFS).',
      }),
    );
  if (off('synchronous_commit'))
    found.push(
      finding('store-asynchronous-commit', {
        subject,
        message: 'The server acknowledges a commit before it is on disk (synchronous_commit is off).',
        reason: `The last commits before a crash are gone, although they were acknowledged. ${LOST}`,
        remedy:
          'Set synchronous_commit = on for this database: ALTER DATABASE … SET synchronous_commit = on.',
      }),
    );
  if (isStandby)
    found.push(
      finding('store-standby', {
        subject,
        message: 'This server only reads: it is a standby, and may be behind.',
        reason: 'Nobody can sign in or refresh here, and what is read may have been replaced already.',
        remedy: 'Name the primary.',
      }),
    );
  const waited = standbys?.some(({ state }) => state === 'sync' || state === 'quorum') ?? false;
  if (standbys && standbys.length > 0 && !waited)
    found.push(
      finding('store-asynchronous-standby', {
        subject,
        message: `Its ${standbys.length === 1 ? 'standby is' : `${standbys.length} standbys are`} asynchronous: no commit waits for ${standbys.length === 1 ? 'it' : 'one of them'}.`,
        reason: `A failover forgets the last commits, although they were acknowledged. ${LOST}`,
        remedy: 'Set synchronous_standby_names, e.g. ANY 1 (*), and keep synchronous_commit on.',
      }),
    );
  return found;
}

function findInTables({ schema }: ServerState, subject: string): Finding[] {
  if (schema === SCHEMA_VERSION) return [];
  const [message, remedy] =
    schema === 0
      ? ['This database holds no store yet.', 'codex-login store init, as the owner of the database']
      : schema < SCHEMA_VERSION
        ? [
            `The tables are of version ${schema}, and this program needs ${SCHEMA_VERSION}.`,
            'codex-login store migrate, as the owner of the database',
          ]
        : [`The tables are of version ${schema}, which is newer than this program.`, 'Update codex-login.'];
  return [
    finding('store-schema', {
      subject,
      message,
      reason: 'Nothing is read or written while tables and program differ.',
      remedy,
    }),
  ];
}

function findInGrants(
  { schema, roles, grants, user, isSuperuser }: ServerState,
  subject: string,
  ring: KeyRing | undefined,
): Finding[] {
  if (schema === 0) return [];
  const found: Finding[] = [];
  const missing = ROLES.filter((role) => !roles.includes(role));
  if (missing.length > 0)
    found.push(
      finding('store-roles-missing', {
        subject,
        message: `There is no role ${missing.join(', ')}.`,
        reason: 'Whoever shall read only cannot be kept from refresh tokens by the database.',
        remedy: `As who may: CREATE ROLE ${missing[0]} NOLOGIN; … Then: codex-login store migrate`,
      }),
    );
  const wants = ring?.refresh !== undefined;
  if (!grants.reads || (wants && !grants.writes))
    found.push(
      finding('store-grant-missing', {
        subject: user,
        message: `"${user}" may not ${grants.reads ? 'write' : 'read'} here.`,
        reason: grants.reads
          ? 'It has the keys to refresh, and cannot store what a refresh brings.'
          : 'No credential can be had.',
        remedy: `As the owner: GRANT codex_login_${wants ? 'writer' : 'reader'} TO "${user.replaceAll('"', '""')}"`,
      }),
    );
  if (!wants && ring !== undefined && grants.seesRefresh)
    found.push(
      finding('store-reader-writes', {
        subject: user,
        message: `"${user}" has a reader's key ring, and the rights of a writer.`,
        reason: 'Who steals its password can destroy what is stored, although nothing can be opened.',
        remedy: `As the owner: REVOKE codex_login_writer FROM "${user.replaceAll('"', '""')}"; GRANT codex_login_reader TO …`,
      }),
    );
  if (isSuperuser || grants.owns)
    found.push(
      finding('store-owner-used', {
        subject: user,
        message: `"${user}" ${isSuperuser ? 'is a superuser' : 'owns the tables'}: more than signing in and refreshing needs.`,
        reason: 'Whoever has its password can drop or change the tables.',
        remedy: 'For everything but store init and store migrate use a role that is in codex_login_writer.',
      }),
    );
  return found;
}

function findOnTheWayThere(
  { isEncrypted, isPooled }: ServerState,
  subject: string,
  { host, tls }: PostgresAddress,
): Finding[] {
  const found: Finding[] = [];
  if (!isLocal(host) && tls.mode !== 'verify-full' && tls.mode !== 'verify-ca')
    found.push(
      finding('store-tls-unverified', {
        subject,
        message:
          tls.mode === 'disable'
            ? 'The connection is not encrypted (sslmode=disable).'
            : 'Nobody checks whose certificate the server has (sslmode=require without a CA).',
        reason: 'Whoever is on the way can read or change what is sent: passwords, and tokens in their seal.',
        remedy: 'sslmode=verify-full, with sslrootcert=<file> where its CA is your own.',
      }),
    );
  if (isPooled)
    found.push(
      finding('store-pooler', {
        subject,
        message: `A pooler gives each transaction another session${isEncrypted === false && !isLocal(host) ? ', and does not encrypt its own way to the server' : ''}.`,
        reason:
          'That is fine: no statement here has a name or leaves anything behind in a session. It must not be a pooler that gives each statement another one.',
        remedy: 'pool_mode = transaction (or session), and never statement.',
      }),
    );
  return found;
}
