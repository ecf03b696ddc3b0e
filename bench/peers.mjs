// The real programs in turns, in a network of their own: `peers.mjs <start|callback> <runs> <JSON of programs>`. A line of JSON a run.
// start: at a terminal of 200 columns, from the command to its address, and to the first answer on the callback's port.
// callback: from the moment the browser comes back to the credential on disk, and to the page after the redirects.

import { setTimeout as sleep } from 'node:timers/promises';

import { ask, browse } from '../scripts/real-programs/browser.mjs';
import { listening, portsFree } from '../scripts/real-programs/ports.mjs';
import { programOf } from '../scripts/real-programs/programs.mjs';
import { throwAwayHome, withSession } from '../scripts/real-programs/session.mjs';
import { startInTerminal } from '../scripts/real-programs/terminal.mjs';
import { costOf } from './watched.mjs';

const LONG_MS = 120_000;
const ADDRESS =
  /(?:https:\/\/auth\.openai\.com\/oauth\/authorize\?|http:\/\/localhost:145[57]\/(?!auth))[^\s│]+(?=\s)/;
const PARTS = { start, callback };

const [part, runs, programs] = process.argv.slice(2);
process.umask(0o022);
for (let run = -1; run < Number(runs); run += 1)
  for (const one of JSON.parse(programs)) {
    let figures;
    try {
      figures = await PARTS[part](one);
    } catch (error) {
      figures = { failed: error.message };
    }
    // The first of each is for the disk's cache, and is not counted.
    if (run >= 0) process.stdout.write(`${JSON.stringify({ title: one.title, ...figures })}\n`);
  }
process.exit(0);

async function start({ argv, bare }) {
  const home = throwAwayHome();
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, BROWSER: '/bin/true' };
  await portsFree();
  const started = performance.now();
  const terminal = startInTerminal(argv, { cwd: home, env });
  try {
    if (bare) {
      await terminal.ended;
      return { addressMs: performance.now() - started };
    }
    const shown = await terminal.shows(ADDRESS, LONG_MS);
    const addressMs = performance.now() - started;
    if (shown === undefined) throw new Error(`no address: ${terminal.output.slice(-200)}`);
    const cost = costOf(terminal.pid());
    return { addressMs, ...cost, readyMs: await readyAt(started) };
  } finally {
    await terminal.kill();
  }
}

/** When somebody answers on the callback's port; undefined where nobody listens. */
async function readyAt(started) {
  for (let look = 0; look < 100; look += 1) {
    const port = listening()[0]?.split(':').at(-1);
    if (port !== undefined) {
      const { status } = await ask(`http://127.0.0.1:${port}/favicon.ico`, { timeoutMs: 10_000 });
      if (status !== undefined) return performance.now() - started;
    }
    await sleep(5);
  }
  return undefined;
}

function callback({ title, node, directory }) {
  const program = programOf(title, { node, directory });
  return withSession(program, {}, async (session) => {
    const address = await session.callback();
    // Whoever signs in takes a while: what a program loads meanwhile it has loaded.
    await sleep(1_500);
    const pid = session.terminal.pid();
    const before = costOf(pid).cpuMs;
    const started = performance.now();
    let storedMs;
    const looking = setInterval(() => {
      if (session.credential() === undefined) return;
      storedMs = performance.now() - started;
      clearInterval(looking);
    }, 1);
    const page = await browse(address);
    const pageMs = performance.now() - started;
    const { cpuMs, peakMiB } = costOf(pid);
    while (storedMs === undefined && performance.now() - started < LONG_MS) await sleep(5);
    clearInterval(looking);
    if (storedMs === undefined) throw new Error('nothing was stored');
    return { storedMs, pageMs: page.status === 200 ? pageMs : undefined, cpuMs: cpuMs - before, peakMiB };
  });
}
