/**
 * Where a secret shows that must not: in output, arguments, the environment, files. It knows every secret from the journal and every
 * disguise from `disguises`; it says labels and places, never a secret.
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { disguisesOf } from './disguises.ts';
import type { Journal } from './journal.ts';

/** Where to look. Whatever is left out is not looked at. */
export interface GuardedPlaces {
  stdout?: string | Uint8Array;
  stderr?: string | Uint8Array;
  /** The arguments of the program, and of those it started. */
  argv?: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
  /** Any other text, by the name that a finding shall have: a log, a page, an error's `inspect`. */
  texts?: Readonly<Record<string, string | Uint8Array>>;
  /** A process that runs: its arguments and its environment, read from `/proc`. Linux only. */
  pid?: number;
  /** Files, and directories with everything below them. */
  files?: readonly string[];
  /** Files and directories that may hold secrets: the store. */
  except?: readonly string[];
  /** Labels, or kinds of them (`state`), that may show. */
  allow?: readonly string[];
}

/** One secret in one place. */
export interface Leak {
  /** `refresh#1`. */
  readonly label: string;
  /** `stdout`, `argv of 4711`, a path, … */
  readonly place: string;
  /** As it is, or in which disguise: `base64`, `url-encoded`, … */
  readonly form: string;
}

/** A secret was where it must not be; the message has label, place and form. */
export class SecretLeakError extends Error {
  readonly leaks: readonly Leak[];
  constructor(leaks: readonly Leak[]) {
    super(
      `Secrets have leaked:\n${leaks.map(({ label, place, form }) => `  ${label} in ${place} (${form})`).join('\n')}`,
    );
    this.name = 'SecretLeakError';
    this.leaks = leaks;
  }
}

/**
 * Every secret of the server's that shows in these places. The authorization URL may be shown on stdout and stderr, `state` and all:
 * a person has to be able to open it.
 */
export function findLeaks(
  server: { readonly issuer: string; readonly journal: Journal },
  places: GuardedPlaces,
): readonly Leak[] {
  const { journal, issuer } = server;
  const allowed = new Set(places.allow);
  const wanted = journal.secrets().flatMap((secret) => {
    const label = journal.label(secret) ?? '';
    const free = allowed.has(label) || allowed.has(label.split('#')[0] ?? '');
    return free || secret.length < SHORTEST ? [] : [{ label, disguises: disguisesOf(secret) }];
  });
  return textsIn(places, issuer).flatMap(([place, text]) =>
    wanted.flatMap(({ label, disguises }) => {
      const found = disguises.find(([, disguise]) => text.includes(disguise));
      return found === undefined ? [] : [{ label, place, form: found[0] }];
    }),
  );
}

/**
 * Fails where `findLeaks` finds something. Call it while the program still runs, too, when `pid` is given.
 * @throws SecretLeakError
 */
export function guardSecrets(
  server: { readonly issuer: string; readonly journal: Journal },
  places: GuardedPlaces,
): void {
  const leaks = findLeaks(server, places);
  if (leaks.length > 0) throw new SecretLeakError(leaks);
}

/** Shorter ones are words that a test made up; they would be found everywhere. */
const SHORTEST = 8;

function textsIn(places: GuardedPlaces, issuer: string): (readonly [place: string, text: string])[] {
  const { stdout, stderr, argv = [], env = {}, texts = {}, pid, files = [], except = [] } = places;
  const spared = except.map((path) => resolve(path));
  const shown = ([place, text]: readonly [string, string | Uint8Array | undefined]) =>
    text === undefined ? [] : [[place, withoutAuthorizationUrls(bytesAsText(text), issuer)] as const];
  return [
    ...[['stdout', stdout] as const, ['stderr', stderr] as const].flatMap(shown),
    ...argv.map((argument) => ['argv', argument] as const),
    ...Object.entries(env).map(([name, value]) => [`env ${name}`, `${name}=${value ?? ''}`] as const),
    ...Object.entries(texts).map(([name, text]) => [name, bytesAsText(text)] as const),
    ...(pid === undefined ? [] : processTexts(pid)),
    ...files.flatMap((path) => filesBelow(resolve(path), spared)).map((path) => [path, read(path)] as const),
  ];
}

/** Latin-1 keeps every byte. */
function bytesAsText(text: string | Uint8Array): string {
  return typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
}

function withoutAuthorizationUrls(text: string, issuer: string): string {
  return text
    .split(issuer)
    .map((part, index) => (index === 0 ? part : part.replace(/^\/[\w/-]*\?\S*response_type=code\S*/, '')))
    .join(issuer);
}

function processTexts(pid: number): (readonly [string, string])[] {
  return (['cmdline', 'environ'] as const).map((file) => {
    const place = file === 'cmdline' ? `argv of ${pid}` : `environment of ${pid}`;
    return [place, read(`/proc/${pid}/${file}`)] as const;
  });
}

function filesBelow(path: string, spared: readonly string[]): string[] {
  if (spared.includes(path)) return [];
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isFile()) return [path];
  if (!status?.isDirectory()) return [];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name), spared));
}

/** A file that has gone, or a process that has ended, shows nothing. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  }
}
