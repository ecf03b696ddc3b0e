import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, type TestContext, test } from 'vitest';

import { openFileStore } from '../../src/store/file/file-store.ts';
import { commitToFullDisk, commitWithinLimit, mountSmallDisk } from '../support/limits.mjs';
import { commitLogin } from '../support/record.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const dist = () => join(inject('installed'), 'node_modules/codex-login/dist/src/store');

/** A disk of this size for one test, or the test is skipped and says why. */
function smallDisk({ skip }: TestContext, kilobytes: number) {
  const mounted = mountSmallDisk(temporaryDirectory(), kilobytes);
  if ('missing' in mounted) return skip(mounted.missing);
  onTestFinished(() => void mounted.unmount());
  return mounted;
}

describe('a commit that meets a real limit', () => {
  test.runIf(process.platform !== 'win32').each([
    ['for the store', 64],
    ['even for its lock', 0],
  ])(
    'S-8 S-7 a limit on the size of files that is too small %s (ulimit -f %s): the old bytes, a hint, and no leftover',
    async (_, blocks) => {
      expect(await commitWithinLimit(dist(), temporaryDirectory(), blocks)).toEqual([]);
    },
  );

  test('S-8 S-7 a disk that is full: the old bytes, and no leftover', async (context) => {
    const { disk } = smallDisk(context, 160);
    expect(await commitToFullDisk(dist(), disk, rmSync)).toEqual([]);
  });

  test('a disk that is read-only is found before anybody signs in, also by root', async (context) => {
    const { disk, makeReadOnly } = smallDisk(context, 160);
    const store = openFileStore(join(disk, 'auth-profiles.json'));
    await commitLogin(store, 'me');
    makeReadOnly();
    await expect(store.read()).resolves.toBeDefined();
    await expect(store.probe?.()).rejects.toMatchObject({ message: expect.stringContaining('EROFS') });
    expect(readdirSync(disk)).toEqual(['auth-profiles.json']);
  });
});
