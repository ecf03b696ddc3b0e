/**
 * A regular file as it is at one moment: its bytes, and marks by which it is known again. It never waits: a pipe or a device in
 * the file's place is refused. What the bytes mean is decided elsewhere.
 */

import { constants, type Stats } from 'node:fs';

import { closeQuietly, codeOf, type FileSystem } from './file-system.ts';

export interface Sight {
  readonly bytes: Buffer;
  readonly stats: Stats;
}

/** The file, or undefined where there is none. @throws what the system says; `EISDIR`, `EFTYPE` for what is no file */
export function readRegularFile(path: string, fs: FileSystem): Sight | undefined {
  let descriptor: number;
  try {
    descriptor = fs.openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const stats = fs.fstatSync(descriptor);
    if (!stats.isFile()) {
      const code = stats.isDirectory() ? 'EISDIR' : 'EFTYPE';
      throw Object.assign(new Error('no regular file'), { code, syscall: 'read' });
    }
    return { bytes: fs.readFileSync(descriptor), stats };
  } finally {
    closeQuietly(descriptor, fs);
  }
}

/** Whether `path` still is what was seen (undefined: nothing), neither replaced nor written to. */
export function isAsSeen(path: string, seen: Stats | undefined, fs: FileSystem): boolean {
  const now = fs.statSync(path, { throwIfNoEntry: false });
  if (now === undefined || seen === undefined) return now === seen;
  return (
    now.ino === seen.ino && now.dev === seen.dev && now.size === seen.size && now.mtimeMs === seen.mtimeMs
  );
}
