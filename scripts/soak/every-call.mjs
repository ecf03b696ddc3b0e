// Kills, errors, stops and losses of power at every call of a commit, in every scenario, on the real disk.

import {
  ERRORS,
  killAtEveryCall,
  losePowerAtEveryCall,
  refuseEveryCall,
  stopAtEveryCall,
} from '../../test/support/crash-trials.mjs';
import { scenarios } from '../../test/support/store-scenarios.mjs';
import { count, dist, modules } from './built.mjs';

const kinds = [
  ['SIGKILL before and after every call', (of) => killAtEveryCall(modules, dist, of), oldOrNew],
  [
    `every call refused (${ERRORS.length} errors, short writes; once and for good)`,
    (of) => refuseEveryCall(modules, of),
    refused,
  ],
  ['SIGSTOP before every call, past the stale limit', (of) => stopAtEveryCall(modules, dist, of), stopped],
  ['power lost at every call', (of) => losePowerAtEveryCall(modules, of), states],
];

export async function* everyCall(progress) {
  for (const [what, trial, figure] of kinds) {
    const found = [];
    for (const scenario of Object.keys(scenarios)) {
      progress(`${what}: ${scenario}`);
      found.push(await trial(scenario));
    }
    const flaws = found.flatMap((verdict) => verdict.flaws);
    const calls = found.map((verdict) => verdict.calls.length);
    const windows = [...new Set(found.flatMap((verdict) => verdict.windows ?? []))];
    const sum = (key) => found.reduce((total, verdict) => total + (verdict[key] ?? 0), 0);
    const holds = flaws.length === 0 && windows.every((line) => line === 'renameSync temporary');
    yield { what: `${what} (${calls.join(', ')} calls)`, figure: figure(sum, flaws, windows), holds, flaws };
  }
}

function oldOrNew(sum, flaws) {
  const trials = sum('trials');
  return `${count(trials)} kills, ${(((trials - flaws.length) / trials) * 100).toFixed(flaws.length ? 2 : 0)} % old or new, lock taken over and rest collected by the next run`;
}

function refused(sum, flaws) {
  return `${count(sum('trials'))} refusals: ${count(sum('failed'))} reported as failed, old bytes in each; ${sum('unknown')} as unknown (fsync of the directory after the rename); ${flaws.length} wrong`;
}

function stopped(sum, flaws, windows) {
  return `${count(sum('trials'))} stops, ${flaws.length} wrong; newer state lost only when stopped before: ${windows.join(', ') || 'none'}`;
}

function states(sum, flaws) {
  return `${count(sum('trials'))} different states of the disk, ${flaws.length} neither old nor new, or lost after the acknowledgement`;
}
