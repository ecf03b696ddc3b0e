import { type PathLike, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { recordLogin } from '../../src/store/edits/login.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { type FileSystem, nodeFileSystem } from '../../src/store/file/file-system.ts';
import type { AuthProfiles } from '../../src/store/profile-store.ts';
import { storeFile } from '../support/temporary.ts';

const p = 'openai-codex';
const mine = `${p}:me@example.com`;
const profile = {
  type: 'oauth' as const,
  provider: p,
  access: 'new',
  refresh: 'r',
  expires: 1_900_000_000_000,
};
const old = { [`${p}:old`]: { ...profile, access: 'old' } };
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** A store of generation B whose state file has a word of its own. */
function twoFiles(fileSystem?: FileSystem) {
  const path = storeFile({ version: 1, profiles: old });
  const statePath = join(dirname(path), 'auth-state.json');
  writeFileSync(
    statePath,
    JSON.stringify({
      version: 1,
      order: { [p]: [`${p}:old`], google: ['g'] },
      lastGood: { [p]: `${p}:old` },
      usageStats: { [mine]: { cooldownUntil: 9e12 } },
    }),
    { mode: 0o600 },
  );
  return { path, statePath, store: openFileStore(path, { statePath, generation: 'B', fileSystem }) };
}
const signIn = (state: AuthProfiles) => ({
  write: true as const,
  ...recordLogin(state, {
    provider: p,
    preferredProfileId: mine,
    profile,
    isSameAccount: () => 'other',
    routableBefore: [],
  }),
});

/** Refuses these renames, counted from 1. */
function refusingRenames(...refused: number[]): FileSystem {
  let renames = 0;
  return {
    ...nodeFileSystem,
    renameSync(from: PathLike, to: PathLike) {
      renames += 1;
      if (refused.includes(renames))
        throw Object.assign(new Error('refused'), { code: 'ENOSPC', syscall: 'rename' });
      nodeFileSystem.renameSync(from, to);
    },
  };
}

describe('a store in two files (generation B)', () => {
  test('is written so that the state file says it too, with the cooldown cleared and the rest of it kept', async () => {
    const { path, statePath, store } = twoFiles();
    expect(await store.commit(signIn)).toMatchObject({ order: [mine, `${p}:old`] });
    expect(read(path)).toMatchObject({ profiles: { ...old, [mine]: profile } });
    expect(read(statePath)).toEqual({
      version: 1,
      order: { [p]: [mine, `${p}:old`], google: ['g'] },
      lastGood: { [p]: mine },
      usageStats: { [mine]: {} },
    });
    expect((statSync(statePath).mode & 0o777).toString(8)).toBe('600');
    expect((await store.read()).state).toMatchObject({ order: { [p]: [mine, `${p}:old`] } });
  });

  test.each([1, 2])(
    'S-2 S-8 refused at rename %i it has the bytes that it had, in both files',
    async (rename) => {
      const { path, statePath, store } = twoFiles(refusingRenames(rename));
      const before = [path, statePath].map((file) => readFileSync(file, 'utf8'));
      await expect(store.commit(signIn)).rejects.toMatchObject({
        code: 'ERR_STORE_IO',
        outcome: 'unchanged',
      });
      expect([path, statePath].map((file) => readFileSync(file, 'utf8'))).toEqual(before);
    },
  );

  test('S-8 cut off between the two renames it says so, is read as OpenClaw reads it, and the next commit completes it', async () => {
    const { path, statePath, store } = twoFiles(refusingRenames(2, 3));
    await expect(store.commit(signIn)).rejects.toMatchObject({ code: 'ERR_STORE_IO', outcome: 'unknown' });
    const again = openFileStore(path, { statePath });
    // The old order still counts for OpenClaw, and nothing here says otherwise.
    expect((await again.read()).state.order).toMatchObject({ [p]: [`${p}:old`] });
    await again.commit((state) => {
      expect(state.order).toMatchObject({ [p]: [mine, `${p}:old`], google: ['g'] });
      return { write: false, result: undefined };
    });
    expect(read(statePath)).toMatchObject({ order: { [p]: [mine, `${p}:old`] }, lastGood: { [p]: mine } });
  });

  test('what was cut off is not completed over a state file that somebody wrote since', async () => {
    const { path, statePath, store } = twoFiles(refusingRenames(2, 3));
    await expect(store.commit(signIn)).rejects.toMatchObject({ code: 'ERR_STORE_IO' });
    writeFileSync(statePath, JSON.stringify({ version: 1, order: { [p]: ['theirs'] } }));
    await openFileStore(path, { statePath }).commit(() => ({ write: false, result: undefined }));
    expect(read(statePath)).toEqual({ version: 1, order: { [p]: ['theirs'] } });
  });

  test('S-8 a state file that cannot be understood is refused, and both keep their bytes', async () => {
    const { path, statePath, store } = twoFiles();
    writeFileSync(statePath, '{"order":');
    const before = readFileSync(path, 'utf8');
    await expect(store.commit(signIn)).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT', store: statePath });
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readFileSync(statePath, 'utf8')).toBe('{"order":');
  });
});
