/**
 * The credential store in a file of OpenClaw's form. A commit is: lock, read again, edit, check, replace in one rename, unlock.
 * It decides nothing about what is edited, nor which generation of OpenClaw reads the file.
 */

import { dirname, resolve } from 'node:path';
import { systemClock } from '../../system.ts';
import { StoreError } from '../../words/errors.ts';
import type { Clock } from '../../words/ports.ts';
import { assertChanges } from '../changes.ts';
import type { CommitOptions, ProfileStore } from '../profile-store.ts';
import { storeFailure } from '../store-failure.ts';
import { makeDirectory } from './atomic-write.ts';
import { underLocks, whileRenewed } from './exclusion.ts';
import { codeOf, type FileSystem, nodeFileSystem } from './file-system.ts';
import { pauseAfter, type SidecarLock, takeSidecarLock } from './sidecar-lock.ts';
import { storeFiles } from './store-files.ts';
import { assertWritable } from './writable.ts';

/** What a store in a file may be told. A path alone will do. */
export interface FileStoreOptions {
  clock?: Clock | undefined;
  /** What the store says of itself: A to D for OpenClaw's own, `file` (default) for any other. */
  generation?: string | undefined;
  /** The main agent's store, whose profiles this one's order may name. */
  inherits?: string | undefined;
  /** Generation B: the file beside it whose word on order, lastGood and usage counts first (`auth-state.json`). */
  statePath?: string | undefined;
  /** How long to wait for the lock, in milliseconds. Default: 40,000. */
  lockWaitMs?: number | undefined;
  /** Another lock that OpenClaw takes before this store's when it refreshes a profile: what it locks, and when it is stale. */
  refreshLock?:
    | ((profile: { provider: string; profileId: string }) => { path: string; staleAfterMs: number })
    | undefined;
  /** For tests that record, fail or stop. */
  fileSystem?: FileSystem | undefined;
}

/** As long as who has waited for so many attempts. */
const STEP_ASIDE = 6;

/** How often a commit starts over when somebody took its lock away, or wrote without one, in the middle. */
const MOST_ATTEMPTS = 5;

/**
 * A store in a file of OpenClaw's form, mode 0600: commits replace it whole, under OpenClaw's own lock (`<path>.lock`).
 * @param path the file; it and its directory are made at the first commit
 */
export function openFileStore(path: string, options: FileStoreOptions = {}): ProfileStore {
  const { clock = systemClock, generation = 'file', inherits, statePath, lockWaitMs } = options;
  const fs = options.fileSystem ?? nodeFileSystem;
  const location = resolve(path);
  const files = storeFiles(location, { statePath, fs });
  /** Others waited for the lock when the last commit was done. */
  let isAwaited = false;

  const commitUnder = async <T>(
    lock: SidecarLock,
    fn: Parameters<typeof store.commit<T>>[0],
    whileLocked: CommitOptions['whileLocked'],
  ): Promise<{ done: T } | 'overtaken'> => {
    files.complete(lock.isHeld);
    const before = files.load();
    const decision = fn(before.state, { now: clock.now() });
    if (!decision.write) return { done: decision.result };
    assertChanges(
      before.state,
      decision.next,
      inherits === undefined ? undefined : storeFiles(inherits, { fs }).load().state,
    );
    // Whoever was stopped for longer than a lock lives, and whoever writes without one, is noticed as late as can be.
    if (files.save(decision.next, before, lock.isHeld) === 'overtaken') return 'overtaken';
    // Now, and not earlier: to list a directory marks it as read, and the fsync would have to write that, too.
    isAwaited = files.clear(clock.now());
    if (whileLocked) await whileRenewed(lock, clock, whileLocked);
    return { done: decision.result };
  };

  /** A commit under a lock that is held for longer; where it was let go or taken away by now, one of its own. */
  const commitHolding = async <T>(
    held: () => SidecarLock | undefined,
    fn: Parameters<typeof store.commit<T>>[0],
    options: CommitOptions | undefined,
  ): Promise<T> => {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const lock = held();
      if (!lock?.isHeld()) return store.commit(fn, options);
      try {
        const outcome = await commitUnder(lock, fn, options?.whileLocked);
        if (outcome !== 'overtaken') return outcome.done;
      } catch (thrown) {
        throw storeFailure(location, thrown);
      }
    }
    throw neverLeftAlone(location);
  };

  const store: ProfileStore = {
    info: { kind: 'file', location, generation, scope: 'host', durable: true },
    async read() {
      const loaded = guarded(location, files.load);
      return {
        state: loaded.state,
        get version() {
          return loaded.version;
        },
        now: clock.now(),
      };
    },
    async probe() {
      guarded(location, () => assertWritable(location, fs));
    },
    async commit(fn, { signal, onWaiting, whileLocked } = {}) {
      // Who comes back at once finds the lock free while the others sleep: once each.
      if (isAwaited) await clock.sleep(pauseAfter(STEP_ASIDE), signal);
      isAwaited = false;
      for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
        try {
          const lock = await lockInDirectory(location, {
            clock,
            signal,
            onWaiting,
            waitMs: lockWaitMs,
            fileSystem: fs,
          });
          try {
            signal?.throwIfAborted();
            const outcome = await commitUnder(lock, fn, whileLocked);
            if (outcome !== 'overtaken') return outcome.done;
          } finally {
            lock.release();
          }
        } catch (thrown) {
          throw signal?.aborted ? thrown : storeFailure(location, thrown);
        }
      }
      throw neverLeftAlone(location);
    },
    async exclusively(profile, use, { signal, onWaiting } = {}) {
      const taker = (path: string, limits: { waitMs?: number | undefined; staleAfterMs?: number }) => () =>
        lockInDirectory(path, { clock, signal, onWaiting, fileSystem: fs, ...limits }).catch((thrown) => {
          throw signal?.aborted ? thrown : storeFailure(location, thrown);
        });
      const other = options.refreshLock?.(profile);
      const takers = [
        ...(other === undefined
          ? []
          : [taker(other.path, { staleAfterMs: other.staleAfterMs, waitMs: other.staleAfterMs })]),
        taker(location, { waitMs: lockWaitMs }),
      ];
      return underLocks(
        takers,
        (held) =>
          use({
            commit: (fn, more) => commitHolding(held, fn, more),
          }),
        clock,
      );
    },
    async close() {},
  };
  return store;
}

function neverLeftAlone(location: string): StoreError {
  return new StoreError('ERR_STORE_LOCKED', {
    store: location,
    summary: `Another program keeps writing to the credential store, or taking its lock away: ${location}.`,
    hint: 'End what else writes to it and run the command again. The store is unchanged.',
  });
}

/** Makes the directory only where there is none: most commits find it. So it is tried once more, too, when a lock's draft was collected. */
async function lockInDirectory(
  location: string,
  options: Parameters<typeof takeSidecarLock>[1] & { fileSystem: FileSystem },
): Promise<SidecarLock> {
  try {
    return await takeSidecarLock(location, options);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    makeDirectory(dirname(location), options.fileSystem);
    return takeSidecarLock(location, options);
  }
}

function guarded<T>(location: string, action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    throw storeFailure(location, thrown);
  }
}
