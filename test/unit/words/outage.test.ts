import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../../src/store/memory-store.ts';
import type { ProfileStore } from '../../../src/store/profile-store.ts';
import { StoreError } from '../../../src/words/errors.ts';
import { isOutage, throughOutages } from '../../../src/words/outage.ts';
import type { Clock } from '../../../src/words/ports.ts';
import { signIn } from '../../support/sign-in.ts';

const failing = (code: StoreError['code'], outcome: 'unknown' | 'unchanged' = 'unchanged') =>
  new StoreError(code, { store: 's', summary: 'It is away.', hint: 'Wait.', outcome });

/** Time passes as soon as somebody waits for it. */
function quickClock(): Clock & { waited: number } {
  const clock = {
    waited: 0,
    now: () => clock.waited,
    async sleep(ms: number) {
      clock.waited += ms;
    },
  };
  return clock;
}

describe('through an outage', () => {
  const attempt = (failures: number, clock = quickClock()) => {
    let calls = 0;
    const told: string[] = [];
    const done = throughOutages(
      async () => {
        calls += 1;
        if (calls <= failures) throw failing('ERR_STORE_UNREACHABLE');
        return calls;
      },
      { clock, forMs: 60_000, passes: isOutage, onOutage: ({ summary }) => told.push(summary) },
    );
    return { done, told, clock };
  };

  test('a commit is tried until it is stored, and told of once', async () => {
    const { done, told, clock } = attempt(5);
    expect(await done).toBe(6);
    expect(told).toEqual(['It is away.']);
    expect(clock.waited).toBeGreaterThan(1_000);
  });

  test('it is given up after its time, with what the store said last', async () => {
    const { done, clock } = attempt(1_000);
    await expect(done).rejects.toMatchObject({ code: 'ERR_STORE_UNREACHABLE' });
    expect(clock.waited).toBeGreaterThan(60_000);
    expect(clock.waited).toBeLessThan(90_000);
  });

  test('what does not pass by itself is told at once', async () => {
    const clock = quickClock();
    for (const thrown of [failing('ERR_STORE_DENIED'), new Error('a fault of the caller')])
      await expect(
        throughOutages(() => Promise.reject(thrown), { clock, forMs: 60_000, passes: isOutage }),
      ).rejects.toBe(thrown);
    expect(clock.waited).toBe(0);
    expect(isOutage(failing('ERR_STORE_IO', 'unknown'))).toBe(true);
  });
});

describe('a login into a shared store', () => {
  /** Fails once at its first commit, before or after it has had its effect. */
  const shaky = (after: boolean, scope: 'network' | 'host' = 'network'): ProfileStore => {
    const store = openMemoryStore();
    let commits = 0;
    return {
      ...store,
      info: { ...store.info, scope },
      async commit(fn, options) {
        commits += 1;
        if (commits > 1) return store.commit(fn, options);
        if (after) await store.commit(fn, options);
        throw failing('ERR_STORE_UNREACHABLE', after ? 'unknown' : 'unchanged');
      },
    };
  };

  test.each([
    ['that was away for a moment waits for it: its code is spent', false],
    ['that lost the answer to a commit finds out what became of it', true],
  ])('%s', async (_, after) => {
    const store = shaky(after);
    const { result } = await signIn({ store });
    const { state } = await store.read();
    expect(Object.keys(state.profiles)).toEqual([result?.profileId]);
    expect(state.order?.['openai-codex']).toEqual([result?.profileId]);
  });

  test('a file that cannot be written is told at once', async () => {
    const { error } = await signIn({ store: shaky(false, 'host') }).catch((thrown) => ({ error: thrown }));
    expect(error).toMatchObject({ code: 'ERR_STORE_UNREACHABLE' });
  });
});
