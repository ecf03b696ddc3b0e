/**
 * Every call to the file system that a commit makes, by name: one table, so that a test can count, refuse or interrupt each.
 * It decides nothing; `/proc`, which is no disk, is read elsewhere.
 */

import {
  accessSync,
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

export const nodeFileSystem = {
  accessSync,
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  /** One call of the system; the other form looks at every part of the path by itself. */
  realpathSync: realpathSync.native,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
};

/** What is used of node:fs; a test passes one that records, fails or stops. */
export type FileSystem = typeof nodeFileSystem;

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Writes all of it, from `position` or where the last write ended: the system may take less than it is given, and says so only in its answer. */
export function writeAll(descriptor: number, text: string, fs: FileSystem, position?: number): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let written = 0; written < bytes.length; ) {
    const at = position === undefined ? null : position + written;
    const taken = fs.writeSync(descriptor, bytes, written, bytes.length - written, at);
    if (taken <= 0)
      throw Object.assign(new Error('nothing more is taken'), { code: 'ENOSPC', syscall: 'write' });
    written += taken;
  }
}

/** Removes a name that is ours, if it is still there. What cannot be removed now, a later run collects. */
export function discard(path: string, fs: FileSystem): void {
  try {
    fs.unlinkSync(path);
  } catch {}
}

/** Gives a descriptor back whose bytes are of no more concern: what the system says to it changes nothing. */
export function closeQuietly(descriptor: number, fs: FileSystem): void {
  try {
    fs.closeSync(descriptor);
  } catch {}
}
