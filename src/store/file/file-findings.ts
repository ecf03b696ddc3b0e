/**
 * What is wrong with the file that a store is kept in: who may read it, where it leads, what writers that were killed left.
 * It looks and changes nothing; `file-repairs` acts.
 */

import { lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { type Finding, finding } from '../../words/findings.ts';
import type { EpochMs } from '../../words/ports.ts';

/** @param owned whether the directory is OpenClaw's own, so that nobody else has business in it */
export function findInFile(path: string, { owned, now }: { owned: boolean; now: EpochMs }): Finding[] {
  try {
    const link = lstatSync(path, { throwIfNoEntry: false });
    if (link === undefined) return findInDirectory(path, owned);
    const file = statSync(path, { throwIfNoEntry: false });
    if (file === undefined) return [danglingLink(path)];
    return [
      ...(link.isSymbolicLink() ? [symlink(path)] : []),
      ...findInMode(path, file),
      ...findInDirectory(path, owned),
      ...findInLeftovers(path, now),
    ];
  } catch {
    // What cannot even be looked at cannot be read either, and is told by whoever reads it.
    return [];
  }
}

function symlink(subject: string): Finding {
  return finding('symlink', {
    subject,
    message: `The store is a symbolic link to ${realpathSync(subject)}.`,
    reason: 'It is followed: what is written goes to that file, and the link stays.',
    remedy: 'nothing to do',
  });
}

function danglingLink(subject: string): Finding {
  return finding('symlink-dangling', {
    subject,
    message: 'The store is a symbolic link to a file that is not there.',
    reason: 'It reads as if nothing was ever stored; a login would make that file.',
    remedy: `put the file back, or remove the link: rm ${quoted(subject)}`,
  });
}

function findInMode(path: string, { mode, uid }: Stats): Finding[] {
  if (process.platform === 'win32') return [];
  const found: Finding[] = [];
  if ((mode & 0o777) !== 0o600)
    found.push(
      finding('file-mode', {
        subject: path,
        message: `The store has mode ${octal(mode)} instead of 0600.`,
        reason:
          (mode & 0o077) === 0
            ? 'Its owner cannot read and write it.'
            : 'Other users of this machine can read the tokens, or change them.',
        fixable: true,
      }),
    );
  const own = process.getuid?.() ?? uid;
  const rightful = own === 0 ? statSync(dirname(path)).uid : own;
  if (uid !== rightful)
    found.push(
      finding('file-owner', {
        subject: path,
        message: `The store belongs to user ${uid}, and ${own === 0 ? 'its directory' : 'this process'} to user ${rightful}.`,
        reason: 'OpenClaw cannot read or replace it, as after a command that was run with sudo.',
        remedy: `sudo chown ${rightful} ${quoted(path)}`,
      }),
    );
  return found;
}

function findInDirectory(path: string, owned: boolean): Finding[] {
  const directory = dirname(path);
  const stats = statSync(directory, { throwIfNoEntry: false });
  if (process.platform === 'win32' || stats === undefined) return [];
  const open = stats.mode & (owned ? 0o077 : 0o022);
  // Where everybody may write but only remove what is theirs, as in /tmp, others cannot replace the file.
  if (open === 0 || (!owned && (stats.mode & 0o1000) !== 0)) return [];
  return [
    finding('directory-mode', {
      subject: directory,
      severity: (open & 0o022) === 0 ? 'info' : 'warning',
      message: `The directory of the store has mode ${octal(stats.mode)}${owned ? ' instead of 0700' : ''}.`,
      reason:
        (open & 0o022) === 0
          ? 'Other users of this machine can see what is in it.'
          : 'Other users of this machine can put another store in its place.',
      fixable: owned,
      ...(owned ? {} : { remedy: `chmod go-w ${quoted(directory)}` }),
    }),
  ];
}

/** Older than a minute: nobody is about to rename it. */
const ABANDONED_AFTER_MS = 60_000;

function findInLeftovers(path: string, now: EpochMs): Finding[] {
  return abandonedBeside(path, now).map((subject) =>
    finding('leftovers', {
      subject,
      message: 'A writer that was killed left this file.',
      reason: 'Nobody reads it, and it may hold tokens.',
      fixable: true,
    }),
  );
}

/** Temporary files of a store, drafts of its lock and guards of a takeover that nobody will finish. */
export function abandonedBeside(path: string, now: EpochMs): string[] {
  const found: string[] = [];
  for (const file of new Set([path, realpathSync(path)])) {
    const own = (name: string) =>
      name.startsWith(`${basename(file)}.`) && /(?:\.[0-9a-f-]{36}\.tmp|\.lock\.takeover)$/.test(name);
    for (const name of readdirSync(dirname(file)).filter(own)) {
      const stats = statSync(join(dirname(file), name), { throwIfNoEntry: false });
      if (stats?.isFile() && now - stats.mtimeMs > ABANDONED_AFTER_MS) found.push(join(dirname(file), name));
    }
  }
  return found;
}

/** Why a text is no store, and what it was meant to be where that can be told. */
export async function findInText(
  path: string,
  parseLoosely: (text: string) => Promise<unknown>,
): Promise<{ finding: Finding; meant?: object } | undefined> {
  const text = readFileSync(path, 'utf8');
  const told = (
    id: 'store-byte-order-mark' | 'store-not-plain-json' | 'store-empty' | 'store-corrupt',
    what: string,
  ) =>
    finding(id, {
      subject: path,
      message: `The store ${what}.`,
      reason: 'OpenClaw reads the whole store as if nothing was stored, and writes over it at its next save.',
      fixable: true,
    });
  if (text.trim() === '') return { finding: told('store-empty', 'is an empty file') };
  const marked = text.startsWith('\uFEFF');
  const bare = marked ? text.slice(1) : text;
  const meant = await parseLoosely(bare).catch(() => undefined);
  if (meant === undefined) return { finding: told('store-corrupt', 'is not complete JSON') };
  if (!isStore(meant))
    return { finding: told('store-corrupt', 'is JSON, and not the object that it must be') };
  if (marked) return { finding: told('store-byte-order-mark', 'starts with a byte order mark'), meant };
  return isPlain(bare)
    ? undefined
    : {
        finding: told('store-not-plain-json', 'has comments or other things that JSON does not have'),
        meant,
      };
}

function isStore(value: unknown): value is object {
  const isRecord = (one: unknown) => typeof one === 'object' && one !== null && !Array.isArray(one);
  if (!isRecord(value)) return false;
  const parts = value as Record<string, unknown>;
  return ['profiles', 'order', 'lastGood', 'usageStats'].every(
    (part) => parts[part] === undefined || isRecord(parts[part]),
  );
}

function isPlain(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
