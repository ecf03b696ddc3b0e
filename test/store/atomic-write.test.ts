import * as nodeFs from 'node:fs';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeDirectory, replaceFile } from '../../src/store/file/atomic-write.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { nodeFileSystem } from '../../src/store/file/file-system.ts';
import { commitLogin } from '../support/record.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';
import { lineOf, refusal, traceFileSystem } from '../support/traced-file-system.mjs';

/** A file system that writes down what is asked of it, and fails at one call. */
function recording(failAt?: string) {
  return traceFileSystem(nodeFileSystem, {
    before(call) {
      if (lineOf(call) === failAt) throw refusal('EIO', call.name);
    },
  });
}

describe('replacing a file', () => {
  test('S-8 synchronizes the temporary file before the rename and the directory after it', () => {
    const { fileSystem, lines } = recording();
    expect(replaceFile(storeFile('old'), 'new', fileSystem)).toEqual({ outcome: 'durable' });
    expect(lines().filter((line) => !/stat/i.test(line))).toEqual([
      'openSync directory',
      'openSync temporary',
      'writeSync temporary',
      'fsyncSync temporary',
      'closeSync temporary',
      'renameSync temporary',
      'fsyncSync directory',
      'closeSync directory',
    ]);
  });

  test.each([
    'openSync directory',
    'openSync temporary',
    'writeSync temporary',
    'fsyncSync temporary',
    'closeSync temporary',
    'renameSync temporary',
  ])('S-2 S-7 that fails at "%s" leaves the old bytes and nothing else', (step) => {
    const path = storeFile('old');
    expect(() => replaceFile(path, 'new', recording(step).fileSystem)).toThrow('EIO');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(dirname(path))).toEqual([basename(path)]);
  });

  test.each([0, 0o777])(
    'S-6 makes it 0600 from the first byte, whatever the umask (%i) and the old mode were',
    (umask) => {
      const path = storeFile('old');
      chmodSync(path, 0o644);
      const before = process.umask(umask);
      const modes: number[] = [];
      const { fileSystem } = traceFileSystem(nodeFileSystem, {
        before({ name, args: [descriptor] }) {
          if (name === 'writeSync') modes.push(nodeFs.fstatSync(descriptor).mode & 0o777);
        },
      });
      try {
        replaceFile(path, 'new', fileSystem);
      } finally {
        process.umask(before);
      }
      expect(modes).toEqual([0o600]);
      expect(statSync(path).mode & 0o777).toBe(0o600);
    },
  );

  test('S-8 whose directory cannot be synchronized after the rename is no success and no failure: the outcome is unknown', async () => {
    const path = storeFile({ profiles: {} });
    const { fileSystem } = recording('fsyncSync directory');
    await expect(commitLogin(openFileStore(path, { fileSystem }), 'me')).rejects.toMatchObject({
      code: 'ERR_STORE_IO',
      outcome: 'unknown',
      message: expect.not.stringContaining('unchanged'),
    });
    expectInvariants(path, { acknowledged: ['openai-codex:me@example.com'] });
  });

  test('S-8 on a file system that cannot synchronize a directory, and says so, is done with the rename', () => {
    const { fileSystem } = traceFileSystem(nodeFileSystem, {
      before({ name, kind }) {
        if (name === 'fsyncSync' && kind === 'directory') throw refusal('EINVAL', name);
      },
    });
    expect(replaceFile(storeFile('old'), 'new', fileSystem)).toEqual({ outcome: 'durable' });
  });

  test('S-1 that is taken in pieces is written to its end', () => {
    const path = storeFile('old');
    const { fileSystem } = traceFileSystem(nodeFileSystem, {
      before: ({ name, args: [descriptor, bytes, offset] }) =>
        name === 'writeSync' ? { answer: nodeFs.writeSync(descriptor, bytes, offset, 1) } : undefined,
    });
    replaceFile(path, 'new – in pieces', fileSystem);
    expect(readFileSync(path, 'utf8')).toBe('new – in pieces');
  });

  test.runIf(process.getuid?.() === 0)('S-6 leaves the owner as it was when root writes', () => {
    const path = storeFile('old');
    nodeFs.chownSync(path, 12_345, 54_321);
    replaceFile(path, 'new');
    expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 54_321 });
  });

  test('S-5 is younger than the file it replaces: OpenClaw takes an equal modification time for an unchanged file', () => {
    const path = storeFile('old');
    const ahead = new Date(Date.now() + 60_000);
    utimesSync(path, ahead, ahead);
    const before = statSync(path).mtimeMs;
    replaceFile(path, 'new');
    expect(statSync(path).mtimeMs).toBeGreaterThan(before);
  });

  test('follows symbolic links to their target and leaves them', () => {
    const target = storeFile('old');
    const link = join(temporaryDirectory(), 'auth-profiles.json');
    const middle = join(temporaryDirectory(), 'middle.json');
    symlinkSync(target, middle);
    symlinkSync(middle, link);
    replaceFile(link, 'new');
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(readlinkSync(link)).toBe(middle);
  });

  test('follows a link to a file that does not exist yet', () => {
    const target = join(temporaryDirectory(), 'later.json');
    const link = join(temporaryDirectory(), 'auth-profiles.json');
    symlinkSync(target, link);
    replaceFile(link, 'new');
    expect(readFileSync(target, 'utf8')).toBe('new');
  });

  test('refuses links that lead in a circle', async () => {
    const directory = temporaryDirectory();
    symlinkSync(join(directory, 'b'), join(directory, 'a'));
    symlinkSync(join(directory, 'a'), join(directory, 'b'));
    await expect(commitLogin(openFileStore(join(directory, 'a')), 'me')).rejects.toMatchObject({
      code: 'ERR_STORE_IO',
      message: expect.stringContaining('ELOOP'),
    });
  });

  test('S-6 makes missing directories 0700', () => {
    const directory = join(temporaryDirectory(), 'a/b/c');
    makeDirectory(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(dirname(directory)).mode & 0o777).toBe(0o700);
  });
});

describe('a commit to a file', () => {
  test.runIf(process.platform === 'linux')(
    'into a directory that cannot be made is refused, not tried for ever',
    async () => {
      await expect(
        commitLogin(openFileStore('/proc/nothing/auth-profiles.json'), 'me'),
      ).rejects.toMatchObject({ code: 'ERR_STORE_IO' });
    },
  );

  test('S-7 collects what killed writers left, and nothing that is young or not ours', async () => {
    const path = storeFile({ profiles: {} });
    const uuid = '123e4567-e89b-42d3-a456-426614174000';
    const old = join(dirname(path), `auth-profiles.json.${uuid}.tmp`);
    const kept = [`${old}.bak`, join(dirname(path), 'notes.tmp')];
    const guard = join(dirname(path), 'auth-profiles.json.lock.takeover');
    for (const file of [old, guard, ...kept]) writeFileSync(file, 'secret');
    const longAgo = new Date(Date.now() - 120_000);
    for (const file of [old, guard, ...kept]) utimesSync(file, longAgo, longAgo);
    await commitLogin(openFileStore(path), 'me');
    expect(readdirSync(dirname(path)).sort()).toEqual(
      ['auth-profiles.json', ...kept.map((file) => basename(file))].sort(),
    );
    expectInvariants(path);
  });

  test('S-7 does not fail because a leftover cannot be removed', async () => {
    const path = storeFile({ profiles: {} });
    const { fileSystem } = recording('readdirSync directory');
    await expect(commitLogin(openFileStore(path, { fileSystem }), 'me')).resolves.toBeDefined();
    expectInvariants(path);
  });

  test('S-5 starts over when somebody who takes no lock has written in the middle', async () => {
    const path = storeFile({ profiles: {} });
    let attempts = 0;
    await openFileStore(path).commit((state) => {
      attempts += 1;
      if (attempts === 1) writeFileSync(path, '{"profiles":{},"theirs":1}');
      return { write: true, next: { ...state, mine: 1 }, result: undefined };
    });
    expect(attempts).toBe(2);
    expect(expectInvariants(path)).toMatchObject({ theirs: 1, mine: 1 });
  });

  test('S-4 writes the file as OpenClaw does: two spaces, a line break at the end, keys in their order', async () => {
    const path = storeFile();
    const before = {
      odd: { z: 1, a: [1, 2] },
      version: 1,
      profiles: { z: { type: 'token', provider: 'x', token: 't' } },
    };
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(before));
    await commitLogin(openFileStore(path), 'me');
    const text = readFileSync(path, 'utf8');
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    expect(Object.keys(JSON.parse(text))).toEqual(['odd', 'version', 'profiles', 'order', 'lastGood']);
    expectInvariants(path);
  });

  test('runs what was handed in after the rename and before the unlock', async () => {
    const path = storeFile();
    const seen: unknown[] = [];
    const whileLocked = async () => {
      seen.push(
        nodeFs.existsSync(`${path}.lock`),
        Object.keys(JSON.parse(readFileSync(path, 'utf8')).profiles),
      );
    };
    await commitLogin(openFileStore(path), 'me', { whileLocked });
    expect(seen).toEqual([true, ['openai-codex:me@example.com']]);
    expectInvariants(path);
  });
});
