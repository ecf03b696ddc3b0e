/** Whose the lock of a store is, and whether anybody stands behind it still. It looks; whoever commits next takes a stale one over. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { type Finding, finding } from '../../words/findings.ts';
import type { Clock } from '../../words/ports.ts';
import { foreignText } from '../../words/redact.ts';
import { nodeFileSystem } from './file-system.ts';
import { inspectLock } from './lock-owner.ts';
import { lockPathOf } from './sidecar-lock.ts';

/** A lock directory is renewed every few seconds by whoever has it. */
const DEAD_DIRECTORY_AFTER_MS = 60_000;

export function findInLock(storePath: string, clock: Clock): Finding[] {
  if (!existsSync(dirname(storePath))) return [];
  const subject = lockPathOf(storePath);
  const lock = inspectLock(subject, clock, nodeFileSystem);
  if (lock === undefined) return [];
  const { pid, isDirectory, isStale } = lock;
  const age = Math.max(0, lock.ageMs);
  const since = `for ${Math.round(age / 1000).toLocaleString('en-US')} s`;
  if (isDirectory) {
    const fixable = age > DEAD_DIRECTORY_AFTER_MS && readdirSync(subject).length === 0;
    return [
      finding('lock-directory', {
        subject,
        message: `The lock of the store is a directory, and has been there ${since}.`,
        reason: 'That is the way of another program; OpenClaw can never take it over, and waits in vain.',
        fixable,
        ...(fixable ? {} : { remedy: 'end the program that made it, and remove the directory' }),
      }),
    ];
  }
  if (isStale)
    return [
      finding('lock-stale', {
        subject,
        message: `${holder(pid)} left the lock of the store, ${since} now.`,
        reason: 'Whoever writes next has to take it over first, and OpenClaw may wait for it.',
        fixable: true,
      }),
    ];
  return [
    finding('lock-held', {
      subject,
      message: `${holder(pid)} has held the lock of the store ${since}.`,
      reason: 'Nobody else can write meanwhile; a lock is good for 30 s.',
      remedy: 'wait until it has finished',
    }),
  ];
}

function holder(pid: number | undefined): string {
  if (!pid) return 'A process that does not say who it is';
  const command = commandOf(pid);
  return `Process ${pid}${command === undefined ? '' : ` (${command})`}`;
}

/** The program's name where the system tells it; never its arguments, which may be secret. */
function commandOf(pid: number): string | undefined {
  try {
    return foreignText(readFileSync(`/proc/${pid}/comm`, 'utf8'), 40) || undefined;
  } catch {
    return undefined;
  }
}
