// An expired token, and one process that needs a good one: from the question to the answer, the process having been started before.
// Exchange with the server, lock and commit are in it.

import { expiry, refreshersOf } from '../scripts/real-programs/refreshers.mjs';
import { ratios, spread } from './figures.mjs';

/** @returns rows of a table */
export async function measureRefresh({ installed, runs, progress }) {
  const took = new Map();
  const peers = refreshersOf(installed).filter(({ replays }) => replays === undefined);
  // The first is not counted.
  for (let run = -1; run < runs; run += 1)
    for (const { what, missing, ...peer } of peers) {
      if (missing !== undefined) throw new Error(missing);
      const { askedMs, failed, reasons } = await expiry(peer, { count: 1, latencyMs: 0 });
      if (failed > 0) throw new Error(`${what}: ${reasons[0]}`);
      progress(`refresh  ${what}: ${askedMs.toFixed(1)} ms`);
      if (run >= 0) took.set(what, [...(took.get(what) ?? []), askedMs]);
    }
  const [[, ours]] = took;
  return [...took].map(([what, values]) => [
    what,
    spread(values),
    values === ours ? '' : spread(ratios(values, ours), 2),
  ]);
}
