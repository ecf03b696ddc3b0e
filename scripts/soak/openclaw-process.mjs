// The real OpenClaw where `npm run interop` keeps it, or in `OPENCLAW_INTEROP_DIR` (see test/interop/set-up.ts), and its own
// functions in a process that is asked by messages.

import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** That of test/interop/versions.ts whose functions test/interop/real.mjs knows. */
const SEED = '2026.4.5';
const real = fileURLToPath(new URL('../../test/interop/real.mjs', import.meta.url));
const cache = fileURLToPath(new URL('../../.cache/interop', import.meta.url));

/** The package of one version, and a Node.js that is new enough for it; or what is missing. */
export function findOpenClaw(wanted = SEED) {
  const base = resolve(process.env.OPENCLAW_INTEROP_DIR || cache);
  const directory = join(base, wanted, 'node_modules/openclaw');
  const node = ['node', `node-${process.platform}-${process.arch}`]
    .map((name) => join(base, 'node24/node_modules', name, 'bin/node'))
    .find((path) => existsSync(path));
  if (node === undefined || !existsSync(join(directory, 'openclaw.mjs')))
    return { missing: `no OpenClaw ${wanted}; run \`npm run interop\` once, or set OPENCLAW_INTEROP_DIR` };
  const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  return { node, directory, version };
}

/** Started with `home` for its state: `ask(name, question)` resolves to the answer of real.mjs, `hear` gets its events. */
export async function startOpenClaw({ node, directory }, home, hear) {
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
  await new Promise((isReady, reject) => {
    child.on('message', ({ id, event, answer, error }) => {
      if (event === 'ready') isReady();
      if (event !== undefined) return hear(event);
      const question = questions.get(id);
      questions.delete(id);
      if (error === undefined) question.resolve(answer);
      else question.reject(new Error(error));
    });
    child.once('exit', (status, signal) => {
      const ended = new Error(`OpenClaw's process ended with ${status ?? signal}`);
      reject(ended);
      for (const question of questions.values()) question.reject(ended);
    });
  });
  let asked = 0;
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
