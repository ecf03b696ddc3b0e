import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { openCredentialStore } from '../../src/agents/credential-store.ts';
import { refreshLockTarget } from '../../src/openclaw/refresh-lock.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { createVirtualClock } from '../support/clock.ts';
import { commitLogin, provider } from '../support/record.ts';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';

const profile = { provider, profileId: `${provider}:me@example.com` };
const createdAt = (lock: string) => Date.parse(JSON.parse(readFileSync(lock, 'utf8')).createdAt);

describe('OpenClaw is kept out for as long as a refresh takes', () => {
  test('by its own lock, of which commits of the refresh make use', async () => {
    const path = storeFile({ profiles: {} });
    const store = openFileStore(path);
    const { profileId } = (await store.exclusively?.(profile, async (held) => {
      expect(existsSync(`${path}.lock`)).toBe(true);
      const recorded = await commitLogin(held as typeof store, 'me');
      expect(existsSync(`${path}.lock`)).toBe(true);
      return recorded;
    })) ?? { profileId: '' };
    expect(existsSync(`${path}.lock`)).toBe(false);
    expect((await store.read()).state.profiles).toHaveProperty([profileId]);
  });

  test('by a lock that says every 10 s that it is not abandoned, and is let go after 90 s whatever happens', async () => {
    const clock = createVirtualClock();
    const path = storeFile({ profiles: {} });
    const store = openFileStore(path, { clock });
    let end: () => void = () => undefined;
    const using = store.exclusively?.(profile, (held) =>
      new Promise<void>((resolve) => {
        end = resolve;
      }).then(() => commitLogin(held as typeof store, 'late')),
    );
    for (let waitedMs = 0; waitedMs < 90_000; waitedMs += 10_000) {
      await clock.sleepers(1);
      expect(createdAt(`${path}.lock`)).toBe(clock.now());
      await clock.advance(10_000);
    }
    while (existsSync(`${path}.lock`)) await new Promise(setImmediate);
    await commitLogin(openFileStore(path), 'somebody');
    end();
    await using;
    expect(Object.keys((await store.read()).state.profiles)).toHaveLength(2);
  });

  test('and for as long as a commit has something to do under its lock: other agents, a gateway', async () => {
    const clock = createVirtualClock();
    const path = storeFile({ profiles: {} });
    let end: () => void = () => undefined;
    const whileLocked = () =>
      new Promise<void>((resolve) => {
        end = resolve;
      });
    const committed = openFileStore(path, { clock }).commit(
      (state) => ({ write: true, next: { ...state, mine: 1 }, result: undefined }),
      { whileLocked },
    );
    for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 10_000) {
      await clock.sleepers(1);
      await clock.advance(10_000);
    }
    await clock.sleepers(1);
    expect(createdAt(`${path}.lock`)).toBe(clock.now());
    end();
    await committed;
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test('a lock that was taken away meanwhile costs nothing: the commit takes its own', async () => {
    const path = storeFile({ profiles: {} });
    const store = openFileStore(path);
    await store.exclusively?.(profile, async (held) => {
      rmSync(`${path}.lock`);
      await commitLogin(openFileStore(path), 'somebody');
      await commitLogin(held as typeof store, 'me');
    });
    expect(Object.keys((await store.read()).state.profiles)).toHaveLength(2);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test('what fails meanwhile leaves no lock, and keeps its own words', async () => {
    const path = storeFile({ profiles: {} });
    const mine = Object.assign(new Error('mine'), { code: 'ECONNREFUSED', syscall: 'connect' });
    const failing = openFileStore(path).exclusively?.(profile, () => Promise.reject(mine));
    await expect(failing).rejects.toBe(mine);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test('by the refresh lock too, which OpenClaw takes before the store’s', async () => {
    const home = temporaryDirectory();
    const { store } = await openCredentialStore({
      surroundings: { environment: { PATH: '' }, homeDirectory: () => home },
    });
    const state = join(home, '.openclaw');
    const hash = createHash('sha256').update(`${provider}\0${profile.profileId}`).digest('hex');
    const lock = join(state, 'locks', 'oauth-refresh', `sha256-${hash}.lock`);
    expect(`${refreshLockTarget(state, provider, profile.profileId)}.lock`).toBe(lock);
    await store.exclusively?.(profile, async () => {
      expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ createdAt: expect.any(String) });
      expect(existsSync(`${store.info.location}.lock`)).toBe(true);
    });
    expect(existsSync(lock)).toBe(false);
    expect(existsSync(dirname(lock))).toBe(true);
  });
});
