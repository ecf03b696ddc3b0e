// A store in PostgreSQL with real processes: refreshes as on files, and a server that is killed, restarted or cut off while they and logins
// are under way. The server has the settings that it ships with: a commit waits for the disk.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startCuttingProxy } from '../../test/support/cutting-proxy.mjs';
import { findPostgres, startPostgres } from '../../test/support/postgres-server.mjs';
import { alarmsOf, expiries, openTrial } from '../../test/support/refresh-trials.mjs';
import { dist, latencyMs, PROCESSES, ROUNDS, situations } from './refresh.mjs';

const WORDS = ', in PostgreSQL';
const OUTAGES = 20;
const ASKING = 6;
/** Longer than any outage here, its deadlines and the pause after it. */
const LONGEST_SETTLE_MS = 45_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const load = (file) => import(new URL(`../../dist/src/${file}.js`, import.meta.url).href);

export async function* postgres(progress) {
  const workshop = mkdtempSync(join(tmpdir(), 'codex-login-soak-'));
  const found = findPostgres(workshop);
  if (found.missing) {
    yield { what: 'a store in PostgreSQL', figure: `skipped: ${found.missing}`, holds: undefined };
    return;
  }
  const server = await startPostgres(found);
  try {
    await makeTables(server.url());
    const { createKeyRing } = await load('store/sealing/key-ring');
    const inTrial = async (latency, use, url = server.url()) => {
      const shared = { url, storeKey: randomUUID(), keys: createKeyRing('soak') };
      const trial = await openTrial({ dist, directory: workshop, latencyMs: latency, shared });
      try {
        return await use(trial);
      } finally {
        await trial.close();
      }
    };
    const what = `${PROCESSES} processes × ${ROUNDS} expiries, 100 to 1,000 ms latency${WORDS}`;
    const { flaws, refreshed } = await inTrial(latencyMs, async (trial) => ({
      flaws: await expiries(trial, {
        processes: PROCESSES,
        rounds: ROUNDS,
        mode: 'claims',
        progress: (round) => progress(`${what}: ${round} of ${ROUNDS}`),
      }),
      refreshed: trial.front.counts.refreshes,
    }));
    const holds = flaws.length === 0 && refreshed === ROUNDS;
    yield { what, figure: `${refreshed} refresh requests, ${flaws.length} flaws`, holds, flaws };
    yield* situations(progress, inTrial, () => 'claims', WORDS);
    yield* outages(progress, server, inTrial);
  } finally {
    await server.stop();
    rmSync(workshop, { recursive: true, force: true });
  }
}

async function makeTables(url) {
  const { initStore } = await load('fleet/set-up');
  await initStore({ where: url, environment: {} });
}

/** What happens to the server, for how long, and how it is there again. */
function ways(server, proxy) {
  return [
    ['killed as by a loss of power', async (ms) => back(server.kill, server.start, ms)],
    ['restarted', async (ms) => back(server.shutDown, server.start, ms)],
    [
      'cut off',
      async (ms) =>
        back(
          async () => proxy.stall(),
          async () => proxy.heal(),
          ms,
        ),
    ],
    [
      'refusing connections',
      async (ms) =>
        back(
          async () => proxy.refuse(),
          async () => proxy.heal(),
          ms,
        ),
    ],
  ];
}

async function back(away, again, ms) {
  await away();
  await pause(ms);
  await again();
}

async function* outages(progress, server, inTrial) {
  const proxy = await startCuttingProxy(server);
  const url = server.url().replace(`:${server.port}/`, `:${proxy.port}/`);
  try {
    for (const [way, happen] of ways(server, proxy)) {
      for (const [doing, trialOf] of [
        ['refreshes', refreshesThrough],
        ['logins', loginsThrough],
      ]) {
        const what = `the server ${way} at a random moment of ${doing}: nothing half-written, and all go on by themselves`;
        const flaws = await inTrial(
          () => 50 + Math.random() * 300,
          (trial) => trialOf(trial, happen, (round) => progress(`${what}: ${round} of ${OUTAGES}`)),
          url,
        );
        yield { what, figure: `${OUTAGES} outages, ${flaws.length} flaws`, holds: flaws.length === 0, flaws };
      }
    }
  } finally {
    await proxy.close();
  }
}

/** A few processes ask at once, the server goes away in the middle; whoever gets an error asks again. */
async function refreshesThrough(trial, happen, progress) {
  const flaws = [];
  const all = await Promise.all(Array.from({ length: ASKING }, () => trial.start('claims')));
  try {
    for (let round = 1; round <= OUTAGES; round += 1) {
      progress(round);
      await trial.expire();
      const before = trial.front.counts.refreshes;
      const gone = pause(Math.random() * 500).then(() => happen(100 + Math.random() * 1_500));
      const answers = await Promise.all(all.map((one) => untilAnswered(one, trial, flaws)));
      await gone;
      const tokens = new Set(answers);
      if (tokens.size !== 1) flaws.push(`round ${round}: ${tokens.size} different answers`);
      const sent = trial.front.counts.refreshes - before;
      if (sent !== 1) flaws.push(`round ${round}: ${sent} refresh requests`);
      flaws.push(...wholeOf(await trial.store.read()));
    }
  } finally {
    for (const one of all) one.end();
  }
  return [...flaws, ...alarmsOf(trial)];
}

/**
 * Errors of the store are said, and passed over. A claim whose acknowledgement was lost ends by its time, which is made short here, but not
 * before whoever may be storing an answer has done so.
 */
async function untilAnswered(one, trial, flaws) {
  let pendingSince;
  for (const began = Date.now(); Date.now() - began < 180_000; ) {
    const { token, code, message } = await one.ask({ waitMs: 3_000 });
    if (token !== undefined) return token;
    if (!/^ERR_(?:STORE_UNREACHABLE|STORE_LOCKED|REFRESH_PENDING)$/.test(code)) {
      flaws.push(`${code}: ${message}`);
      return undefined;
    }
    pendingSince = code === 'ERR_REFRESH_PENDING' ? (pendingSince ?? Date.now()) : undefined;
    if (Date.now() - (pendingSince ?? Date.now()) > LONGEST_SETTLE_MS)
      await trial.age().catch(() => undefined);
    await pause(100);
  }
  flaws.push('no token after three minutes');
  return undefined;
}

/** A login at a time; the server goes away around its commit. It ends well by itself, and what is stored is whole at every look. */
async function loginsThrough(trial, happen, progress) {
  const flaws = [];
  for (let round = 1; round <= OUTAGES; round += 1) {
    progress(round);
    const before = (await trial.store.read()).state;
    const signing = trial.signIn().then(
      (result) => result,
      (error) => error,
    );
    await pause(Math.random() * 150);
    await happen(100 + Math.random() * 1_500);
    const result = await signing;
    const after = await untilRead(trial.store);
    flaws.push(...wholeOf(after));
    const [id] = Object.keys(after.state.profiles);
    const isNew = after.state.profiles[id]?.refresh !== before.profiles[id]?.refresh;
    if (result instanceof Error) {
      // Before anybody signed in, it may say that there is no store.
      if (!/^ERR_STORE/.test(result.code ?? ''))
        flaws.push(`round ${round}: ${result.code}: ${result.message}`);
      if (isNew) flaws.push(`round ${round}: ${result.code}, and yet it was stored`);
    } else if (!isNew) flaws.push(`round ${round}: told as stored, and it was not`);
  }
  return [...flaws, ...alarmsOf(trial)];
}

async function untilRead(store) {
  for (;;) {
    try {
      return await store.read();
    } catch {
      await pause(100);
    }
  }
}

/** Profile, order and lastGood of one commit. */
function wholeOf({ state }) {
  const good = state.lastGood?.['openai-codex'];
  const [first] = state.order?.['openai-codex'] ?? [];
  const profile = state.profiles[good];
  return good === first && profile?.access && profile?.refresh ? [] : [`half a commit: ${good}, ${first}`];
}
