/**
 * What writers that were killed have left beside a store: found by its name, removed once it is old enough to be nobody's.
 * It decides what is a leftover; when to look, the commit decides.
 */

import { basename, dirname, join } from 'node:path';

import { discard, type FileSystem, nodeFileSystem } from './file-system.ts';

/** A temporary file this old belongs to nobody any more; so does one that comes from the future. */
const ABANDONED_AFTER_MS = 60_000;
/** Of the store, or of its lock; or the guard of a take-over. */
const LEFTOVER = /^(?:(?:\.lock)?\.[0-9a-f-]{36}\.tmp|\.lock\.takeover)$/;
const DRAFT = /\.lock\.[0-9a-f-]{36}\.tmp$/;

/**
 * Call it while holding the store's lock. Housekeeping: what cannot be listed or removed now does not stop a commit.
 * @param files the store, and what it links to: a lock's draft lies beside the first, the store's beside the second
 * @returns whether somebody waits for the lock: drafts of it that are young
 */
export function removeAbandoned(
  files: readonly string[],
  now: number,
  fs: FileSystem = nodeFileSystem,
): boolean {
  let isAwaited = false;
  for (const file of new Set(files)) {
    try {
      const directory = dirname(file);
      const name = basename(file);
      for (const entry of fs.readdirSync(directory)) {
        if (!entry.startsWith(name) || !LEFTOVER.test(entry.slice(name.length))) continue;
        const stats = fs.statSync(join(directory, entry), { throwIfNoEntry: false });
        if (stats && Math.abs(now - stats.mtimeMs) > ABANDONED_AFTER_MS) discard(join(directory, entry), fs);
        else isAwaited ||= stats !== undefined && DRAFT.test(entry);
      }
    } catch {}
  }
  return isAwaited;
}
