import { execFileSync, spawn } from 'node:child_process';
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
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openFileStore } from '../../src/store/file/file-store.ts';
import { nodeFileSystem } from '../../src/store/file/file-system.ts';
import { STALE_AFTER_MS } from '../../src/store/file/lock-owner.ts';
import { lockPathOf, takeSidecarLock } from '../../src/store/file/sidecar-lock.ts';
import { systemClock } from '../../src/system.ts';
import { createVirtualClock } from '../support/clock.ts';
import { commitLogin } from '../support/record.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { UUID } from '../support/store-scenarios.mjs';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';
import { refusal, traceFileSystem } from '../support/traced-file-system.mjs';

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const DAY_MS = 86_400_000;
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

  test('that is a directory, the habit of other libraries, is told of at once: what it is and what to do', async () => {
    const path = storeFile();
    mkdirSync(lockPathOf(path));
    const store = openFileStore(path, { clock: createVirtualClock() });
    for (const attempt of [store.probe?.(), commitLogin(store, 'me')]) {
      await expect(attempt).rejects.toMatchObject({
        code: 'ERR_STORE_LOCKED',
        message: expect.stringMatching(/directory stands where the lock.*auth-profiles\.json\.lock.*rmdir/),
      });
    }
    expect(existsSync(lockPathOf(path))).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  test.runIf(process.platform !== 'win32')('that is a pipe keeps nobody for ever', async () => {
    const path = storeFile();
    execFileSync('mkfifo', [lockPathOf(path)]);
    await expect(commitLogin(openFileStore(path, { lockWaitMs: 0 }), 'me')).rejects.toMatchObject({
      code: 'ERR_STORE_LOCKED',
    });
    const then = new Date(Date.now() - STALE_AFTER_MS - 1000);
    utimesSync(lockPathOf(path), then, then);
    await commitLogin(openFileStore(path, { lockWaitMs: 0 }), 'me');
    expectInvariants(path);
  });

  test.runIf(process.platform === 'linux')(
    'whose process has ended, and only its parent has not asked how, is taken over at once',
    async () => {
      const script = 'cat <&3 & echo $!; exec sleep 60 3<&-';
      const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
      onTestFinished(() => void parent.kill('SIGKILL'));
      const pid = Number(await new Promise((resolve) => parent.stdout?.once('data', resolve)));
      const until = async (file: string, pattern: RegExp) => {
        while (!pattern.test(readFileSync(file, 'utf8')))
          await new Promise((resolve) => setImmediate(resolve));
      };
      // It ends when nobody is left who would ask: the shell has become another program by then.
      await until(`/proc/${parent.pid}/comm`, /^sleep/);
      (parent.stdio[3] as Writable).end();
      await until(`/proc/${pid}/status`, /^State:\s+Z/m);
      const path = lockWith({ pid, createdAt: ago(0) });
      await commitLogin(openFileStore(path, { lockWaitMs: 0 }), 'me');
      expectInvariants(path);
    },
  );

  test('whose pid is in use again, by another program, is sat out and no longer', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    onTestFinished(() => void other.kill('SIGKILL'));
    const path = lockWith({ pid: other.pid, createdAt: ago(0) });
    const soon = { ...systemClock, now: () => Date.now() + STALE_AFTER_MS - 5_000 };
    await expect(
      commitLogin(openFileStore(path, { clock: soon, lockWaitMs: 0 }), 'me'),
    ).rejects.toMatchObject({ code: 'ERR_STORE_LOCKED', message: expect.stringContaining(`${other.pid}`) });
    const later = { ...systemClock, now: () => Date.now() + STALE_AFTER_MS + 5_000 };
    await commitLogin(openFileStore(path, { clock: later, lockWaitMs: 0 }), 'me');
    expectInvariants(path);
  });

  test('S-5 of a holder that lives is taken away by a clock that jumps ahead a day: the holder starts over, and both are stored', async () => {
    const path = storeFile({ profiles: {} });
    const tomorrow = { ...systemClock, now: () => Date.now() + DAY_MS };
    let attempts = 0;
    const first = openFileStore(path).commit((state) => {
      attempts += 1;
      const next = { ...state, profiles: { ...state.profiles, mine: { type: 'token', provider: 'x' } } };
      if (attempts > 1) return { write: true, next, result: undefined };
      // In the middle of the first commit, another process, by its clock tomorrow, finds an old lock.
      rmSync(lockPathOf(path));
      writeFileSync(path, JSON.stringify({ profiles: { theirs: { type: 'token', provider: 'x' } } }));
      return { write: true, next, result: undefined };
    });
    await first;
    await commitLogin(openFileStore(path, { clock: tomorrow }), 'me');
    expect(Object.keys(expectInvariants(path).profiles)).toEqual([
      'theirs',
      'mine',
      'openai-codex:me@example.com',
    ]);
  });

  test.each<[string, object | undefined]>([
    ['its holder lives, or its pid is in use again', undefined],
    ['it is judged by its age alone', { pid: 0 }],
  ])(
    'from tomorrow, because the clock was set back a day, is taken over once it was seen unchanged for 30 s (%s)',
    async (_, body) => {
      const tomorrow = new Date(Date.now() + DAY_MS);
      const path = lockWith({ pid: process.pid, createdAt: tomorrow.toISOString(), ...body }, -DAY_MS);
      const clock = createVirtualClock(Date.now());
      const committing = commitLogin(openFileStore(path, { clock }), 'me');
      let steps = 0;
      for (let done = false; !done; steps += 1) {
        await Promise.race([clock.sleepers(1), committing]);
        if (steps === 10) expect(existsSync(path)).toBe(false);
        await clock.advance(300);
        done = existsSync(path);
      }
      await committing;
      expect(steps).toBeGreaterThan(100);
      expectInvariants(path);
    },
  );

  test('is waited for as long as was said, by the time that was slept, whatever the clock says meanwhile', async () => {
    const path = lockWith({ pid: process.pid, createdAt: ago(0) });
    let now = Date.now();
    let sleptMs = 0;
    const clock = {
      now: () => now,
      async sleep(durationMs: number) {
        sleptMs += durationMs;
        if (sleptMs > 60_000) throw new Error('waits for ever');
        // Set back by a day, again and again: by the clock the wait would never end.
        now -= DAY_MS;
      },
    };
    await expect(commitLogin(openFileStore(path, { clock, lockWaitMs: 5_000 }), 'me')).rejects.toMatchObject({
      code: 'ERR_STORE_LOCKED',
    });
    expect(sleptMs).toBeGreaterThanOrEqual(5_000);
    expect(sleptMs).toBeLessThan(6_000);
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

  test('S-5 that was stale and has been taken over in the meantime is left to who has it now', async () => {
    const path = lockWith({ pid: DEAD_PID, createdAt: ago(0) });
    const live = JSON.stringify({ pid: process.pid, createdAt: ago(0) });
    const { fileSystem } = traceFileSystem(nodeFileSystem, {
      after({ name, kind }) {
        // Who had the guard before us was quicker.
        if (name === 'openSync' && kind === 'guard') writeFileSync(lockPathOf(path), live);
      },
    });
    await expect(commitLogin(openFileStore(path, { lockWaitMs: 0, fileSystem }), 'me')).rejects.toMatchObject(
      { code: 'ERR_STORE_LOCKED' },
    );
    expect(readFileSync(lockPathOf(path), 'utf8')).toBe(live);
    expect(readdirSync(dirname(path))).toEqual([basename(lockPathOf(path))]);
  });

  test('is tried for again when its holder took the draft for a leftover', async () => {
    const path = storeFile({ profiles: {} });
    let drafts = 0;
    const { fileSystem } = traceFileSystem(nodeFileSystem, {
      before({ name, path: draft }) {
        if (name === 'linkSync' && drafts++ === 0) rmSync(draft);
      },
    });
    await commitLogin(openFileStore(path, { fileSystem }), 'me');
    expect(drafts).toBe(2);
    expectInvariants(path);
  });

  test('that others wait for is left to them, once, by who has just committed', async () => {
    const clock = createVirtualClock(Date.now());
    const path = storeFile({ profiles: {} });
    const waiting = `${lockPathOf(path)}.${UUID}.tmp`;
    writeFileSync(waiting, '');
    const store = openFileStore(path, { clock });
    await commitLogin(store, 'first');
    const second = commitLogin(store, 'second');
    await clock.sleepers(1);
    expect(existsSync(lockPathOf(path))).toBe(false);
    rmSync(waiting);
    await clock.advance(1000);
    await second;
    await commitLogin(store, 'third');
    expectInvariants(path);
  });

  test('S-8 that cannot be removed any more makes no failure of a commit that is done', async () => {
    const path = storeFile({ profiles: {} });
    const { fileSystem } = traceFileSystem(nodeFileSystem, {
      before({ name, kind }) {
        if (name === 'unlinkSync' && kind === 'lock') throw refusal('EIO', name);
      },
    });
    await expect(commitLogin(openFileStore(path, { fileSystem }), 'me')).resolves.toBeDefined();
    rmSync(lockPathOf(path));
    expectInvariants(path, { acknowledged: ['openai-codex:me@example.com'] });
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
