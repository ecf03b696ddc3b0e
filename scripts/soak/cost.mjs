// What a commit costs, as a ratio to the floor of this disk: create, write, fsync, rename, fsync of the directory, with nothing
// around it. The two take turns in one run, so that the disk's moods are the same for both.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { idOf, provider } from '../../test/support/store-scenarios.mjs';
import { count, median, openFileStore, withDirectory, withProcesses } from './built.mjs';

/** Bytes, and how often: alone, and by each of several at once. */
const sizes = [
  { name: '2 KB', profiles: 2, token: 600, alone: 1_000, each: 50 },
  { name: '1 MB', profiles: 500, token: 1_900, alone: 200, each: 10 },
];
const TARGET = 1.5;
const SLOWEST = 4;

export async function* commitCost(progress) {
  for (const size of sizes) {
    progress(`${size.name}, alone`);
    const { floorMs, commitMs, jsonMs } = await withDirectory((directory) => alone(directory, size));
    // Turn by turn: what else the machine is doing meets both.
    const ratio = median(commitMs.map((ms, turn) => ms / floorMs[turn]));
    const ratioOfRest = median(commitMs.map((ms, turn) => (ms - jsonMs[turn]) / floorMs[turn]));
    yield {
      what: `a commit to ${size.name}, alone (${count(commitMs.length)} turns)`,
      figure: `${median(commitMs).toFixed(2)} ms, floor ${median(floorMs).toFixed(2)} ms: **${ratio.toFixed(2)}×**; of it ${median(jsonMs).toFixed(2)} ms are reading, parsing and formatting; without them ${ratioOfRest.toFixed(2)}×`,
      holds: ratio <= TARGET,
    };
    for (const processes of [1, 8, 32]) {
      progress(`${size.name}, ${processes} at once`);
      yield await withDirectory((directory) => atOnce(directory, size, processes));
    }
  }
}

function fill(directory, { profiles, token }) {
  const path = join(directory, 'auth-profiles.json');
  const entries = Array.from({ length: profiles }, (_, index) => [
    idOf(`u${index}`),
    {
      type: 'oauth',
      provider,
      access: 'a'.repeat(token),
      refresh: 'r'.repeat(60),
      expires: 1_900_000_000_000,
      accountId: `u${index}`,
    },
  ]);
  writeFileSync(path, JSON.stringify({ version: 1, profiles: Object.fromEntries(entries) }, null, 2), {
    mode: 0o600,
  });
  return path;
}

/** Create, write, fsync, rename, fsync of the directory. */
function floorOf(directory, bytes) {
  const startedAt = performance.now();
  const descriptor = openSync(join(directory, 'floor.tmp'), 'wx', 0o600);
  writeSync(descriptor, bytes);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(join(directory, 'floor.tmp'), join(directory, 'floor'));
  const parent = openSync(directory, 'r');
  fsyncSync(parent);
  closeSync(parent);
  return performance.now() - startedAt;
}

/** Nothing that is left over from the turn before is paid for in the next. */
function settle(directory) {
  const descriptor = openSync(directory, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** An edit that costs next to nothing: what is measured is the store. */
function bareCommit(store, turn) {
  return store.commit((state) => {
    const profile = { ...state.profiles[idOf('u0')], turn };
    const next = { ...state, profiles: { ...state.profiles, [idOf('u0')]: profile } };
    return { write: true, next, result: undefined };
  });
}

async function alone(directory, size) {
  const path = fill(directory, size);
  const store = openFileStore(path);
  await bareCommit(store, 0);
  const floorMs = [];
  const commitMs = [];
  const jsonMs = [];
  for (let turn = 0; turn < size.alone; turn += 1) {
    const bytes = readFileSync(path);
    settle(directory);
    floorMs.push(floorOf(directory, bytes));
    settle(directory);
    const startedAt = performance.now();
    await bareCommit(store, turn);
    commitMs.push(performance.now() - startedAt);
    const readAt = performance.now();
    Buffer.from(JSON.stringify(JSON.parse(readFileSync(path, 'utf8')), null, 2), 'utf8');
    jsonMs.push(performance.now() - readAt);
  }
  return { floorMs, commitMs, jsonMs };
}

async function atOnce(directory, size, processes) {
  const path = fill(directory, size);
  const bytes = readFileSync(path);
  const floors = () => Array.from({ length: 40 }, () => floorOf(directory, bytes));
  return withProcesses(
    'writer.mjs',
    processes,
    (index) => [path, `u${index}`, String(size.token)],
    async (writers) => {
      await writers.askAll({ commits: 1 });
      const before = floors();
      const startedAt = performance.now();
      const took = await writers.askAll({ commits: size.each });
      const wallMs = performance.now() - startedAt;
      const floorMs = median([...before, ...floors()]);
      const perCommitMs = wallMs / (processes * size.each);
      const durations = took.map(({ tookMs }) => tookMs);
      const slowest = Math.max(...durations) / median(durations);
      const longest = Math.max(...took.map(({ longestMs }) => longestMs));
      return {
        what: `${processes} ${processes === 1 ? 'process' : 'processes'} × ${size.each} commits to ${size.name} at once`,
        figure: `${perCommitMs.toFixed(2)} ms a commit, floor ${floorMs.toFixed(2)} ms: ${(perCommitMs / floorMs).toFixed(2)}×; slowest process ${slowest.toFixed(2)}× the median, longest single commit ${longest.toFixed(0)} ms`,
        holds: slowest <= SLOWEST,
      };
    },
  );
}
