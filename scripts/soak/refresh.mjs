// The refresh protocol with real processes against the mock, in its long forms: 50 processes and 100 expiries, by OpenClaw's locks
// and by the claim alone; and holders that are killed, stopped, suspended, or never hear an answer.

import { fileURLToPath } from 'node:url';

import {
  answerLost,
  expiries,
  KILL_POINTS,
  killed,
  openTrial,
  stoppedBeyondItsClaim,
  suspended,
} from '../../test/support/refresh-trials.mjs';
import { withDirectory } from './built.mjs';

export const dist = fileURLToPath(new URL('../../dist', import.meta.url));
export const PROCESSES = 50;
export const ROUNDS = 100;
const TRIALS = 10;
export const latencyMs = () => 100 + Math.random() * 900;

export async function* refreshes(progress) {
  for (const [mode, words] of [
    ['locks', "under OpenClaw's locks"],
    ['claims', 'by the claim alone'],
  ]) {
    const what = `${PROCESSES} processes × ${ROUNDS} expiries, 100 to 1,000 ms latency, ${words}`;
    const { flaws, refreshed } = await withTrial(latencyMs, async (trial) => ({
      flaws: await expiries(trial, {
        processes: PROCESSES,
        rounds: ROUNDS,
        mode,
        progress: (round) => progress(`${what}: ${round} of ${ROUNDS}`),
      }),
      refreshed: trial.front.counts.refreshes,
    }));
    yield {
      what,
      figure: `${refreshed} refresh requests, ${flaws.length} flaws`,
      holds: flaws.length === 0 && refreshed === ROUNDS,
      flaws,
    };
  }
  yield* situations(progress, withTrial, (round) => (round % 2 === 0 ? 'claims' : 'locks'));
}

/**
 * A holder that is killed, stopped, suspended, or never hears an answer.
 * @param inTrial gives each its own store
 */
export async function* situations(progress, inTrial, modeOf, words = '') {
  const all = [
    ...Object.entries(KILL_POINTS).map(([point, outcome]) => [
      `the holder killed at "${point}": ${outcome === 'lost' ? 'the loss is named' : 'the next one has a token'}`,
      (trial, mode) => killed(trial, point, mode),
    ]),
    ['the holder stopped for longer than its claim', stoppedBeyondItsClaim],
    [
      'the holder suspended with its request out, at a random moment and for a random time',
      (trial, mode) =>
        suspended(trial, { afterMs: Math.random() * 800, forMs: 200 + Math.random() * 4_000, mode }),
    ],
    ['the answer lost', answerLost],
  ];
  for (const [situation, run] of all) {
    const what = `${situation}${words}`;
    const flaws = [];
    for (let round = 1; round <= TRIALS; round += 1) {
      progress(`${what}: ${round} of ${TRIALS}`);
      flaws.push(...(await inTrial(latencyMs, (trial) => run(trial, modeOf(round)))));
    }
    yield { what, figure: `${TRIALS} trials, ${flaws.length} flaws`, holds: flaws.length === 0, flaws };
  }
}

function withTrial(latency, use) {
  return withDirectory(async (directory) => {
    const trial = await openTrial({ dist, directory, latencyMs: latency });
    try {
      return await use(trial);
    } finally {
      await trial.close();
    }
  });
}
