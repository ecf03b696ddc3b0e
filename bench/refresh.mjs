// An expired token, and one process that needs a good one: from its start, and from the question, to the answer. The request to the
// server, lock and commit are in it.

import { expiry, refreshersOf } from '../scripts/real-programs/refreshers.mjs';
import { ratios, spread } from './figures.mjs';

export const REFRESH_HEAD = [
  'who needs it',
  'ms from its start to the token, median (from, to)',
  'times ours',
  'ms from the question',
];

/** @returns rows of a table */
export async function measureRefresh({ installed, runs, progress }) {
  const took = new Map();
  const peers = refreshersOf(installed).filter(({ replays }) => replays === undefined);
  // The first is not counted.
  for (let run = -1; run < runs; run += 1)
    for (const { what, missing, ...peer } of peers) {
      if (missing !== undefined) throw new Error(missing);
      const found = await expiry(peer, { count: 1, latencyMs: 0 });
      if (found.failed > 0) throw new Error(`${what}: ${found.reasons[0]}`);
      progress(`refresh  ${what}: ${found.startedMs.toFixed(0)} ms, ${found.askedMs.toFixed(1)} ms`);
      if (run >= 0) took.set(what, [...(took.get(what) ?? []), found]);
    }
  const started = (found) => found.map(({ startedMs }) => startedMs);
  const [[, ours]] = took;
  return [...took].map(([what, found]) => [
    what,
    spread(started(found)),
    found === ours ? '' : spread(ratios(started(found), started(ours)), 2),
    found.some(({ requestsBefore }) => requestsBefore > 0)
      ? 'it refreshes before it is asked'
      : spread(found.map(({ askedMs }) => askedMs)),
  ]);
}
