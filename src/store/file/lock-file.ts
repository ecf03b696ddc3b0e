/**
 * The lock as a file: made with its body in one step, known again by its inode, removed only by its holder or, when it is
 * stale, by exactly one of those who wait. When to try, and for how long, `sidecar-lock` decides.
 */

import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';

import type { Clock } from '../../words/ports.ts';
import { closeQuietly, codeOf, discard, type FileSystem, writeAll } from './file-system.ts';
import { inspectLock, type LockSight, ownPid } from './lock-owner.ts';

export interface SidecarLock {
  readonly path: string;
  readonly descriptor: number;
  /** Whether the lock is still ours: OpenClaw takes one away that it holds for stale. */
  isHeld(): boolean;
  /** Says anew when it was made, for whoever judges it by its age; nothing where it is not ours any more. */
  renew(): void;
  /** Never throws: the commit is done by then, and a lock that stays goes stale. */
  release(): void;
}

/** Two processes never judge a lock stale at once: who holds the guard looks again. */
const GUARD_STALE_AFTER_MS = 10_000;

/** A lock that is not in its place yet. It lies beside the store for as long as its maker waits: a sign for who has the lock. */
export interface LockDraft {
  readonly path: string;
  readonly descriptor: number;
}

export function createDraft(path: string, fs: FileSystem): LockDraft {
  const draft = `${path}.${randomUUID()}.tmp`;
  return { path: draft, descriptor: fs.openSync(draft, 'wx', 0o600) };
}

/**
 * Puts the draft in the lock's place with its body in it, in one step, by a link: whoever is killed in between leaves no lock
 * without an owner, which everybody would have to sit out for 30 s. Undefined where somebody has the lock.
 */
export function tryTake(
  path: string,
  draft: LockDraft,
  clock: Clock,
  fs: FileSystem,
): SidecarLock | undefined {
  // Always of the same length: what was there before is overwritten to its end.
  const body = bodyBy(clock);
  writeAll(draft.descriptor, body, fs, 0);
  try {
    fs.linkSync(draft.path, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    // Some file systems know no links.
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error) ?? ''))
      return createPlainly(path, clock, fs);
    throw error;
  }
  discard(draft.path, fs);
  return heldBy(draft.descriptor, path, clock, fs);
}

function bodyBy(clock: Clock): string {
  return JSON.stringify({ pid: ownPid(), createdAt: new Date(clock.now()).toISOString() }, null, 2);
}

function createPlainly(path: string, clock: Clock, fs: FileSystem): SidecarLock | undefined {
  let descriptor: number;
  try {
    descriptor = fs.openSync(path, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  }
  try {
    writeAll(descriptor, bodyBy(clock), fs);
    return heldBy(descriptor, path, clock, fs);
  } catch (error) {
    discard(path, fs);
    closeQuietly(descriptor, fs);
    throw error;
  }
}

/** The open descriptor keeps its inode from being used again, so equal numbers mean the same file. */
function heldBy(descriptor: number, path: string, clock: Clock, fs: FileSystem): SidecarLock {
  let ours: Stats;
  try {
    ours = fs.fstatSync(descriptor);
  } catch (error) {
    discard(path, fs);
    throw error;
  }
  const isHeld = () => {
    const there = fs.statSync(path, { throwIfNoEntry: false });
    return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
  };
  return {
    path,
    descriptor,
    isHeld,
    renew() {
      try {
        if (isHeld()) writeAll(descriptor, bodyBy(clock), fs, 0);
      } catch {}
    },
    release() {
      try {
        if (isHeld()) discard(path, fs);
      } catch {}
      closeQuietly(descriptor, fs);
    },
  };
}

/** Gives up the draft: of a lock that was taken nothing is left of it but the lock itself. */
export function discardDraft(draft: LockDraft, lock: SidecarLock | undefined, fs: FileSystem): void {
  if (lock?.descriptor === draft.descriptor) return;
  discard(draft.path, fs);
  closeQuietly(draft.descriptor, fs);
}

/**
 * Removes the lock that was found stale, under a guard of its own, if it is still that one. Whether it is worth trying to take the
 * lock at once: false where it is another one by now, or somebody else is at it.
 */
export function clearStale(path: string, found: LockSight, clock: Clock, fs: FileSystem): boolean {
  const guard = `${path}.takeover`;
  let descriptor: number;
  try {
    descriptor = fs.openSync(guard, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return clearStaleGuard(guard, clock, fs);
  }
  try {
    // Looked at again: whoever had the guard before may have taken the lock over, and be alive.
    if (inspectLock(path, clock, fs)?.identity !== found.identity) return false;
    return remove(path, fs);
  } finally {
    discard(guard, fs);
    closeQuietly(descriptor, fs);
  }
}

function clearStaleGuard(guard: string, clock: Clock, fs: FileSystem): boolean {
  const stats = fs.lstatSync(guard, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  return Math.abs(clock.now() - stats.mtimeMs) > GUARD_STALE_AFTER_MS && remove(guard, fs);
}

/** True also where it went by itself: its holder lives after all, and has just released it. */
function remove(path: string, fs: FileSystem): boolean {
  try {
    fs.unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  return true;
}
