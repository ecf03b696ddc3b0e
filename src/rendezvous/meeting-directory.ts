/**
 * The directory in which logins of one person meet: theirs alone, or none at all. Whoever can enter it is that person (or root):
 * that is what makes the channel in it an authenticated one.
 */

import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** What the system says of the person, as the story found it. */
export interface MeetingPlace {
  /** Undefined where people have no numbers: on Windows. */
  readonly uid: number | undefined;
  /** XDG_RUNTIME_DIR. */
  readonly runtimeDirectory: string | undefined;
  readonly temporaryDirectory: string;
}

/** The directory, made where it was missing; or why nobody can meet here. */
export function openMeetingDirectory(place: MeetingPlace): { path: string } | { missing: string } {
  const { uid, runtimeDirectory, temporaryDirectory } = place;
  // A named pipe can be opened for reading by everybody there, and `state` is told in it.
  if (uid === undefined) return { missing: 'this system has no socket that only you can reach' };
  const isOwn = runtimeDirectory && isAbsolute(runtimeDirectory) && isSafeParent(runtimeDirectory, uid);
  const path = isOwn ? join(runtimeDirectory, 'codex-login') : join(temporaryDirectory, `codex-login-${uid}`);
  if (!isOwn && !isSafeParent(temporaryDirectory, uid))
    return { missing: `others may rename what is in ${temporaryDirectory}` };
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'EEXIST') return { missing: `${path} cannot be made (${code})` };
  }
  return isOnlyOurs(path, uid) ? { path } : { missing: `${path} is not a directory of yours alone` };
}

/** Nobody else can put another directory in the place of ours: theirs to rename are only names in directories that they may write. */
function isSafeParent(path: string, uid: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return false;
  const isSticky = (found.mode & 0o1000) !== 0;
  return (found.uid === uid || found.uid === 0) && ((found.mode & 0o022) === 0 || isSticky);
}

/** A real directory, ours, mode 0700: looked at after it was made, whoever made it. */
function isOnlyOurs(path: string, uid: number): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === uid && (found.mode & 0o777) === 0o700;
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
