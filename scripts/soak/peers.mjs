// The same expired token in several processes at once: ours, the real Codex, pi's AuthStorage and OpenClaw, one after the other at the
// same mock, by the same way, with the same latency. Counted: refresh requests, reuse alarms, and processes whose token does not work
// in the end, if they have one.

import { installAll } from '../real-programs/install.mjs';
import { expiry, REFRESHERS, refreshersOf } from '../real-programs/refreshers.mjs';

const COUNTS = [4, 8];
const ROUNDS = 3;
const LATENCY_MS = 500;

export async function* refreshPeers(progress) {
  const installed = installAll(progress, REFRESHERS);
  for (const count of COUNTS) {
    for (const { what, missing, isOurs, ...peer } of refreshersOf(installed)) {
      const title = `${count} processes of ${what}, ${ROUNDS} expiries, ${LATENCY_MS} ms latency`;
      if (missing !== undefined) {
        yield { what: title, figure: `not run: ${missing}` };
        continue;
      }
      const rounds = [];
      for (let round = 1; round <= ROUNDS; round += 1) {
        progress(`${title}: ${round} of ${ROUNDS}`);
        rounds.push(await expiry(peer, { count, latencyMs: LATENCY_MS }));
      }
      const each = (key) => rounds.map((round) => round[key]).join(', ');
      yield {
        what: title,
        figure: `refresh requests ${each('requests')}; reuse alarms ${each('alarms')}; without a token that works ${each('failed')} of ${count}`,
        flaws: [...new Set(rounds.flatMap(({ reasons }) => reasons))],
        ...(isOurs ? { holds: rounds.every(isRight) } : {}),
      };
    }
  }
}

const isRight = ({ requests, alarms, failed }) => requests === 1 && alarms === 0 && failed === 0;
