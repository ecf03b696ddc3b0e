import { describe, expect, test } from 'vitest';
import { firstAnswer, type Way } from '../../../src/login/ways.ts';
import { systemClock } from '../../../src/system.ts';
import { createVirtualClock } from '../../support/clock.ts';

/** A way that is told its answer by the test, and notes that it was let go. */
function openWay() {
  let settle: (answer: string | undefined) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  let ended = false;
  const way: Way<string> = (signal) =>
    new Promise((resolve, reject) => {
      settle = resolve;
      fail = reject;
      signal.addEventListener('abort', () => {
        ended = true;
        resolve(undefined);
      });
    });
  return {
    way,
    settle: (answer?: string) => settle(answer),
    fail: (error: Error) => fail(error),
    get ended() {
      return ended;
    },
  };
}

const patient = { clock: systemClock, timeoutMs: Number.POSITIVE_INFINITY };

describe('several ways at once', () => {
  test.each(['first', 'second'])(
    'the %s to answer wins, and the other is over before the login goes on',
    async (winner) => {
      const ways = { first: openWay(), second: openWay() };
      const { signal } = new AbortController();
      const answer = firstAnswer([ways.first.way, ways.second.way], { ...patient, signal });
      ways[winner as keyof typeof ways].settle(winner);
      expect(await answer).toBe(winner);
      expect([ways.first.ended, ways.second.ended]).toEqual([true, true]);
    },
  );

  test('a way that comes to nothing leaves the others', async () => {
    const [lost, kept] = [openWay(), openWay()];
    const { signal } = new AbortController();
    const answer = firstAnswer([lost.way, kept.way], { ...patient, signal });
    lost.settle(undefined);
    await Promise.resolve();
    kept.settle('kept');
    expect(await answer).toBe('kept');
  });

  test('when every way has come to nothing the wait ends, and says what to do', async () => {
    const [one, other] = [openWay(), openWay()];
    const { signal } = new AbortController();
    const answer = firstAnswer([one.way, other.way], { ...patient, signal });
    one.settle(undefined);
    other.settle(undefined);
    await expect(answer).rejects.toMatchObject({
      code: 'ERR_TIMED_OUT',
      hint: expect.stringContaining('--device'),
    });
  });

  test('what a way rejects with ends the wait, and the other way', async () => {
    const [bad, other] = [openWay(), openWay()];
    const { signal } = new AbortController();
    const answer = firstAnswer([bad.way, other.way], { ...patient, signal });
    bad.fail(new Error('refused'));
    await expect(answer).rejects.toThrow('refused');
    expect(other.ended).toBe(true);
  });

  test('an interruption ends every way', async () => {
    const way = openWay();
    const interruption = new AbortController();
    const answer = firstAnswer([way.way], { ...patient, signal: interruption.signal });
    interruption.abort(new Error('interrupted'));
    await expect(answer).rejects.toThrow('interrupted');
    expect(way.ended).toBe(true);
  });

  test('the end of the time ends every way, with exit status 4', async () => {
    const way = openWay();
    const clock = createVirtualClock();
    const { signal } = new AbortController();
    const answer = firstAnswer([way.way], { clock, timeoutMs: 60_000, signal });
    const ended = expect(answer).rejects.toMatchObject({
      code: 'ERR_TIMED_OUT',
      exitCode: 4,
      summary: expect.stringContaining('60 seconds'),
    });
    await clock.advance(60_000);
    await ended;
    expect(way.ended).toBe(true);
  });
});
