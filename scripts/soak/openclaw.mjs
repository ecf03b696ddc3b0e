// OpenClaw's own lock and store code, from its published package, beside ours, all on one store. OpenClaw takes a lock that went
// while it looked for stale, and removes whatever lock is there by then. With several processes of it that costs updates, also
// without us (the control), so what is claimed is what can be kept from here: one process of OpenClaw, as its gateway is.

import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { flawsOf } from '../../test/support/store-flaws.mjs';
import { idOf } from '../../test/support/store-scenarios.mjs';
import { count, withDirectory, withProcesses } from './built.mjs';
import { countsIn } from './counter.mjs';
import { findOpenClaw, startOpenClaw } from './openclaw-process.mjs';

const COMMITS = 500;
const ROUNDS = 3;
/** Processes of each side. */
const rows = [
  { theirs: 1, ours: 4, claimed: true },
  { theirs: 4, ours: 4 },
  { theirs: 4, ours: 0 },
];

export async function* openClawPeers(progress) {
  const openClaw = findOpenClaw();
  if ('missing' in openClaw) {
    yield { what: "OpenClaw's own code beside ours", figure: `**skipped**: ${openClaw.missing}` };
    return;
  }
  for (const row of rows) yield await rowOf(openClaw, row, progress);
}

async function rowOf(openClaw, { theirs, ours, claimed }, progress) {
  const rounds = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const told = (added) => progress(`${theirs} + ${ours}, round ${round}: ${count(added)} by OpenClaw`);
    rounds.push(await withDirectory((home) => together(openClaw, home, { theirs, ours }, told)));
  }
  const list = (key) => rounds.map((round) => count(round[key])).join(', ');
  const nothing = (key) => rounds.every((round) => round[key] === 0);
  const flaws = rounds.flatMap((round) => round.flaws);
  return {
    what: `${theirs === 1 ? 'one process' : `${theirs} processes`} of OpenClaw ${openClaw.version} ${ours === 0 ? 'alone (control)' : `and ${ours} of ours`}, ${COMMITS} commits each, ${ROUNDS} rounds`,
    figure: [
      `of ${count((theirs + ours) * COMMITS)} commits in each round lost: ${list('theirsLost')} of OpenClaw's`,
      ...(ours === 0 ? [] : [`${list('oursLost')} of ours`]),
      `OpenClaw removed another's live lock ${list('robbed')} times, gave up waiting and was asked again ${list('gaveUp')} times`,
    ].join('; '),
    holds: flaws.length > 0 ? false : claimed && nothing('oursLost') && nothing('theirsLost'),
    flaws,
  };
}

async function together(openClaw, home, { theirs, ours }, told) {
  const path = join(home, 'agents/main/agent/auth-profiles.json');
  mkdirSync(dirname(path), { recursive: true });
  const sum = { added: 0, gaveUp: 0, robbed: 0 };
  const hear = (event) => {
    if (event === 'robbed') sum.robbed += 1;
  };
  const peers = await Promise.all(Array.from({ length: theirs }, () => startOpenClaw(openClaw, home, hear)));
  const addAll = async (peer, name) => {
    for (let index = 0; index < COMMITS; ) {
      const { refused } = await peer.ask('add', { ids: [`theirs-${name}-${index}`] });
      // Its own patience is at an end sooner than ours: asked again, as a person would.
      if (refused.length > 0) sum.gaveUp += 1;
      else {
        index += 1;
        sum.added += 1;
      }
    }
  };
  const commitAll = async (writers) => {
    // In shares, so that both are at it for the whole time and not one after the other.
    for (let done = 1; ours > 0 && done < COMMITS; ) {
      const commits = Math.min(10, COMMITS - done);
      await writers.askAll({ commits });
      done += commits;
      while (sum.added < done * theirs * 0.9) await new Promise((next) => setTimeout(next, 5));
    }
  };
  const telling = setInterval(() => told(sum.added), 5_000);
  try {
    await withProcesses(
      'writer.mjs',
      ours,
      (index) => [path, `w${index}`, '0'],
      async (writers) => {
        await writers.askAll({ commits: 1 });
        await Promise.all([...peers.map(addAll), commitAll(writers)]);
      },
    );
  } finally {
    clearInterval(telling);
    for (const { child } of peers) child.kill('SIGKILL');
  }
  const state = JSON.parse(readFileSync(path, 'utf8'));
  const { each } = countsIn(state);
  const found = Array.from({ length: ours }, (_, index) => each[idOf(`w${index}`)] ?? 0);
  const added = Object.keys(state.profiles).filter((id) => id.startsWith('theirs-'));
  return {
    ...sum,
    oursLost: found.reduce((lost, commits) => lost + COMMITS - commits, 0),
    theirsLost: theirs * COMMITS - added.length,
    flaws: flawsOf(path),
  };
}
