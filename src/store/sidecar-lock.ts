/**
 * OpenClaw's own lock: a file `<store>.lock` beside the store, made exclusively, so that OpenClaw and this tool keep out of
 * each other's way. It decides who may write; not what.
 */

import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { StoreError } from '../errors.ts';
import type { Clock } from '../ports.ts';

export interface SidecarLock {
  readonly path: string;
  /** Whether the lock is still ours: OpenClaw takes one away that it holds for stale. */
  isHeld(): boolean;
  release(): void;
}

/** OpenClaw's own figure: a lock this old belongs to nobody. */
export const STALE_AFTER_MS = 30_000;
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
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  }
  const isHeld = () => {
    // The open descriptor keeps its inode from being used again, so equal numbers mean the same file.
    const ours = fstatSync(descriptor);
    const there = statSync(path, { throwIfNoEntry: false });
    return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
  };
  const release = () => {
    if (isHeld()) rmSync(path, { force: true });
    closeSync(descriptor);
  };
  try {
    const createdAt = new Date(clock.now()).toISOString();
    writeFileSync(descriptor, JSON.stringify({ pid: ownPid(), createdAt }, null, 2));
  } catch (error) {
    release();
    throw error;
  }
  return { path, isHeld, release };
}

/** Linux gives the first pid namespace this number. */
const INITIAL_PID_NAMESPACE = 'pid:[4026531836]';

/** In a container our pid means nothing to others, and theirs nothing to us: 0 says "judge this lock by its age". */
function ownPid(): number {
  if (process.platform !== 'linux') return process.pid;
  try {
    return readlinkSync('/proc/self/ns/pid') === INITIAL_PID_NAMESPACE ? process.pid : 0;
  } catch {
    return process.pid;
  }
}

/** Removes a stale lock under a guard of its own; false where the lock is alive or somebody else is at it. */
function clearStale(path: string, clock: Clock): boolean {
  if (!isStale(path, clock, STALE_AFTER_MS)) return false;
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
    if (isStale(path, clock, STALE_AFTER_MS)) rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(guard, { force: true });
    closeSync(descriptor);
  }
}

/** OpenClaw's rule: its process is gone, or it says it is older than that, or the file is. */
function isStale(path: string, clock: Clock, staleMs: number): boolean {
  const { pid, createdAt } = readOwner(path);
  if (pid && !isAlive(pid)) return true;
  if (createdAt !== undefined) {
    const made = Date.parse(createdAt);
    if (!Number.isFinite(made) || clock.now() - made > staleMs) return true;
  }
  return ageOf(path, clock) > staleMs;
}

function readOwner(path: string): { pid?: number; createdAt?: string } {
  try {
    const { pid, createdAt } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    return typeof pid === 'number' && typeof createdAt === 'string' ? { pid, createdAt } : {};
  } catch {
    return {};
  }
}

/** Infinite for a file that is gone. A lock directory, the habit of other libraries, is nobody's to remove: never stale. */
function ageOf(path: string, clock: Clock): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return 0;
  return stats === undefined ? Number.POSITIVE_INFINITY : clock.now() - stats.mtimeMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
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
