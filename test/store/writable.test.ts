import { chmodSync, chownSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openFileStore } from '../../src/store/file/file-store.ts';
import { nodeFileSystem } from '../../src/store/file/file-system.ts';
import { commitLogin } from '../support/record.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';
import { refusal, traceFileSystem } from '../support/traced-file-system.mjs';

const asRoot = test.runIf(process.getuid?.() === 0);
const SOMEBODY = 12_345;

/** Until the test ends, this process is somebody without rights of its own. */
function becomeSomebody(): void {
  process.setegid?.(SOMEBODY);
  process.seteuid?.(SOMEBODY);
  onTestFinished(() => {
    process.seteuid?.(0);
    process.setegid?.(0);
  });
}

/** A directory of theirs, that this user may enter. */
function directoryOf(uid: number): string {
  const directory = temporaryDirectory();
  chownSync(directory, uid, uid);
  return directory;
}

describe('a store that cannot be written', () => {
  test.each(['EACCES', 'EROFS'])(
    'is found before anybody signs in, and nothing is made to find it (%s)',
    async (code) => {
      const path = storeFile({ profiles: {} });
      const { fileSystem } = traceFileSystem(nodeFileSystem, {
        before({ name, args: [file] }) {
          if (name === 'accessSync' && file === dirname(path)) throw refusal(code, name);
        },
      });
      const store = openFileStore(path, { fileSystem });
      await expect(store.read()).resolves.toBeDefined();
      await expect(store.probe?.()).rejects.toMatchObject({
        code: 'ERR_STORE_IO',
        message: expect.stringContaining(code),
      });
      expect(readdirSync(dirname(path))).toEqual(['auth-profiles.json']);
    },
  );

  test('is found in the directory in which its own would have to be made', async () => {
    const directory = temporaryDirectory();
    const { fileSystem } = traceFileSystem(nodeFileSystem, {
      before({ name, args: [file] }) {
        if (name === 'accessSync' && file === directory) throw refusal('EACCES', name);
      },
    });
    const store = openFileStore(join(directory, 'agents/main/auth-profiles.json'), { fileSystem });
    expect((await store.read()).version).toBe('none');
    await expect(store.probe?.()).rejects.toMatchObject({ message: expect.stringContaining('EACCES') });
    expect(readdirSync(directory)).toEqual([]);
  });

  asRoot(
    'S-6 because its file is another user’s is refused before anything is written, and says whose',
    async () => {
      const directory = directoryOf(SOMEBODY);
      const path = join(directory, 'auth-profiles.json');
      writeFileSync(path, '{"profiles":{}}', { mode: 0o666 });
      chmodSync(path, 0o666);
      chownSync(path, SOMEBODY + 1, SOMEBODY + 1);
      becomeSomebody();
      const store = openFileStore(path);
      for (const attempt of [store.probe?.(), commitLogin(store, 'me')]) {
        await expect(attempt).rejects.toMatchObject({
          code: 'ERR_STORE_IO',
          message: expect.stringMatching(/another user \(uid 12346\)/),
        });
      }
      expect(readFileSync(path, 'utf8')).toBe('{"profiles":{}}');
      expect(statSync(path)).toMatchObject({ uid: SOMEBODY + 1, gid: SOMEBODY + 1 });
      expect(readdirSync(directory)).toEqual(['auth-profiles.json']);
    },
  );

  asRoot('S-6 is not one whose group cannot be kept: at 0600 it has no use for one', async () => {
    const directory = directoryOf(SOMEBODY);
    const path = join(directory, 'auth-profiles.json');
    writeFileSync(path, '{"profiles":{}}', { mode: 0o600 });
    chownSync(path, SOMEBODY, SOMEBODY + 1);
    becomeSomebody();
    await commitLogin(openFileStore(path), 'me');
    expect(statSync(path).uid).toBe(SOMEBODY);
    expectInvariants(path);
  });

  test('is none where only nothing is there yet, and looking makes nothing', async () => {
    const directory = temporaryDirectory();
    await openFileStore(join(directory, 'a/b/auth-profiles.json')).probe?.();
    expect(readdirSync(directory)).toEqual([]);
  });
});
