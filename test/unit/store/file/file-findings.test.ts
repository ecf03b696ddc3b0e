import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { findInFile } from '../../../../src/store/file/file-findings.ts';
import { repairFile } from '../../../../src/store/file/file-repairs.ts';
import { findInLock } from '../../../../src/store/file/lock-findings.ts';
import { systemClock } from '../../../../src/system.ts';
import { storeFile, temporaryDirectory } from '../../../support/temporary.ts';

const now = systemClock.now();
const look = (path: string, owned = true) => [
  ...findInFile(path, { owned, now }),
  ...findInLock(path, systemClock),
];
const ids = (path: string, owned = true) => look(path, owned).map(({ id }) => id);
const repair = (path: string) =>
  repairFile(path, look(path), {
    clock: systemClock,
    parseLoosely: async (text) => JSON.parse(text),
    mend: (state) => state,
  });
const aged = (path: string, seconds: number) => utimesSync(path, now / 1000 - seconds, now / 1000 - seconds);
const uuid = '01234567-89ab-cdef-0123-456789abcdef';

describe('the file of a store', () => {
  test('is sound when only its owner can read it', () => {
    expect(ids(storeFile({ profiles: {} }))).toEqual([]);
    expect(ids(join(temporaryDirectory(), 'not-there.json'))).toEqual([]);
    expect(ids(join(temporaryDirectory(), 'no', 'directory', 'either.json'))).toEqual([]);
  });

  test.each([0o644, 0o666, 0o400, 0o700])(
    'is told of with mode %o, and gets mode 0600 (file-mode)',
    async (mode) => {
      const path = storeFile({ profiles: {} });
      chmodSync(path, mode);
      expect(look(path)).toMatchObject([{ id: 'file-mode', subject: path, fixable: true }]);
      await repair(path);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(ids(path)).toEqual([]);
    },
  );

  test("is told of when OpenClaw's own directory is open, and the directory gets mode 0700 (directory-mode)", async () => {
    const path = storeFile({ profiles: {} });
    chmodSync(dirname(path), 0o755);
    expect(look(path)).toMatchObject([{ id: 'directory-mode', subject: dirname(path), fixable: true }]);
    await repair(path);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  test("a directory of the person's own is no fault unless others may write in it, and is never changed", () => {
    const path = storeFile({ profiles: {} });
    chmodSync(dirname(path), 0o755);
    expect(ids(path, false)).toEqual([]);
    chmodSync(dirname(path), 0o1777);
    expect(ids(path, false)).toEqual([]);
    chmodSync(dirname(path), 0o777);
    expect(look(path, false)).toMatchObject([
      { id: 'directory-mode', severity: 'warning', fixable: false, remedy: `chmod go-w ${dirname(path)}` },
    ]);
  });

  test('that belongs to somebody else is told of, with the command (file-owner)', ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root can give a file to somebody else');
    const path = storeFile({ profiles: {} });
    chownSync(path, 12_345, 12_345);
    expect(look(path)).toMatchObject([{ id: 'file-owner', fixable: false, remedy: `sudo chown 0 ${path}` }]);
  });

  test('behind a symbolic link is followed, and said to be (symlink)', () => {
    const target = storeFile({ profiles: {} });
    const path = join(temporaryDirectory(), 'auth-profiles.json');
    symlinkSync(target, path);
    expect(look(path)).toMatchObject([{ id: 'symlink', severity: 'info', fixable: false }]);
  });

  test('that a symbolic link leads to in vain is an error (symlink-dangling)', () => {
    const path = join(temporaryDirectory(), 'auth-profiles.json');
    symlinkSync(join(temporaryDirectory(), 'gone.json'), path);
    expect(look(path)).toMatchObject([{ id: 'symlink-dangling', severity: 'error' }]);
  });
});

describe('what killed writers leave', () => {
  test('is removed once it is old, and a temporary store is kept in a backup (leftovers)', async () => {
    const path = storeFile({ profiles: {} });
    const temporary = `${path}.${uuid}.tmp`;
    const draft = `${path}.lock.${uuid}.tmp`;
    writeFileSync(temporary, 'planted-refresh-of-a-lost-commit');
    const guard = `${path}.lock.takeover`;
    writeFileSync(draft, '{}');
    writeFileSync(guard, '');
    expect(ids(path)).toEqual([]);
    aged(temporary, 90);
    aged(draft, 90);
    aged(guard, 90);
    const found = look(path).map(({ id, subject }) => `${id} ${subject}`);
    expect(found.sort()).toEqual([draft, guard, temporary].map((file) => `leftovers ${file}`).sort());
    const backups = await repair(path);
    expect(backups.map(({ file }) => file)).toEqual([temporary]);
    expect(readFileSync(backups[0]?.backup ?? '', 'utf8')).toBe('planted-refresh-of-a-lost-commit');
    expect([temporary, draft, guard].filter((file) => existsSync(file))).toEqual([]);
    expect(ids(path)).toEqual([]);
  });
});

describe('the lock of a store', () => {
  const lock = (path: string, body: string) => {
    writeFileSync(`${path}.lock`, body);
    return `${path}.lock`;
  };
  const owner = (pid: number, createdAt = new Date(now).toISOString()) => JSON.stringify({ pid, createdAt });

  test('that somebody holds is told with who it is and since when (lock-held)', () => {
    const path = storeFile({ profiles: {} });
    lock(path, owner(process.pid));
    const [held] = look(path);
    expect(held).toMatchObject({ id: 'lock-held', severity: 'info', fixable: false });
    expect(held?.message).toMatch(
      process.platform === 'linux' ? new RegExp(`^Process ${process.pid} \\(.+\\) has held`) : /^Process \d+/,
    );
    expect(held?.message).toMatch(/for \d+ s\.$/);
  });

  test.each([
    ['its process is gone', owner(2 ** 22 + 1), 0],
    ['it is older than 30 s', owner(process.pid, new Date(now - 31_000).toISOString()), 31],
    ['it says nothing and is old', 'not a lock at all', 31],
  ])('that nobody stands behind is taken over: %s (lock-stale)', async (_, body, age) => {
    const path = storeFile({ profiles: {} });
    aged(lock(path, body), age);
    expect(look(path)).toMatchObject([{ id: 'lock-stale', fixable: true }]);
    await repair(path);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test('that is a directory is removed once it is old and empty, and not before (lock-directory)', async () => {
    const path = storeFile({ profiles: {} });
    mkdirSync(`${path}.lock`);
    expect(look(path)).toMatchObject([{ id: 'lock-directory', severity: 'error', fixable: false }]);
    writeFileSync(join(`${path}.lock`, 'owner'), '');
    aged(`${path}.lock`, 90);
    expect(look(path)).toMatchObject([{ id: 'lock-directory', fixable: false }]);
    const empty = storeFile({ profiles: {} });
    mkdirSync(`${empty}.lock`);
    aged(`${empty}.lock`, 90);
    expect(look(empty)).toMatchObject([{ id: 'lock-directory', fixable: true }]);
    await repair(empty);
    expect(existsSync(`${empty}.lock`)).toBe(false);
    expect(basename(empty)).toBe('auth-profiles.json');
  });
});
