/**
 * One file, replaced in one step and for good: temporary file, fsync, rename, fsync of the directory.
 * It decides how bytes get to the disk; what they are, and who may write, is decided elsewhere.
 */

import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { closeQuietly, codeOf, discard, type FileSystem, nodeFileSystem, writeAll } from './file-system.ts';

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const DEEPEST_LINK = 40;

/**
 * `durable`: the new bytes are there and survive a loss of power. `withdrawn`: the old ones stand, because `mayReplace` said no.
 * `unconfirmed`: the new bytes are there for every reader, and the system would not say that they survive.
 */
export type Replacement =
  | { readonly outcome: 'durable' | 'withdrawn' }
  | { readonly outcome: 'unconfirmed'; readonly error: unknown };

/**
 * Replaces `path` (or what it links to) by `text`: readers see the old bytes or the new ones. Mode 0600 from the first byte; the
 * owner of an existing file stays. Whatever is thrown was thrown before the rename: the old bytes stand.
 * Synchronous on purpose: nothing of this process runs between the steps.
 * @param mayReplace asked last, one call of the system before the rename
 */
export function replaceFile(
  path: string,
  text: string,
  fs: FileSystem = nodeFileSystem,
  mayReplace: () => boolean = () => true,
): Replacement {
  const target = followLinks(path, fs);
  const temporary = `${target}.${randomUUID()}.tmp`;
  const previous = fs.statSync(target, { throwIfNoEntry: false });
  // Opened before anything is changed: that it cannot be opened must not be found out after the rename.
  const directory = openDirectory(dirname(target), fs);
  try {
    const descriptor = fs.openSync(temporary, 'wx', FILE_MODE);
    try {
      try {
        const made = fs.fstatSync(descriptor);
        // A umask may have taken away even the owner's rights.
        if ((made.mode & 0o777) !== FILE_MODE) fs.fchmodSync(descriptor, FILE_MODE);
        if (previous) keepOwner(descriptor, made, previous, fs);
        writeAll(descriptor, text, fs);
        if (previous && made.mtimeMs <= previous.mtimeMs) makeYounger(descriptor, previous.mtimeMs, fs);
        fs.fsyncSync(descriptor);
      } finally {
        fs.closeSync(descriptor);
      }
      if (!mayReplace()) {
        discard(temporary, fs);
        return { outcome: 'withdrawn' };
      }
      fs.renameSync(temporary, target);
    } catch (error) {
      discard(temporary, fs);
      throw error;
    }
    return confirm(directory, fs);
  } finally {
    if (directory !== undefined) closeQuietly(directory, fs);
  }
}

/** The old bytes cannot be brought back for certain by a disk that has just failed, and a spent token must not be: they are not. */
function confirm(directory: number | undefined, fs: FileSystem): Replacement {
  try {
    if (directory !== undefined) syncDirectory(directory, fs);
    return { outcome: 'durable' };
  } catch (error) {
    return { outcome: 'unconfirmed', error };
  }
}

/** A file of mode 0600 has no use for its group: one that cannot be kept is let go; an owner never is. */
function keepOwner(descriptor: number, own: Stats, previous: Stats, fs: FileSystem): void {
  if (own.uid === previous.uid && own.gid === previous.gid) return;
  try {
    fs.fchownSync(descriptor, previous.uid, previous.gid);
  } catch (error) {
    if (own.uid !== previous.uid) throw error;
  }
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

/** Makes a directory and its missing parents, 0700 each. `confirmPath` makes their names durable. */
export function makeDirectory(directory: string, fs: FileSystem = nodeFileSystem): void {
  if (fs.statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  // One by one: the recursive form of Node.js never ends where the system makes no directories (/proc).
  if (dirname(directory) !== directory) makeDirectory(dirname(directory), fs);
  try {
    fs.mkdirSync(directory, { mode: DIRECTORY_MODE });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/**
 * Makes the names of all directories that lead to a new file durable. All, because who made them may have been killed, or may
 * be another process that is not that far yet; those that cannot be opened were not made by us.
 */
export function confirmPath(file: string, fs: FileSystem = nodeFileSystem): void {
  for (let made = dirname(resolve(file)); dirname(made) !== made; made = dirname(made)) {
    let parent: number | undefined;
    try {
      parent = openDirectory(dirname(made), fs);
    } catch (error) {
      if (!['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) throw error;
    }
    if (parent === undefined) continue;
    try {
      syncDirectory(parent, fs);
    } catch (error) {
      // Nothing can have been made where all is read-only.
      if (codeOf(error) !== 'EROFS') throw error;
    } finally {
      closeQuietly(parent, fs);
    }
  }
}

/** The file behind a chain of symbolic links, whether it exists or not. */
export function followLinks(path: string, fs: FileSystem): string {
  let target = path;
  for (let depth = 0; depth < DEEPEST_LINK; depth += 1) {
    if (!fs.lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) return target;
    target = resolve(dirname(target), fs.readlinkSync(target));
  }
  throw Object.assign(new Error('too many symbolic links'), { code: 'ELOOP', syscall: 'readlink' });
}

/** Undefined on Windows, which has no such thing: there the rename has to do. */
function openDirectory(directory: string, fs: FileSystem): number | undefined {
  return process.platform === 'win32' ? undefined : fs.openSync(directory, 'r');
}

/** Some file systems do not know it, and say so: there, too, the rename has to do. */
function syncDirectory(descriptor: number, fs: FileSystem): void {
  try {
    fs.fsyncSync(descriptor);
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error;
  }
}
