/** The password file of libpq (PostgreSQL documentation, §34.16): the first line that fits counts. */

import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Environment } from '../../words/ports.ts';

export interface PasswordQuestion {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** The one that PGPASSFILE names, or `~/.pgpass`. */
export function passwordFile(environment: Environment): string {
  return environment.PGPASSFILE ?? join(environment.HOME ?? homedir(), '.pgpass');
}

/** The password for this connection; undefined where no file, no line, or a file that others can read. */
export function readPassword(path: string, question: PasswordQuestion): string | undefined {
  let text: string;
  try {
    const { mode } = statSync(path);
    // libpq ignores such a file as well.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) return undefined;
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  return passwordIn(text, question);
}

/** Lines of `host:port:database:user:password`; `*` fits everything, a backslash keeps the next character. Pure. */
export function passwordIn(
  text: string,
  { host, port, user, database }: PasswordQuestion,
): string | undefined {
  // A socket's directory goes by the name of localhost there.
  const asked = [host.startsWith('/') ? 'localhost' : host, String(port), database, user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = [...line.matchAll(/((?:\\.|[^\\:])*)(?::|$)/g)].map(([, field = '']) => field);
    const [password] = fields.splice(4, 1);
    const fits = asked.every((value, index) => fields[index] === '*' || plain(fields[index] ?? '') === value);
    if (fits && password !== undefined && password !== '') return plain(password);
  }
  return undefined;
}

function plain(field: string): string {
  return field.replace(/\\(.)/g, '$1');
}
