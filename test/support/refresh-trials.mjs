// Trials of the refresh protocol with real processes on one store, a file or in PostgreSQL: everybody at once, and a holder that is killed, stopped, suspended,
// or never hears an answer. Each tells what it found; the suite runs a few of them, `npm run soak -- refresh` many.

import { fork } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { startSlowFront } from './slow-front.mjs';

const resolver = fileURLToPath(new URL('resolver.mjs', import.meta.url));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const provider = 'openai-codex';

/**
 * Everything a trial needs, around a store with one login in it.
 * @param shared `{ url, storeKey, keys }` of a store in PostgreSQL, instead of a file in the directory
 */
export async function openTrial({ dist, directory, latencyMs, shared }) {
  const load = (file) => import(pathToFileURL(join(dist, file)).href);
  const { login, openaiCodex, overrideProvider } = await load('src/index.js');
  const { openFileStore, openPostgresStore, parseKeyRing } = await load('src/store/index.js');
  const { createUserAgent, startAuthorizationServer } = await load('mocks/index.js');
  const front = await startSlowFront(startAuthorizationServer, latencyMs);
  const path = join(directory, 'auth-profiles.json');
  const store = shared
    ? await openPostgresStore(shared.url, {
        storeKey: shared.storeKey,
        keyRing: parseKeyRing(shared.keys),
        environment: {},
      })
    : openFileStore(path);
  const signIn = () =>
    login({
      provider: overrideProvider(openaiCodex, { issuer: front.issuer, port: 0 }),
      openUrl: createUserAgent().openUrl,
      store,
    });
  await signIn();
  const [profileId] = Object.keys((await store.read()).state.profiles);
  const change = (edit) =>
    store.commit((state) => {
      const profile = state.profiles[profileId];
      const next = { ...state, profiles: { ...state.profiles, [profileId]: edit(profile) } };
      return { write: true, next, result: undefined };
    });
  return {
    front,
    path,
    signIn,
    profile: async () => (await store.read()).state.profiles[profileId],
    expire: () => change((profile) => ({ ...profile, expires: Date.now() - 1 })),
    /** As if the holder's time were over: its lock went stale, and its claim ran out. */
    async age() {
      if (!shared) rmSync(`${path}.lock`, { force: true });
      await change(({ claim, ...profile }) =>
        claim === undefined ? profile : { ...profile, claim: { ...claim, until: Date.now() - 1 } },
      );
    },
    isLocked: () => existsSync(`${path}.lock`),
    store,
    start: (mode) => startResolver(dist, shared ?? path, mode),
    async close() {
      await store.close();
      await front.close();
    },
    provider,
  };
}

/** One process on a file, or on a shared store. `ask(plan)` resolves to its answer, or to `{ gone: true }` where it was killed. */
export async function startResolver(dist, where, mode = 'locks') {
  const child = fork(resolver, [dist, typeof where === 'string' ? where : '', mode], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, SHARED_STORE: typeof where === 'string' ? '' : JSON.stringify(where) },
  });
  const notes = [];
  const waiting = new Set();
  let answer = () => undefined;
  child.on('message', (message) => {
    if (message.note !== undefined) {
      notes.push(message.note);
      for (const look of waiting) look();
    } else answer(message.answer);
  });
  child.once('exit', () => answer({ gone: true }));
  const noted = (test) =>
    new Promise((resolve) => {
      const look = () => {
        if (!notes.some(test)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  await noted(({ ready }) => ready);
  return {
    ask: (plan = {}) =>
      new Promise((resolve) => {
        answer = resolve;
        child.send(plan);
      }),
    stopped: (point) => noted(({ stopped }) => stopped === point),
    stop: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    kill: () => child.kill('SIGKILL'),
    end: () => {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
    },
  };
}

/** Everybody at once, at every expiry: one request, equal answers, no alarm. */
export async function expiries(trial, { processes, rounds, mode = 'locks', progress = () => undefined }) {
  const flaws = [];
  const all = await Promise.all(Array.from({ length: processes }, () => trial.start(mode)));
  try {
    for (let round = 1; round <= rounds; round += 1) {
      await trial.expire();
      const before = trial.front.counts.refreshes;
      const answers = await Promise.all(all.map(({ ask }) => ask()));
      const tokens = new Set(answers.map(({ token, code, message }) => token ?? `${code}: ${message}`));
      const sent = trial.front.counts.refreshes - before;
      if (sent !== 1) flaws.push(`round ${round}: ${sent} refresh requests`);
      if (tokens.size !== 1) flaws.push(`round ${round}: answers ${[...tokens].join(', ')}`);
      progress(round);
    }
  } finally {
    for (const one of all) one.end();
  }
  return [...flaws, ...alarmsOf(trial)];
}

export function alarmsOf({ front }) {
  const { reused, overlaps } = front.counts;
  return [
    ...(reused > 0 ? [`${reused} reuse alarms`] : []),
    ...(overlaps > 0 ? [`${overlaps} overlapping presentations`] : []),
  ];
}

/** What must come of a holder that is killed at each point: whether the next one has a token, or is told why not. */
export const KILL_POINTS = {
  claiming: 'renewed',
  claimed: 'renewed',
  sending: 'renewed',
  sent: 'lost',
  answered: 'lost',
  settling: 'lost',
  settled: 'renewed',
};

/** A holder that is killed at this point; then its time is over, and another process needs a token. */
export async function killed(trial, point, mode = 'locks') {
  await trial.expire();
  const [holder, other] = await Promise.all([trial.start(mode), trial.start(mode)]);
  try {
    if (point === 'sent') trial.front.hearRefresh(() => holder.kill());
    const { gone } = await holder.ask({ killAt: point });
    trial.front.hearRefresh(() => undefined);
    if (!gone) return [`${point}: it was not killed`];
    while (trial.front.counts.inside > 0) await pause(5);
    await trial.age();
    const answer = await other.ask();
    if (KILL_POINTS[point] === 'renewed')
      return [...(answer.token === undefined ? [`${point}: ${answer.message}`] : []), ...alarmsOf(trial)];
    const isNamed = /Sign in again: a refresh started by .* never reported back/.test(answer.message ?? '');
    return isNamed && (await trial.profile()).dead ? [] : [`${point}: ${JSON.stringify(answer)}`];
  } finally {
    holder.end();
    other.end();
  }
}

/** A holder that is stopped right after its claim, for longer than that; somebody else refreshes; then it goes on. */
export async function stoppedBeyondItsClaim(trial, mode = 'locks') {
  await trial.expire();
  const [holder, other] = await Promise.all([trial.start(mode), trial.start(mode)]);
  try {
    const answering = holder.ask({ stopAt: 'claimed' });
    await holder.stopped('claimed');
    await trial.age();
    const answer = await other.ask();
    await pause(5_200);
    holder.resume();
    const late = await answering;
    return [
      ...(answer.token === undefined ? [`the other one: ${answer.message}`] : []),
      ...(late.token !== answer.token ? [`the stopped one: ${JSON.stringify(late)}`] : []),
      ...alarmsOf(trial),
    ];
  } finally {
    holder.end();
    other.end();
  }
}

/** A holder that sleeps while its request is out; the answer comes meanwhile. Others ask, and wait. */
export async function suspended(trial, { afterMs = 20, forMs, others = 2, mode = 'locks' }) {
  await trial.expire();
  const [holder, ...rest] = await Promise.all(Array.from({ length: others + 1 }, () => trial.start(mode)));
  try {
    const before = trial.front.counts.refreshes;
    const sentAway = new Promise((resolve) => trial.front.hearRefresh(resolve));
    const answering = holder.ask();
    await sentAway;
    await pause(afterMs);
    holder.stop();
    const asked = rest.map(({ ask }) => ask());
    await pause(forMs);
    holder.resume();
    const answers = await Promise.all([answering, ...asked]);
    const tokens = new Set(answers.map(({ token, message }) => token ?? message));
    const sent = trial.front.counts.refreshes - before;
    return [
      ...(tokens.size !== 1 ? [`answers ${[...tokens].join(', ')}`] : []),
      ...(sent !== 1 ? [`${sent} requests`] : []),
      ...alarmsOf(trial),
    ];
  } finally {
    holder.end();
    for (const one of rest) one.end();
  }
}

/** The answer is lost between the server and the holder: it cannot be had again, and that is said. */
export async function answerLost(trial, mode = 'locks') {
  await trial.expire();
  const [holder, other] = await Promise.all([trial.start(mode), trial.start(mode)]);
  try {
    trial.front.setFate(() => 'lose');
    const first = await holder.ask();
    trial.front.setFate(() => 'answer');
    const before = trial.front.counts.refreshes;
    const early = await other.ask({ waitMs: 300 });
    const tooEarly = trial.front.counts.refreshes - before;
    await trial.age();
    const last = await other.ask();
    return [
      ...(first.code !== 'ERR_NETWORK' ? [`the holder: ${JSON.stringify(first)}`] : []),
      ...(early.code !== 'ERR_REFRESH_PENDING' || tooEarly > 0
        ? [`before its time: ${JSON.stringify(early)}`]
        : []),
      ...(/never reported back/.test(last.message ?? '')
        ? []
        : [`the loss is not named: ${JSON.stringify(last)}`]),
    ];
  } finally {
    holder.end();
    other.end();
  }
}
