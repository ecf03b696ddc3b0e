/**
 * The credential store in a file of OpenClaw's form. A commit is: lock, read again, edit, check, replace in one rename, unlock.
 * It decides nothing about what is edited, nor which generation of OpenClaw reads the file.
 */

import { dirname, resolve } from 'node:path';

import { LoginError, StoreError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { systemClock } from '../system.ts';
import { type FileSystem, makeDirectory, removeAbandoned } from './atomic-write.ts';
import type { CommitOptions, ProfileStore } from './profile-store.ts';
import { type SidecarLock, takeSidecarLock } from './sidecar-lock.ts';
import { storeFiles } from './store-files.ts';

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
  /** For tests that record or fail. */
  fileSystem?: FileSystem | undefined;
}

/** How often a commit starts over when somebody took its lock away in the middle. */
const MOST_ATTEMPTS = 5;

/** @param path the file; it and its directory are made at the first commit */
export function openFileStore(path: string, options: FileStoreOptions = {}): ProfileStore {
  const { clock = systemClock, generation = 'file', inherits, lockWaitMs, fileSystem } = options;
  const location = resolve(path);
  const files = storeFiles(location, options);

  const commitUnder = async <T>(
    lock: SidecarLock,
    fn: Parameters<typeof store.commit<T>>[0],
    whileLocked: CommitOptions['whileLocked'],
  ): Promise<{ done: T } | 'lock lost'> => {
    files.complete();
    const loaded = files.load();
    const decision = fn(loaded.state, { now: clock.now() });
    if (!decision.write) return { done: decision.result };
    const { assertChanges } = await import('./schema.ts');
    assertChanges(
      loaded.state,
      decision.next,
      inherits === undefined ? undefined : storeFiles(inherits).load().state,
    );
    removeAbandoned(location, clock.now(), fileSystem);
    if (!lock.isHeld()) return 'lock lost';
    files.save(decision.next, loaded);
    await whileLocked?.();
    return { done: decision.result };
  };

  const store: ProfileStore = {
    info: { kind: 'file', location, generation, scope: 'host', durable: true },
    async read() {
      const { state, version } = guarded(location, files.load);
      return { state, version, now: clock.now() };
    },
    async commit(fn, { signal, whileLocked } = {}) {
      // zod takes a while to load: not while others wait for the lock.
      await import('./schema.ts');
      guarded(location, () => makeDirectory(dirname(location), fileSystem));
      for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
        try {
          const lock = await takeSidecarLock(location, { clock, signal, waitMs: lockWaitMs });
          try {
            signal?.throwIfAborted();
            const outcome = await commitUnder(lock, fn, whileLocked);
            if (outcome !== 'lock lost') return outcome.done;
          } finally {
            lock.release();
          }
        } catch (thrown) {
          throw signal?.aborted ? thrown : storeError(location, thrown);
        }
      }
      throw new StoreError('ERR_STORE_LOCKED', {
        store: location,
        summary: `Another program keeps taking the lock of the credential store away: ${location}.`,
        hint: 'End what else writes to it and run the command again. The store is unchanged.',
      });
    },
    async close() {},
  };
  return store;
}

function guarded<T>(location: string, action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    throw storeError(location, thrown);
  }
}

/** What the system refused, in a sentence; our own errors and those of the caller's function as they are. */
function storeError(store: string, thrown: unknown): unknown {
  if (thrown instanceof LoginError || !(thrown instanceof Error && 'syscall' in thrown && 'code' in thrown))
    return thrown;
  const code = String(thrown.code);
  const hints: Readonly<Record<string, string>> = {
    EACCES: 'Check who owns the file and its directory.',
    EPERM: 'Check who owns the file and its directory.',
    EROFS: 'The file system is read-only: choose another place with --store.',
    ENOSPC: 'The disk is full: make room and run the command again.',
    EISDIR: 'This is a directory: name the file itself.',
    ENOTDIR: 'A part of the path is a file: check --store.',
    ELOOP: 'The symbolic links lead in a circle: repair them.',
  };
  return new StoreError('ERR_STORE_IO', {
    store,
    summary: `The credential store cannot be read or written (${code}): ${store}.`,
    hint: `${hints[code] ?? 'See what the system says about this file, and run the command again.'} What was stored is unchanged.`,
  });
}
