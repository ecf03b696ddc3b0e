/**
 * Whose a lock file is, and whether anybody stands behind it still: OpenClaw's rule. It reads; `sidecar-lock` acts.
 */

import { readFileSync, readlinkSync } from 'node:fs';

import type { Clock } from '../../words/ports.ts';
import { codeOf, type FileSystem } from './file-system.ts';
import { readRegularFile } from './regular-file.ts';

/** OpenClaw's own figure: a lock this old belongs to nobody. */
export const STALE_AFTER_MS = 30_000;

/** Linux gives the first pid namespace this number. */
const INITIAL_PID_NAMESPACE = 'pid:[4026531836]';

/** A lock as it was found. */
export interface LockSight {
  /** Equal for the same lock; another holder's, or one that was renewed, differs. */
  readonly identity: string;
  /** The habit of other libraries: nobody's to remove. */
  readonly isDirectory: boolean;
  /** The holder as it names itself. */
  readonly pid: number | undefined;
  readonly ageMs: number;
  /** OpenClaw's rule: its process is gone, or it says it is older than 30 s, or the file is. */
  readonly isStale: boolean;
}

/** In a container our pid means nothing to others, and theirs nothing to us: 0 says "judge this lock by its age". */
export function ownPid(): number {
  ownPidOnce ??= findOwnPid();
  return ownPidOnce;
}
let ownPidOnce: number | undefined;

function findOwnPid(): number {
  if (process.platform !== 'linux') return process.pid;
  try {
    return readlinkSync('/proc/self/ns/pid') === INITIAL_PID_NAMESPACE ? process.pid : 0;
  } catch {
    return process.pid;
  }
}

/** One cheap look: equal for as long as the same lock is there, undefined where there is none. */
export function markOf(path: string, fs: FileSystem): string | undefined {
  const stats = fs.lstatSync(path, { throwIfNoEntry: false });
  return stats && `${stats.ino} ${stats.mtimeMs}`;
}

/** Undefined where there is no lock (any more). @param staleAfterMs how old a lock of this kind gets before it is nobody's */
export function inspectLock(
  path: string,
  clock: Clock,
  fs: FileSystem,
  staleAfterMs: number = STALE_AFTER_MS,
): LockSight | undefined {
  const stats = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const body = stats.isFile() ? readBody(path, fs) : '';
  const { pid, createdAt } = ownerIn(body);
  const ageMs = clock.now() - stats.mtimeMs;
  const made = createdAt === undefined ? undefined : Date.parse(createdAt);
  const saysOld = made !== undefined && (!Number.isFinite(made) || clock.now() - made > staleAfterMs);
  const isDirectory = stats.isDirectory();
  return {
    identity: [stats.dev, stats.ino, stats.mtimeMs, body].join(' '),
    isDirectory,
    pid,
    ageMs,
    isStale:
      !isDirectory && ((pid !== undefined && pid !== 0 && !isAlive(pid)) || saysOld || ageMs > staleAfterMs),
  };
}

function readBody(path: string, fs: FileSystem): string {
  try {
    return readRegularFile(path, fs)?.bytes.toString('utf8') ?? '';
  } catch {
    return '';
  }
}

/** What the lock says of its holder; nothing where it has no valid body. */
function ownerIn(body: string): { pid?: number; createdAt?: string } {
  try {
    const { pid, createdAt } = JSON.parse(body) as Record<string, unknown>;
    return typeof pid === 'number' && typeof createdAt === 'string' ? { pid, createdAt } : {};
  } catch {
    return {};
  }
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
