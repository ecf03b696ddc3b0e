/**
 * One file, replaced in one step and for good: temporary file, fsync, rename, fsync of the directory.
 * It decides how bytes get to the disk; what they are, and who may write, is decided elsewhere.
 */

import { randomUUID } from 'node:crypto';
import * as nodeFs from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** What is used of node:fs; a test passes one that records or fails. */
export type FileSystem = Pick<
  typeof nodeFs,
  | 'closeSync'
  | 'fchmodSync'
  | 'fchownSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'futimesSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readdirSync'
  | 'readlinkSync'
  | 'renameSync'
  | 'rmSync'
  | 'statSync'
  | 'writeFileSync'
>;

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
/** A temporary file this old belongs to nobody any more. */
const ABANDONED_AFTER_MS = 60_000;
const DEEPEST_LINK = 40;

/**
 * Replaces `path` (or what it links to) by `text`: readers see the old bytes or the new ones, and after this returns the new
 * ones survive a loss of power. Mode 0600 from the first byte; the owner of an existing file stays.
 * Synchronous on purpose: nothing of this process runs between the steps.
 */
export function replaceFile(path: string, text: string, fs: FileSystem = nodeFs): void {
  const target = followLinks(path, fs);
  const temporary = `${target}.${randomUUID()}.tmp`;
  const previous = fs.statSync(target, { throwIfNoEntry: false });
  const descriptor = fs.openSync(temporary, 'wx', FILE_MODE);
  try {
    try {
      fs.fchmodSync(descriptor, FILE_MODE);
      if (previous && process.getuid?.() === 0) fs.fchownSync(descriptor, previous.uid, previous.gid);
      fs.writeFileSync(descriptor, text, 'utf8');
      if (previous) makeYounger(descriptor, previous.mtimeMs, fs);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(target), fs);
}

/**
 * OpenClaw keeps what it read for as long as the file's modification time is the same, and saves that over ours: two writes
 * must never share one, however coarse the file system counts.
 */
function makeYounger(descriptor: number, previousMs: number, fs: FileSystem): void {
  for (const step of [0.001, 1, 2]) {
    const { mtimeMs, atimeMs } = fs.fstatSync(descriptor);
    if (mtimeMs > previousMs) return;
    fs.futimesSync(descriptor, atimeMs / 1000, previousMs / 1000 + step);
  }
}

/** Makes a directory and its missing parents, 0700 each, and makes their names durable. */
export function makeDirectory(directory: string, fs: FileSystem = nodeFs): void {
  const first = fs.mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE });
  if (first === undefined) return;
  for (let made = resolve(directory); made.length >= resolve(first).length; made = dirname(made))
    syncDirectory(dirname(made), fs);
}

/** Removes what writers that were killed left beside `path`. Call it while holding the store's lock. */
export function removeAbandoned(path: string, now: number, fs: FileSystem = nodeFs): void {
  // A lock's draft lies beside the link, the store's beside its target.
  for (const file of new Set([path, followLinks(path, fs)])) {
    const directory = dirname(file);
    const temporary = new RegExp(`^${escapePattern(basename(file))}(?:\\.lock)?\\.[0-9a-f-]{36}\\.tmp$`);
    for (const name of fs.readdirSync(directory).filter((entry) => temporary.test(entry))) {
      const stats = fs.statSync(join(directory, name), { throwIfNoEntry: false });
      if (stats && now - stats.mtimeMs > ABANDONED_AFTER_MS)
        fs.rmSync(join(directory, name), { force: true });
    }
  }
}

/** The file behind a chain of symbolic links, whether it exists or not. */
function followLinks(path: string, fs: FileSystem): string {
  let target = path;
  for (let depth = 0; depth < DEEPEST_LINK; depth += 1) {
    if (!fs.lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) return target;
    target = resolve(dirname(target), fs.readlinkSync(target));
  }
  throw Object.assign(new Error('too many symbolic links'), { code: 'ELOOP', syscall: 'readlink' });
}

/** Not every system lets a directory be opened or synchronized (Windows does not): there the rename has to do. */
function syncDirectory(directory: string, fs: FileSystem): void {
  let descriptor: number;
  try {
    descriptor = fs.openSync(directory, 'r');
  } catch {
    return;
  }
  try {
    fs.fsyncSync(descriptor);
  } catch (error) {
    if (process.platform !== 'win32') throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
