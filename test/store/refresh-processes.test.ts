import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { type SharedPlace, usePostgres } from '../support/postgres.ts';
import {
  answerLost,
  expiries,
  type KILL_POINTS,
  killed,
  openTrial,
  stoppedBeyondItsClaim,
  suspended,
} from '../support/refresh-trials.mjs';
import { temporaryDirectory } from '../support/temporary.ts';

async function trialWith(latencyMs: () => number = () => 0, shared?: SharedPlace) {
  const dist = join(inject('installed'), 'node_modules/codex-login/dist');
  const trial = await openTrial({ dist, directory: temporaryDirectory(), latencyMs, shared });
  onTestFinished(() => trial.close());
  return trial;
}

describe('real processes on one file', () => {
  test.each(['locks', 'claims'])(
    'refresh once at every expiry, and all have the same token, by %s',
    async (mode) => {
      const trial = await trialWith(() => 20 + Math.random() * 60);
      expect(await expiries(trial, { processes: 4, rounds: 3, mode })).toEqual([]);
    },
  );

  // The long form kills at each of the seven points, with the locks and without.
  test.each(['claimed', 'sent', 'answered'] satisfies (keyof typeof KILL_POINTS)[])(
    'killed at "%s" leave a token for the next, or the reason why there is none',
    async (point) => {
      const trial = await trialWith(() => 60);
      expect(await killed(trial, point, 'claims')).toEqual([]);
    },
  );
});

describe('a holder', () => {
  test('that is stopped for longer than its claim presents nothing when it goes on', async () => {
    expect(await stoppedBeyondItsClaim(await trialWith())).toEqual([]);
  });

  test('that sleeps while its request is out loses nothing: the answer is there when it wakes', async () => {
    expect(await suspended(await trialWith(() => 100), { forMs: 600 })).toEqual([]);
  });

  test('whose answer is lost is named to whoever asks after its time, and nobody presents the token before', async () => {
    expect(await answerLost(await trialWith())).toEqual([]);
  });
});

describe('in PostgreSQL', () => {
  const { sharedPlace } = usePostgres();

  test('real processes refresh once at every expiry, and all have the same token', async () => {
    const trial = await trialWith(() => 20 + Math.random() * 60, sharedPlace());
    expect(await expiries(trial, { processes: 4, rounds: 3 })).toEqual([]);
  });

  test.each(['claimed', 'answered'] satisfies (keyof typeof KILL_POINTS)[])(
    'a process that is killed at "%s" leaves a token for the next, or the reason why there is none',
    async (point) => {
      expect(await killed(await trialWith(() => 60, sharedPlace()), point)).toEqual([]);
    },
  );

  test('a holder whose answer is lost is named to whoever asks after its time', async () => {
    expect(await answerLost(await trialWith(() => 0, sharedPlace()))).toEqual([]);
  });
});
