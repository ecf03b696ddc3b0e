/**
 * What PostgreSQL, or the way to it, refused: in a sentence with the next step and a stable code. Of the server's own words only its
 * SQLSTATE is kept: the rest may quote a row. It decides only the words, and whether a failure may have had its effect.
 */

import { LoginError, StoreError } from '../../words/errors.ts';
import { SealError } from '../sealing/seal.ts';

type Told = readonly [code: StoreError['code'], what: string, hint: string];

const AGAIN = 'Run the command again when it is back; nothing has to be repaired.';
const GRANT = 'Ask who owns the database for the role codex_login_writer (or codex_login_reader to read).';
const INIT = 'Run codex-login store init as its owner, once (docs/fleet.md).';

/** SQLSTATE, or the first two characters of one (PostgreSQL documentation, appendix A) → what it means here. */
const STATES: Readonly<Record<string, Told>> = {
  '08': ['ERR_STORE_UNREACHABLE', 'the connection was lost', AGAIN],
  '28': [
    'ERR_STORE_DENIED',
    'the server does not let this user in',
    'Check the user and PGPASSWORD, PGPASSFILE or its certificate, and pg_hba.conf.',
  ],
  '53': [
    'ERR_STORE_UNREACHABLE',
    'the server is out of connections, memory or disk',
    'Make room on the server, or put a pooler in front of it. Nothing was changed.',
  ],
  '57': ['ERR_STORE_UNREACHABLE', 'the server stops, starts or restarts', AGAIN],
  '25006': [
    'ERR_STORE_DENIED',
    'the server only reads: it is a standby',
    'Name the primary. Nothing was changed.',
  ],
  '25P03': [
    'ERR_STORE_LOCKED',
    'this process was stopped in the middle of a commit',
    'Nothing was changed. Run the command again.',
  ],
  '3D000': ['ERR_STORE_SCHEMA', 'there is no such database', 'Create it (createdb), or correct the URL.'],
  '3F000': ['ERR_STORE_SCHEMA', 'this database holds no store yet', INIT],
  '42P01': ['ERR_STORE_SCHEMA', 'this database holds no store yet', INIT],
  '42703': [
    'ERR_STORE_SCHEMA',
    'its tables are of another version',
    'Run codex-login store migrate as its owner.',
  ],
  '42501': ['ERR_STORE_DENIED', 'this user may not do that', GRANT],
  '40': ['ERR_STORE_LOCKED', 'others commit all the time', 'Nothing was changed. Run the command again.'],
  '55P03': [
    'ERR_STORE_LOCKED',
    'somebody else holds its lock',
    'Nothing was changed. Run the command again.',
  ],
  '57014': ['ERR_STORE_LOCKED', 'the statement was stopped', 'Nothing was changed. Run the command again.'],
  '23505': [
    'ERR_STORE_CONFLICT',
    'another profile in this database holds the same refresh token',
    'A refresh token has one holder: move it (codex-login store move), or sign in anew. Nothing was changed.',
  ],
};

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ERR_TLS|ERR_SSL|EPROTO|does not support SSL/;
const NO_CONNECTION = 'Check that the server runs and can be reached from here, then run the command again.';

/** How a connection ends before, while and after something was sent. */
const LOST = /^(?:ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|ENOENT|EACCES|EADDR)|^(?:08|57P|53300)/;
const LOST_WORDS =
  /Connection terminated|Query read timeout|timeout expired|timeout exceeded|connection error|not queryable|was closed/i;

/** Whether the way to the server, or the server itself, went away: what was sent may have arrived. */
export function isLost(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || thrown instanceof LoginError) return false;
  return LOST.test(codeOf(thrown)) || LOST_WORDS.test(thrown.message);
}

/** Whether the server says that it will be there in a moment. */
export function isStarting(thrown: unknown): boolean {
  return thrown instanceof Error && codeOf(thrown) === '57P03';
}

/** Whether somebody else was faster, by the word of a server that isolates more than it is asked to. */
export function isOvertaken(thrown: unknown): boolean {
  return thrown instanceof Error && codeOf(thrown) === '40001';
}

/** @param mayHaveHappened whether a commit was under way that the server may have acknowledged to nobody */
export function postgresFailure(store: string, thrown: unknown, mayHaveHappened = false): unknown {
  if (thrown instanceof SealError) return sealedFailure(store, thrown);
  if (thrown instanceof StoreError && thrown.store === '')
    return new StoreError(thrown.code, { store, summary: thrown.summary, hint: thrown.hint });
  if (!(thrown instanceof Error) || thrown instanceof LoginError) return thrown;
  const code = codeOf(thrown);
  const isState = /^[0-9A-Z]{5}$/.test(code) && 'severity' in thrown;
  if (!isState && !isLost(thrown) && !CERTIFICATE.test(`${code} ${thrown.message}`) && !isSasl(thrown))
    return thrown;
  if (isLost(thrown) && mayHaveHappened)
    return new StoreError('ERR_STORE_UNREACHABLE', {
      store,
      outcome: 'unknown',
      summary: `The connection to the shared store was lost in the middle of a commit${quoted(code)}: ${store}.`,
      hint: 'It was stored or it was not, never half of it. Run the command again: it finds out which.',
    });
  const [stable, what, hint] =
    (isState ? (STATES[code] ?? STATES[code.slice(0, 2)]) : undefined) ?? ofTheWay(thrown, code, isState);
  return new StoreError(stable, {
    store,
    summary: `The shared store cannot be used: ${what}${quoted(code)}: ${store}.`,
    hint,
  });
}

function ofTheWay(thrown: Error, code: string, isState: boolean): Told {
  if (isState)
    return [
      'ERR_STORE_IO',
      'the server refused a statement',
      'See the log of the server. Nothing was changed.',
    ];
  if (isSasl(thrown))
    return [
      'ERR_STORE_DENIED',
      'the server asks for a password, and none that fits was given',
      'Set PGPASSWORD, or a line in the file that PGPASSFILE names (~/.pgpass, mode 0600).',
    ];
  if (CERTIFICATE.test(`${code} ${thrown.message}`))
    return [
      'ERR_STORE_UNREACHABLE',
      'its TLS is not what sslmode demands',
      'Name its CA with sslrootcert=<file> or --ca-file, or turn TLS on at the server. Nothing was sent.',
    ];
  return ['ERR_STORE_UNREACHABLE', 'it cannot be reached', NO_CONNECTION];
}

function sealedFailure(store: string, { keyId }: SealError): StoreError {
  return new StoreError('ERR_STORE_KEY', {
    store,
    summary:
      keyId === undefined
        ? `A sealed record of the shared store does not open: it was changed, or belongs elsewhere: ${store}.`
        : `The key ring has no key "${keyId.replace(/[^\w.:-]/g, '?')}", under which the shared store is sealed: ${store}.`,
    hint:
      keyId === undefined
        ? 'Run codex-login store doctor. Nothing was changed.'
        : 'Use the key ring that it was sealed with. Nothing was changed.',
  });
}

function isSasl({ message }: Error): boolean {
  return /SASL|password must be a string|empty password/i.test(message);
}

function codeOf(thrown: Error): string {
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

function quoted(code: string): string {
  return /^[A-Z0-9_]{3,60}$/.test(code) ? ` (${code})` : '';
}
