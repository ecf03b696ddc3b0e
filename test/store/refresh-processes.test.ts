import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import {
  answerLost,
  expiries,
  KILL_POINTS,
  killed,
  openTrial,
  stoppedBeyondItsClaim,
  suspended,
} from '../support/refresh-trials.mjs';
import { temporaryDirectory } from '../support/temporary.ts';

async function trialWith(latencyMs: () => number = () => 0) {
  const dist = join(inject('installed'), 'node_modules/codex-login/dist');
  const trial = await openTrial({ dist, directory: temporaryDirectory(), latencyMs });
  onTestFinished(() => trial.close());
  return trial;
}

describe.each(['locks', 'claims'])('real processes on one file, by %s', (mode) => {
  test('refresh once at every expiry, and all have the same token', async () => {
    const trial = await trialWith(() => 50 + Math.random() * 100);
    expect(await expiries(trial, { processes: 6, rounds: 4, mode })).toEqual([]);
  });

  test.each(Object.keys(KILL_POINTS))(
    'killed at "%s" leave a token for the next, or the reason why there is none',
    async (point) => {
      const trial = await trialWith(() => 150);
      expect(await killed(trial, point, mode)).toEqual([]);
    },
  );
});

describe('a holder', () => {
  test('that is stopped for longer than its claim presents nothing when it goes on', async () => {
    expect(await stoppedBeyondItsClaim(await trialWith())).toEqual([]);
  });

  test('that sleeps while its request is out loses nothing: the answer is there when it wakes', async () => {
    expect(await suspended(await trialWith(() => 100), { forMs: 1_000 })).toEqual([]);
  });

  test('whose answer is lost is named to whoever asks after its time, and nobody presents the token before', async () => {
    expect(await answerLost(await trialWith())).toEqual([]);
  });
});
