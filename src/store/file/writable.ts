/**
 * Whether a store could be written, told without writing anything: its directory, its owner, its lock.
 * It decides nothing about what happens then; a full disk shows itself only when something is written.
 */

import { constants, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { foreignOwner } from '../store-failure.ts';
import { followLinks } from './atomic-write.ts';
import type { FileSystem } from './file-system.ts';
import { directoryError, lockPathOf } from './sidecar-lock.ts';

/** @throws StoreError `ERR_STORE_IO` (another's file), `ERR_STORE_LOCKED` (a directory for a lock); what the system says */
export function assertWritable(path: string, fs: FileSystem): void {
  const target = followLinks(path, fs);
  for (const directory of new Set([dirname(path), dirname(target)]))
    fs.accessSync(nearest(directory, fs), constants.W_OK | constants.X_OK);
  const stats = fs.statSync(target, { throwIfNoEntry: false });
  if (stats) assertOwn(path, stats);
  if (fs.statSync(dirname(path), { throwIfNoEntry: false })) {
    const lock = lockPathOf(path, fs);
    if (fs.lstatSync(lock, { throwIfNoEntry: false })?.isDirectory()) throw directoryError(path, lock);
  }
}

/** Only root may give a file away, and so give it back to its owner. */
export function assertOwn(path: string, { uid }: Stats): void {
  const own = process.geteuid?.();
  if (own !== undefined && own !== 0 && own !== uid) throw foreignOwner(path, uid);
}

/** The directory itself, or that in which it would be made. */
function nearest(directory: string, fs: FileSystem): string {
  let there = directory;
  while (fs.statSync(there, { throwIfNoEntry: false }) === undefined && dirname(there) !== there)
    there = dirname(there);
  return there;
}
