/** What the system refused a store, in a sentence with the next step. It decides only the words. */

import { LoginError, StoreError } from '../words/errors.ts';

const CHECK_OWNER = 'Check who owns the file and its directory.';
const NO_FILE = 'It is a pipe, a socket or a device: name a file.';
const HINTS: Readonly<Record<string, string>> = {
  EACCES: CHECK_OWNER,
  EPERM: CHECK_OWNER,
  EROFS: 'The file system is read-only: choose another place with --store.',
  ENOSPC: 'The disk is full: make room and run the command again.',
  EDQUOT: 'Your share of the disk is used up: make room and run the command again.',
  EFBIG: 'A limit on the size of files was reached (ulimit -f): raise it and run the command again.',
  EMFILE: 'Too many files are open: close some and run the command again.',
  ENFILE: 'Too many files are open: close some and run the command again.',
  EISDIR: 'This is a directory: name the file itself.',
  EFTYPE: NO_FILE,
  ENXIO: NO_FILE,
  ENOTDIR: 'A part of the path is a file: check --store.',
  ELOOP: 'The symbolic links lead in a circle: repair them.',
};

/** Our own errors, and those of the caller's function, as they are. */
export function storeFailure(store: string, thrown: unknown): unknown {
  if (!isRefusal(thrown)) return thrown;
  const hint = HINTS[thrown.code] ?? 'See what the system says about this file, and run the command again.';
  return new StoreError('ERR_STORE_IO', {
    store,
    summary: `The credential store cannot be read or written (${thrown.code}): ${store}.`,
    hint: `${hint} What was stored is unchanged.`,
  });
}

/** The rename was done and the system would not confirm it: neither "stored" nor "unchanged" would be true. */
export function unconfirmed(store: string, thrown: unknown): unknown {
  if (!isRefusal(thrown)) return thrown;
  return new StoreError('ERR_STORE_IO', {
    store,
    outcome: 'unknown',
    summary: `The credential store was replaced, but the disk would not confirm that this lasts (${thrown.code}): ${store}.`,
    hint: 'Look at the state of the disk, then run the command again: what is stored now may be gone after a loss of power.',
  });
}

/** Generation B has two files: one was replaced, the other not, and the first could not be put back. */
export function halfWritten(store: string, thrown: unknown): unknown {
  if (!isRefusal(thrown)) return thrown;
  return new StoreError('ERR_STORE_IO', {
    store,
    outcome: 'unknown',
    summary: `The credential is stored, and its place in the order is not yet: the second file could not be written (${thrown.code}): ${store}.`,
    hint: 'Look at the state of the disk, then run the command again, or codex-login doctor --fix: it completes what was begun.',
  });
}

/** S-6: the file would belong to whoever writes it, and its owner would be shut out. */
export function foreignOwner(store: string, uid: number): StoreError {
  return new StoreError('ERR_STORE_IO', {
    store,
    summary: `The credential store belongs to another user (uid ${uid}), who could not read it any more once it was written here: ${store}.`,
    hint: 'Run the command as that user, or choose another place with --store. What was stored is unchanged.',
  });
}

function isRefusal(thrown: unknown): thrown is Error & { code: string } {
  return (
    thrown instanceof Error && !(thrown instanceof LoginError) && 'syscall' in thrown && 'code' in thrown
  );
}
