/**
 * OpenClaw's own lock: a file `<store>.lock` beside the store, made exclusively, so that OpenClaw and this tool keep out of
 * each other's way. It decides who may write; not what.
 */

import { basename, dirname, join, resolve } from 'node:path';

import { StoreError } from '../../words/errors.ts';
import type { Clock } from '../../words/ports.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { clearStale, createDraft, discardDraft, type SidecarLock, tryTake } from './lock-file.ts';
import { inspectLock, type LockSight, markOf, STALE_AFTER_MS } from './lock-owner.ts';

export type { SidecarLock } from './lock-file.ts';

/** Longer than a stale lock lives, so that a crashed writer never stops a login. */
const LONGEST_WAIT_MS = 40_000;
/** Nobody is told of a wait that nobody notices. */
const TELL_AFTER_MS = 1_000;

/**
 * Takes the lock of a store, waiting for whoever has it. A stale one (its process gone, or older than `staleAfterMs`: 30 s) is taken over; so is
 * one that was seen unchanged for that long, whatever the clock did meanwhile. The wait is counted in sleep, not by the clock.
 * @param storePath the store's file; its directory exists
 * @throws StoreError `ERR_STORE_LOCKED` when the wait is over or would be in vain; what `signal` was aborted with
 */
export async function takeSidecarLock(
  storePath: string,
  {
    clock,
    signal,
    waitMs = LONGEST_WAIT_MS,
    staleAfterMs = STALE_AFTER_MS,
    onWaiting,
    fileSystem: fs = nodeFileSystem,
  }: {
    clock: Clock;
    signal?: AbortSignal | undefined;
    waitMs?: number | undefined;
    staleAfterMs?: number | undefined;
    onWaiting?: ((reason: string) => void) | undefined;
    fileSystem?: FileSystem | undefined;
  },
): Promise<SidecarLock> {
  const path = lockPathOf(storePath, fs);
  signal?.throwIfAborted();
  const draft = createDraft(path, fs);
  let lock: SidecarLock | undefined;
  let waitedMs = 0;
  let told = false;
  let seen = '';
  let first: { identity: string; atMs: number } | undefined;
  try {
    for (let attempt = 0; ; attempt += 1) {
      const mark = markOf(path, fs);
      if (mark === undefined) lock = tryTake(path, draft, clock, fs);
      if (lock) return lock;
      // Who looks again and finds another lock has seen that they come and go: only one that stays is looked at more closely.
      const found = attempt === 0 || mark === seen ? inspectLock(path, clock, fs, staleAfterMs) : undefined;
      seen = mark ?? '';
      if (found) {
        if (found.isDirectory) throw directoryError(storePath, path);
        if (first?.identity !== found.identity) first = { identity: found.identity, atMs: waitedMs };
        const isOld = found.isStale || waitedMs - first.atMs > staleAfterMs;
        if (isOld && clearStale(path, found, clock, fs)) continue;
      }
      if (waitedMs >= waitMs) throw lockedError(storePath, path, inspectLock(path, clock, fs));
      if (!told && waitedMs >= TELL_AFTER_MS) {
        told = true;
        onWaiting?.(`the credential store is locked by ${holderOf(inspectLock(path, clock, fs))}: ${path}`);
      }
      const pauseMs = pauseAfter(attempt);
      await clock.sleep(pauseMs, signal);
      waitedMs += pauseMs;
      signal?.throwIfAborted();
    }
  } finally {
    discardDraft(draft, lock, fs);
  }
}

/**
 * Short, as a lock is held for a millisecond; longer with every attempt, so that many who wait leave the processor to the one who
 * works; jittered, so that they do not come back in step. Never much longer than who has just come: nobody is overtaken for ever.
 */
export function pauseAfter(attempt: number): number {
  return Math.min(5 * 1.2 ** attempt, 40) * (0.5 + Math.random());
}

/** `<real directory>/<file>.lock`: two ways to one directory meet in one lock. */
export function lockPathOf(storePath: string, fs: FileSystem = nodeFileSystem): string {
  const absolute = resolve(storePath);
  return `${join(fs.realpathSync(dirname(absolute)), basename(absolute))}.lock`;
}

/** Neither OpenClaw nor this tool ever makes one, and OpenClaw can never get past it. */
export function directoryError(store: string, path: string): StoreError {
  return new StoreError('ERR_STORE_LOCKED', {
    store,
    summary: `A directory stands where the lock of the credential store belongs, as some other programs make it: ${path}.`,
    hint: 'Nobody but its maker may remove it, and OpenClaw waits for it in vain: end what made it, or remove the empty directory (rmdir), and run the command again. The store is unchanged.',
  });
}

function holderOf(found: LockSight | undefined): string {
  return found?.pid ? `process ${found.pid}` : 'another process';
}

function lockedError(store: string, path: string, found: LockSight | undefined): StoreError {
  const since = found && found.ageMs > 0 ? ` (since ${Math.round(found.ageMs / 1000)} s)` : '';
  return new StoreError('ERR_STORE_LOCKED', {
    store,
    summary: `The credential store is locked by ${holderOf(found)}${since}: ${path}.`,
    hint: 'Wait until it has finished, or end it, and run the command again. The store is unchanged.',
  });
}
