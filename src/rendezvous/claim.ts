/**
 * Who is first, decided by the file system: one rename, which exactly one of any number of processes gets through with.
 *
 * A login listens on a socket in a directory of its own, and then renames that directory to the name of its target. A rename
 * replaces an empty directory and no other, so that it succeeds for one process only; and whoever is found there listens
 * already. The socket of a dead process is removed by its own random name, which no living one ever bears: a process that
 * slept between its look and its deed can remove nothing but what it looked at.
 */

import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

import { codeOf } from './meeting-directory.ts';

/** A socket's place before it is published. */
export interface Workshop {
  /** What to listen on. */
  readonly socket: string;
  /** Publishes the socket under its target's name; false where somebody else is there. */
  publish(): boolean;
  /** Removes the socket, published or not, and nothing that is another's. */
  remove(): void;
}

const WORKSHOP_PREFIX = '~';
/** A workshop is published within milliseconds: one of this age belongs to a process that was killed in them. */
const ABANDONED_MS = 60_000;

/** @param meeting the directory's path and, in it, the target's name */
export function openWorkshop(directory: string, name: string): Workshop {
  const workshop = join(directory, `${WORKSHOP_PREFIX}${randomBytes(6).toString('hex')}`);
  const socket = randomBytes(4).toString('hex');
  const meeting = join(directory, name);
  mkdirSync(workshop, { mode: 0o700 });
  let published = false;
  return {
    socket: join(workshop, socket),
    publish() {
      try {
        renameSync(workshop, meeting);
        published = true;
      } catch (error) {
        if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
      }
      return published;
    },
    remove() {
      removeSocket(published ? meeting : workshop, socket);
    },
  };
}

/** The sockets under the target's name: one, or none. */
export function socketsAt(directory: string, name: string): string[] {
  try {
    return readdirSync(join(directory, name));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Removes this very socket, and its directory if nothing else is in it. */
export function removeSocket(meeting: string, socket: string): void {
  quietly(() => unlinkSync(join(meeting, socket)));
  quietly(() => rmdirSync(meeting));
}

/** Workshops of processes that were killed in them. */
export function removeAbandoned(directory: string, now: number): void {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(WORKSHOP_PREFIX)) continue;
    const path = join(directory, name);
    const made = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - made > ABANDONED_MS) quietly(() => rmSync(path, { recursive: true, force: true }));
  }
}

/** What is gone already, or another's by now, is no matter. */
function quietly(remove: () => void): void {
  try {
    remove();
  } catch {}
}
