/**
 * OpenClaw's own lock: a file `<store>.lock` beside the store, made exclusively, so that OpenClaw and this tool keep out of
 * each other's way. It decides who may write; not what.
 */

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  linkSync,
  openSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { StoreError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { ageOf, isStale, ownPid, readOwner } from './lock-owner.ts';

export interface SidecarLock {
  readonly path: string;
  /** Whether the lock is still ours: OpenClaw takes one away that it holds for stale. */
  isHeld(): boolean;
  release(): void;
}

/** Longer than a stale lock lives, so that a crashed writer never stops a login. */
const LONGEST_WAIT_MS = 40_000;
/** Two processes never judge a lock stale at once: who holds the guard looks again. */
const GUARD_STALE_AFTER_MS = 10_000;

/**
 * Takes the lock of a store, waiting for whoever has it. A stale one (its process gone, or older than 30 s) is taken over.
 * @param storePath the store's file; its directory exists
 * @throws StoreError `ERR_STORE_LOCKED` when the wait is over; what `signal` was aborted with
 */
export async function takeSidecarLock(
  storePath: string,
  {
    clock,
    signal,
    waitMs = LONGEST_WAIT_MS,
  }: { clock: Clock; signal?: AbortSignal | undefined; waitMs?: number | undefined },
): Promise<SidecarLock> {
  const path = lockPathOf(storePath);
  const giveUpAt = clock.now() + waitMs;
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    const lock = tryTake(path, clock);
    if (lock) return lock;
    if (clearStale(path, clock)) continue;
    if (clock.now() >= giveUpAt) throw lockedError(storePath, path, clock);
    // Jitter, so that many writers do not come back in step.
    await clock.sleep(Math.min(10 * 1.5 ** Math.min(attempt, 8), 200) * (0.5 + Math.random()), signal);
  }
}

/** `<real directory>/<file>.lock`: two ways to one directory meet in one lock. */
export function lockPathOf(storePath: string): string {
  const absolute = resolve(storePath);
  return `${join(realpathSync(dirname(absolute)), basename(absolute))}.lock`;
}

function tryTake(path: string, clock: Clock): SidecarLock | undefined {
  const descriptor = create(
    path,
    JSON.stringify({ pid: ownPid(), createdAt: new Date(clock.now()).toISOString() }, null, 2),
  );
  if (descriptor === undefined) return undefined;
  const isHeld = () => {
    // The open descriptor keeps its inode from being used again, so equal numbers mean the same file.
    const ours = fstatSync(descriptor);
    const there = statSync(path, { throwIfNoEntry: false });
    return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
  };
  return {
    path,
    isHeld,
    release() {
      if (isHeld()) rmSync(path, { force: true });
      closeSync(descriptor);
    },
  };
}

/**
 * Makes the lock with its body in one step, by a link: whoever is killed in between leaves no lock without an owner, which
 * everybody would have to sit out for 30 s. Undefined where there is a lock already.
 */
function create(path: string, body: string): number | undefined {
  if (statSync(path, { throwIfNoEntry: false })) return undefined;
  const draft = `${path}.${randomUUID()}.tmp`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(descriptor, body);
    linkSync(draft, path);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    if (codeOf(error) === 'EEXIST') return undefined;
    // Some file systems know no links.
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error) ?? ''))
      return createPlainly(path, body);
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function createPlainly(path: string, body: string): number | undefined {
  try {
    const descriptor = openSync(path, 'wx', 0o600);
    writeFileSync(descriptor, body);
    return descriptor;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  }
}

/** Removes a stale lock under a guard of its own; false where the lock is alive or somebody else is at it. */
function clearStale(path: string, clock: Clock): boolean {
  if (!isStale(path, clock)) return false;
  const guard = `${path}.takeover`;
  let descriptor: number;
  try {
    descriptor = openSync(guard, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    if (ageOf(guard, clock) > GUARD_STALE_AFTER_MS) rmSync(guard, { force: true });
    return false;
  }
  try {
    // Looked at again: whoever had the guard before may have taken the lock over, and be alive.
    if (isStale(path, clock)) rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(guard, { force: true });
    closeSync(descriptor);
  }
}

function lockedError(store: string, path: string, clock: Clock): StoreError {
  const { pid } = readOwner(path);
  const age = ageOf(path, clock);
  const who = pid ? `process ${pid}` : 'another process';
  const since = Number.isFinite(age) && age > 0 ? ` (since ${Math.round(age / 1000)} s)` : '';
  return new StoreError('ERR_STORE_LOCKED', {
    store,
    summary: `The credential store is locked by ${who}${since}: ${path}.`,
    hint: 'Wait until it has finished, or end it, and run the command again. The store is unchanged.',
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
