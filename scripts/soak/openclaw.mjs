// OpenClaw's own lock and store code, from its published package, beside ours, all on one store. OpenClaw loses updates among its
// own processes: it takes a lock that went while it looked for stale, and removes whatever stands there by then. So its losses are
// shown beside a control without ours, and what is claimed is what can be kept from here.

import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { flawsOf } from '../../test/support/store-flaws.mjs';
import { idOf } from '../../test/support/store-scenarios.mjs';
import { count, withDirectory, withProcesses } from './built.mjs';
import { countsIn } from './counter.mjs';
import { findOpenClaw, startOpenClaw } from './openclaw-process.mjs';

const COMMITS = 500;
/** Processes of each side, and which losses must not be. */
const rows = [
  { theirs: 4, ours: 4, claims: ({ oursLost }) => oursLost === 0 },
  { theirs: 4, ours: 0, control: true },
  { theirs: 1, ours: 4, claims: ({ oursLost, theirsLost }) => oursLost === 0 && theirsLost === 0 },
];

export async function* openClawPeers(progress) {
  const openClaw = findOpenClaw();
  if ('missing' in openClaw) {
    yield { what: `OpenClaw's own code beside ours`, figure: `**skipped**: ${openClaw.missing}` };
    return;
  }
  for (const row of rows) yield await withDirectory((home) => together(openClaw, home, row, progress));
}

async function together(openClaw, home, { theirs, ours, control, claims }, progress) {
  const path = join(home, 'agents/main/agent/auth-profiles.json');
  mkdirSync(dirname(path), { recursive: true });
  const peers = await Promise.all(Array.from({ length: theirs }, () => startOpenClaw(openClaw, home)));
  let added = 0;
  let gaveUp = 0;
  const addAll = async (peer, name) => {
    for (let index = 0; index < COMMITS; ) {
      const { refused } = await peer.ask('add', { ids: [`theirs-${name}-${index}`] });
      // Its own patience is at an end sooner than ours: asked again, as a person would.
      if (refused.length > 0) gaveUp += 1;
      else {
        index += 1;
        added += 1;
      }
    }
  };
  try {
    return await withProcesses(
      'writer.mjs',
      ours,
      (index) => [path, `w${index}`, '0'],
      async (writers) => {
        await writers.askAll({ commits: 1 });
        const startedAt = performance.now();
        const told = setInterval(() => progress(`${theirs} + ${ours}: ${added} by OpenClaw`), 5_000);
        const commitAll = async () => {
          // In shares, so that both are at it for the whole time and not one after the other.
          for (let done = 1; ours > 0 && done < COMMITS; ) {
            const commits = Math.min(10, COMMITS - done);
            await writers.askAll({ commits });
            done += commits;
            while (added < done * theirs * 0.9) await new Promise((next) => setTimeout(next, 5));
          }
        };
        try {
          await Promise.all([...peers.map(addAll), commitAll()]);
        } finally {
          clearInterval(told);
        }
        const seconds = Math.round((performance.now() - startedAt) / 1000);
        const state = JSON.parse(readFileSync(path, 'utf8'));
        const { each } = countsIn(state);
        const kept = Array.from({ length: ours }, (_, index) => each[idOf(`w${index}`)] ?? 0);
        const oursLost = ours * COMMITS - kept.reduce((sum, one) => sum + one, 0);
        const theirsLost =
          theirs * COMMITS - Object.keys(state.profiles).filter((id) => id.startsWith('theirs-')).length;
        const flaws = flawsOf(path);
        return {
          what: `${theirs} ${theirs === 1 ? 'process' : 'processes'} of OpenClaw ${openClaw.version} ${control ? 'alone' : `and ${ours} of ours`}, ${COMMITS} commits each${control ? ' (control)' : ''}`,
          figure: `${count((theirs + ours) * COMMITS)} commits in ${seconds} s: ${control ? '' : `**${oursLost} of ours lost**, `}${theirsLost} of OpenClaw's (which gave up waiting ${gaveUp} times, and was asked again)`,
          holds: control ? undefined : claims({ oursLost, theirsLost }) && flaws.length === 0,
          flaws: control ? [] : flaws,
        };
      },
    );
  } finally {
    for (const { child } of peers) child.kill('SIGKILL');
  }
}
