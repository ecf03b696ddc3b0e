// OpenClaw's own lock and store code, from its published package, beside ours: both write, nobody loses anything.
// `OPENCLAW_INTEROP_DIR` as for `npm run interop`, or what that has installed.

import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { flawsOf } from '../../test/support/store-flaws.mjs';
import { idOf } from '../../test/support/store-scenarios.mjs';
import { count, withDirectory, withProcesses } from './built.mjs';
import { countsIn } from './counter.mjs';

const EACH = 4;
const COMMITS = 500;
const base = resolve(
  process.env.OPENCLAW_INTEROP_DIR ?? fileURLToPath(new URL('../../.cache/interop', import.meta.url)),
);
const real = fileURLToPath(new URL('../../test/interop/real.mjs', import.meta.url));

export async function* openClawPeers(progress) {
  const directory = join(base, 'node_modules/openclaw');
  const node = ['node', `node-${process.platform}-${process.arch}`]
    .map((name) => join(base, 'node_modules', name, 'bin/node'))
    .find((path) => existsSync(path));
  const what = `${EACH} processes of OpenClaw's own code and ${EACH} of ours, ${COMMITS} commits each`;
  if (node === undefined || !existsSync(directory)) {
    yield {
      what,
      figure: '**skipped**: no OpenClaw; run `npm run interop` once, or set OPENCLAW_INTEROP_DIR',
    };
    return;
  }
  const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  yield await withDirectory(async (home) => {
    const path = join(home, 'agents/main/agent/auth-profiles.json');
    mkdirSync(dirname(path), { recursive: true });
    const peers = await Promise.all(Array.from({ length: EACH }, () => startPeer(node, directory, home)));
    let theirs = 0;
    let refused = 0;
    const adds = async (peer, name) => {
      for (let index = 0; index < COMMITS; ) {
        const answer = await peer.ask('add', { ids: [`theirs-${name}-${index}`] });
        // Its own patience is at an end sooner than ours: asked again, as a person would.
        if (answer.refused.length > 0) refused += 1;
        else {
          index += 1;
          theirs += 1;
        }
      }
    };
    try {
      return await withProcesses(
        'writer.mjs',
        EACH,
        (index) => [path, `w${index}`, '0'],
        async (writers) => {
          await writers.askAll({ commits: 1 });
          const startedAt = performance.now();
          const told = setInterval(() => progress(`${theirs} by OpenClaw`), 5_000);
          const pacedOurs = async () => {
            // In shares, so that both are at it for the whole time and not one after the other.
            for (let done = 1; done < COMMITS; ) {
              const commits = Math.min(10, COMMITS - done);
              await writers.askAll({ commits });
              done += commits;
              while (theirs < done * EACH * 0.9) await new Promise((next) => setTimeout(next, 5));
            }
          };
          await Promise.all([...peers.map((peer, index) => adds(peer, index)), pacedOurs()]);
          clearInterval(told);
          const state = JSON.parse(readFileSync(path, 'utf8'));
          const { each } = countsIn(state);
          const oursLost = Array.from(
            { length: EACH },
            (_, index) => COMMITS - each[idOf(`w${index}`)],
          ).reduce((a, b) => a + b, 0);
          const theirsLost =
            EACH * COMMITS - Object.keys(state.profiles).filter((id) => id.startsWith('theirs-')).length;
          const flaws = flawsOf(path);
          return {
            what: `${what} (openclaw ${version})`,
            figure: `${count(2 * EACH * COMMITS)} commits in ${Math.round((performance.now() - startedAt) / 1000)} s: ${theirsLost} of OpenClaw's lost, ${oursLost} of ours (OpenClaw gave up waiting ${refused} times and was asked again)`,
            holds: oursLost === 0 && theirsLost === 0 && flaws.length === 0,
            flaws,
          };
        },
      );
    } finally {
      for (const { child } of peers) child.kill('SIGKILL');
    }
  });
}

async function startPeer(node, directory, home) {
  const env = {
    PATH: dirname(node),
    HOME: home,
    TMPDIR: home,
    OPENCLAW_STATE_DIR: home,
    OPENCLAW_LOG_LEVEL: 'silent',
    OPENCLAW_DISABLE_BUNDLED_PLUGINS: '1',
    NO_COLOR: '1',
  };
  const child = fork(real, [directory], {
    execPath: node,
    env,
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const questions = new Map();
  let isReady = () => undefined;
  const ready = new Promise((resolve, reject) => {
    isReady = resolve;
    child.once('exit', (status) => reject(new Error(`OpenClaw's process ended with ${status}`)));
  });
  child.on('message', ({ id, event, answer, error }) => {
    if (event === 'ready') isReady();
    if (event !== undefined) return;
    const { resolve, reject } = questions.get(id);
    questions.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  });
  let asked = 0;
  await ready;
  return {
    child,
    ask: (ask, question) =>
      new Promise((resolve, reject) => {
        const id = asked++;
        questions.set(id, { resolve, reject });
        child.send({ id, ask, ...question });
      }),
  };
}
