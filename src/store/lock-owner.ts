/**
 * Whose a lock file is, and whether anybody stands behind it still: OpenClaw's rule. It reads; `sidecar-lock` acts.
 */

import { readFileSync, readlinkSync, statSync } from 'node:fs';

import type { Clock } from '../ports.ts';

/** OpenClaw's own figure: a lock this old belongs to nobody. */
export const STALE_AFTER_MS = 30_000;

/** Linux gives the first pid namespace this number. */
const INITIAL_PID_NAMESPACE = 'pid:[4026531836]';

/** In a container our pid means nothing to others, and theirs nothing to us: 0 says "judge this lock by its age". */
export function ownPid(): number {
  if (process.platform !== 'linux') return process.pid;
  try {
    return readlinkSync('/proc/self/ns/pid') === INITIAL_PID_NAMESPACE ? process.pid : 0;
  } catch {
    return process.pid;
  }
}

/** OpenClaw's rule: its process is gone, or it says it is older than that, or the file is. */
export function isStale(path: string, clock: Clock): boolean {
  const { pid, createdAt } = readOwner(path);
  if (pid && !isAlive(pid)) return true;
  if (createdAt !== undefined) {
    const made = Date.parse(createdAt);
    if (!Number.isFinite(made) || clock.now() - made > STALE_AFTER_MS) return true;
  }
  return ageOf(path, clock) > STALE_AFTER_MS;
}

/** What the lock says of its holder; nothing where it has no valid body. */
export function readOwner(path: string): { pid?: number; createdAt?: string } {
  try {
    const { pid, createdAt } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    return typeof pid === 'number' && typeof createdAt === 'string' ? { pid, createdAt } : {};
  } catch {
    return {};
  }
}

/** Infinite for a file that is gone. A lock directory, the habit of other libraries, is nobody's to remove: never stale. */
export function ageOf(path: string, clock: Clock): number {
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

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
