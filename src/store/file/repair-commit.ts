/** A repair of a store: what was there is put aside, then every edit is made in one commit, on exactly what was put aside. */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { StoreError } from '../../words/errors.ts';
import type { EpochMs } from '../../words/ports.ts';
import { repairState, type StateFinding } from '../examination/findings.ts';
import { formatJson } from '../parse.ts';
import type { AuthProfiles, CommitOptions, ProfileStore } from '../profile-store.ts';
import { backUp } from './backup.ts';

/** A copy of a file, made before it was repaired. */
export interface Backup {
  readonly file: string;
  readonly backup: string;
}

/** How often a repair starts over when somebody writes in between. */
const MOST_ATTEMPTS = 5;

/**
 * @returns what was repaired and where the old bytes are; undefined where there was nothing to do
 * @throws StoreError: the store is as it was
 */
export async function commitRepair(
  store: ProfileStore,
  find: (state: AuthProfiles) => readonly StateFinding[],
  options: CommitOptions = {},
): Promise<{ repaired: StateFinding[]; backups: Backup[] } | undefined> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const { state, now } = await store.read();
    const { next, repaired } = repairState(state, find);
    if (repaired.length === 0) return undefined;
    const backups = keep(store, state, now);
    let written = false;
    try {
      written = await store.commit((current) => {
        const write = isDeepStrictEqual(current, state);
        return write ? { write, next, result: write } : { write, result: write };
      }, options);
      if (written) return { repaired, backups };
    } finally {
      // Nothing was changed, so the copy is of no use.
      if (!written && unchanged(store, backups))
        for (const { backup } of backups) rmSync(backup, { force: true });
    }
  }
  throw new StoreError('ERR_STORE_LOCKED', {
    store: store.info.location,
    summary: `Another program keeps writing to the credential store: ${store.info.location}.`,
    hint: 'End it and run the command again. The store is as that program left it.',
  });
}

/** The bytes of every file of the store; of a database its content as JSON, beside it. A store in memory has no place. */
function keep({ info }: ProfileStore, state: AuthProfiles, now: EpochMs): Backup[] {
  const { kind, location } = info;
  if (kind === 'memory' || !isAbsolute(location)) return [];
  try {
    return kind === 'file'
      ? filesOf(location).map((file) => ({ file, backup: backUp(file, readFileSync(file), now) }))
      : [{ file: location, backup: backUp(`${location}.json`, formatJson(state), now) }];
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
    throw new StoreError('ERR_STORE_IO', {
      store: location,
      summary: `No copy of the credential store could be made (${code}), so nothing was repaired: ${location}.`,
      hint: 'Check the disk and who owns the directory, and run the command again.',
    });
  }
}

/** The store's file, and what generation B keeps beside it. */
export function filesOf(path: string): string[] {
  const state = join(dirname(path), 'auth-state.json');
  return [path, ...(basename(path) === 'auth-profiles.json' ? [state] : [])].filter((file) =>
    existsSync(file),
  );
}

/** A commit can fail after it was written (what runs while the store is locked may throw): then the copy stays. */
function unchanged({ info }: ProfileStore, backups: readonly Backup[]): boolean {
  if (info.kind !== 'file') return false;
  return backups.every(
    ({ file, backup }) => existsSync(file) && readFileSync(file).equals(readFileSync(backup)),
  );
}
