import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { openFileStore } from '../../src/store/file-store.ts';
import { STALE_AFTER_MS } from '../../src/store/lock-owner.ts';
import { lockPathOf, takeSidecarLock } from '../../src/store/sidecar-lock.ts';
import { systemClock } from '../../src/system.ts';
import { createVirtualClock } from '../support/clock.ts';
import { commitLogin } from '../support/record.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const DEAD_PID = 2 ** 22 + 1;

function lockWith(body: unknown, ageMs = 0): string {
  const path = storeFile();
  const lock = lockPathOf(path);
  writeFileSync(lock, typeof body === 'string' ? body : JSON.stringify(body));
  const then = new Date(Date.now() - ageMs);
  utimesSync(lock, then, then);
  return path;
}

describe("OpenClaw's lock", () => {
  test('is a file with pid and time beside the store in its real directory, and goes with its holder', async () => {
    const real = temporaryDirectory();
    const link = join(temporaryDirectory(), 'link');
    symlinkSync(real, link);
    const lock = await takeSidecarLock(join(link, 'auth-profiles.json'), { clock: systemClock });
    expect(lock.path).toBe(join(real, 'auth-profiles.json.lock'));
    const body = JSON.parse(readFileSync(lock.path, 'utf8'));
    expect([0, process.pid]).toContain(body.pid);
    expect(Math.abs(Date.now() - Date.parse(body.createdAt))).toBeLessThan(10_000);
    lock.release();
    expect(readdirSync(real)).toEqual([]);
  });

  test.each<[string, unknown, number]>([
    ['its process is gone', { pid: DEAD_PID, createdAt: ago(0) }, 0],
    ['it says it is older than 30 s', { pid: process.pid, createdAt: ago(STALE_AFTER_MS + 1000) }, 0],
    ['it says no time that can be read', { pid: process.pid, createdAt: 'yesterday' }, 0],
    ['its file is older than 30 s', { pid: process.pid, createdAt: ago(0) }, STALE_AFTER_MS + 1000],
    ['it has no body and is old', '', STALE_AFTER_MS + 1000],
    ['it has half a body and is old', '{"pid":', STALE_AFTER_MS + 1000],
  ])('is taken over when %s', async (_, body, ageMs) => {
    const path = lockWith(body, ageMs);
    await commitLogin(openFileStore(path, { lockWaitMs: 0 }), 'me');
    expectInvariants(path);
  });

  test.each<[string, unknown]>([
    ['its process lives', { pid: process.pid, createdAt: ago(0) }],
    ['it is judged by its age alone and is young (pid 0: another container)', { pid: 0, createdAt: ago(0) }],
    ['it has no body yet', ''],
  ])('is respected while %s: exit status 7, the old bytes, and who has it', async (_, body) => {
    const path = lockWith(body);
    await expect(commitLogin(openFileStore(path, { lockWaitMs: 0 }), 'me')).rejects.toMatchObject({
      code: 'ERR_STORE_LOCKED',
      exitCode: 7,
    });
    expect(existsSync(path)).toBe(false);
    expect(existsSync(lockPathOf(path))).toBe(true);
  });

  test('that is a directory, the habit of other libraries, is nobody’s to remove', async () => {
    const path = storeFile();
    mkdirSync(lockPathOf(path));
    await expect(commitLogin(openFileStore(path, { lockWaitMs: 0 }), 'me')).rejects.toMatchObject({
      code: 'ERR_STORE_LOCKED',
    });
    expect(existsSync(lockPathOf(path))).toBe(true);
  });

  test('is waited for, and the wait ends when it goes or when it is aborted', async () => {
    const clock = createVirtualClock(Date.now());
    const path = lockWith({ pid: process.pid, createdAt: ago(0) });
    const waiting = commitLogin(openFileStore(path, { clock }), 'me');
    await clock.sleepers(1);
    rmSync(lockPathOf(path));
    await clock.advance(1000);
    await expect(waiting).resolves.toMatchObject({ lastGood: 'openai-codex:me@example.com' });

    const controller = new AbortController();
    const other = lockWith({ pid: process.pid, createdAt: ago(0) });
    const aborted = commitLogin(openFileStore(other, { clock }), 'me', { signal: controller.signal });
    await clock.sleepers(1);
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
  });

  test('that somebody takes away in the middle is noticed before the rename: the commit starts over', async () => {
    const path = storeFile({ profiles: {} });
    let attempts = 0;
    const store = openFileStore(path);
    await store.commit((state) => {
      attempts += 1;
      if (attempts === 1) rmSync(lockPathOf(path));
      return { write: true, next: { ...state, lastGood: {} }, result: undefined };
    });
    expect(attempts).toBe(2);
    expectInvariants(path);
  });

  test('of somebody else is not removed by a release', async () => {
    const path = storeFile();
    const lock = await takeSidecarLock(path, { clock: systemClock });
    rmSync(lock.path);
    writeFileSync(lock.path, 'theirs');
    expect(lock.isHeld()).toBe(false);
    lock.release();
    expect(readFileSync(lock.path, 'utf8')).toBe('theirs');
    expect(dirname(lock.path)).toBe(dirname(path));
  });
});
