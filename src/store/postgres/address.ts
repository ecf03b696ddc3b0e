/**
 * A `postgres://` URL and the variables of libpq → where to connect, as whom, and how TLS is checked. It reads the files that these
 * name; it opens no connection. What the variables mean is libpq's (PostgreSQL documentation, §34.15).
 */

import { LoginError } from '../../words/errors.ts';
import type { Environment } from '../../words/ports.ts';

/** `require` encrypts and checks no name; `verify-full` is what keeps others out. */
export type TlsMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

export interface PostgresAddress {
  /** A name, an address, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  /** Undefined: the driver's own choice, the name of who runs this. */
  readonly user: string | undefined;
  readonly database: string;
  /** Secret. Undefined: from PGPASSWORD or the password file, where the server asks for one. */
  readonly password: string | undefined;
  /** Which store in the database: what stands behind `#`. */
  readonly storeKey?: string;
  readonly tls: {
    readonly mode: TlsMode;
    /** Files in PEM. */
    readonly ca?: string | undefined;
    readonly certificate?: string | undefined;
    readonly key?: string | undefined;
  };
}

const SCHEME = /^postgres(?:ql)?:\/\//i;
const MODES: readonly string[] = ['disable', 'require', 'verify-ca', 'verify-full'];
const PARAMETERS = ['host', 'port', 'user', 'dbname', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

/**
 * @param caFile certificates to trust as well (`--ca-file`), where the URL and PGSSLROOTCERT name none
 * @throws LoginError `ERR_USAGE`, which quotes nothing of the URL
 */
export function parsePostgresUrl(
  text: string,
  environment: Environment,
  caFile?: string | undefined,
): PostgresAddress {
  const { url, parameters } = parsed(text);
  const unknown = [...parameters.keys()].find((name) => name !== 'password' && !PARAMETERS.includes(name));
  if (unknown !== undefined)
    throw refused(
      `has a parameter that is not understood here: ${unknown.slice(0, 40).replace(/[^\w.-]/g, '?')}`,
      `Understood are ${PARAMETERS.join(', ')}.`,
    );
  const host =
    given(parameters.get('host'), decode(url.hostname).replace(/^\[(.*)\]$/, '$1'), environment.PGHOST) ??
    'localhost';
  if (host.includes(','))
    throw refused('names several hosts', 'Name one: a proxy or a virtual address, or the primary.');
  const port = Number(given(parameters.get('port'), url.port, environment.PGPORT) ?? 5432);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw refused('has a port that is none', 'Example: postgres://db.example.com:5432/codex');
  const database = given(parameters.get('dbname'), decode(url.pathname.slice(1)), environment.PGDATABASE);
  if (database === undefined)
    throw refused('names no database', 'Example: postgres://db.example.com/codex, or set PGDATABASE.');
  const storeKey = decode(url.hash.slice(1));
  return {
    ...(storeKey === '' ? {} : { storeKey }),
    host,
    port,
    user: given(parameters.get('user'), decode(url.username), environment.PGUSER),
    database,
    password: given(parameters.get('password'), decode(url.password), environment.PGPASSWORD),
    tls: {
      mode: modeOf(given(parameters.get('sslmode'), environment.PGSSLMODE), host),
      ca: given(parameters.get('sslrootcert'), environment.PGSSLROOTCERT, caFile),
      certificate: given(parameters.get('sslcert'), environment.PGSSLCERT),
      key: given(parameters.get('sslkey'), environment.PGSSLKEY),
    },
  };
}

/** A person's word for it: without a password, and with the name of the store in the database. */
export function locationOf(
  { host, port, user, database }: PostgresAddress,
  storeKey: string | undefined,
): string {
  const at = host.includes(':') ? `[${host}]` : host.startsWith('/') ? encodeURIComponent(host) : host;
  const who = user === undefined ? '' : `${encodeURIComponent(user)}@`;
  return `postgres://${who}${at}${port === 5432 ? '' : `:${port}`}/${encodeURIComponent(database)}${storeKey === undefined ? '' : `#${storeKey}`}`;
}

/** Whether the way to this host never leaves the machine. */
export function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function modeOf(asked: string | undefined, host: string): TlsMode {
  if (asked === undefined) return isLocal(host) ? 'disable' : 'verify-full';
  if (MODES.includes(asked)) return asked as TlsMode;
  const isWeak = asked === 'prefer' || asked === 'allow';
  throw refused(
    isWeak ? `asks for sslmode=${asked}, which protects nothing` : 'has an sslmode that is none',
    `Use ${MODES.join(', ')}. Default: verify-full, and disable on this machine.`,
  );
}

function parsed(text: string): { url: URL; parameters: URLSearchParams } {
  try {
    const url = new URL(text.replace(SCHEME, 'postgres://'));
    for (const part of [url.pathname, url.hash, url.username, url.password, url.hostname]) decode(part);
    return { url, parameters: url.searchParams };
  } catch {
    throw refused('cannot be understood', 'Example: postgres://writer@db.example.com:5432/codex');
  }
}

function decode(text: string): string {
  return decodeURIComponent(text);
}

function given(...texts: (string | null | undefined)[]): string | undefined {
  return texts.find((text): text is string => typeof text === 'string' && text !== '');
}

function refused(flaw: string, hint: string): LoginError {
  return new LoginError('ERR_USAGE', { summary: `The URL of the shared store ${flaw}.`, hint });
}
