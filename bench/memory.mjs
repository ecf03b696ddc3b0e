// The most memory that a login without a proxy has, from its start to its end, beside a `node` whose HTTP server listens and does nothing.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startAuthorizationServer } from '../dist/mocks/index.js';
import { browse } from '../scripts/real-programs/browser.mjs';
import { median, spread } from './figures.mjs';
import { costOf } from './watched.mjs';

const LISTENING = "require('node:http').createServer().listen(0, () => console.log('listens'))";
/** As long as whoever signs in: all that a program loads meanwhile it has loaded. */
const PERSON_MS = 1_000;

export const MEMORY_HEAD = ['Node.js', 'MiB of `node` that listens', 'MiB of a login, at most', 'times'];

/** @returns rows of a table */
export async function measureMemory({ nodes, program, runs, progress }) {
  const rows = [];
  for (const { version, node } of nodes) {
    const [bare, logins] = [[], []];
    for (let run = -1; run < runs; run += 1) {
      const figures = [await listening(node), await login(node, program)];
      progress(`memory  Node.js ${version}: ${figures.map((mib) => mib.toFixed(1)).join(', ')} MiB`);
      // The first also leaves what was compiled.
      if (run < 0) continue;
      bare.push(figures[0]);
      logins.push(figures[1]);
    }
    rows.push([version, spread(bare), spread(logins), `**${(median(logins) / median(bare)).toFixed(2)}**`]);
  }
  return rows;
}

async function listening(node) {
  const child = spawn(node, ['-e', LISTENING], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const { peakMiB } = costOf(child.pid);
  child.kill();
  await once(child, 'close');
  return peakMiB;
}

async function login(node, program) {
  const home = mkdtempSync(join(tmpdir(), 'codex-login-bench-'));
  const server = await startAuthorizationServer();
  try {
    const args = ['login', '--issuer', server.issuer, '--port', '0', '--no-browser'];
    const env = { PATH: process.env.PATH, HOME: home };
    const child = spawn(node, [program, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(child, 'close');
    let most = 0;
    const looking = setInterval(() => {
      most = Math.max(most, costOf(child.pid).peakMiB);
    }, 1);
    const { headers } = await fetch(await addressIn(child.stderr), { redirect: 'manual' });
    await sleep(PERSON_MS);
    await browse(headers.get('location'));
    await ended;
    clearInterval(looking);
    return most;
  } finally {
    await server.close();
    rmSync(home, { recursive: true, force: true });
  }
}

function addressIn(stream) {
  let text = '';
  return new Promise((resolve, reject) => {
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const [url] = /http:\/\/127\S+\/oauth\/authorize\?\S+(?=\s)/.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
    stream.once('end', () => reject(new Error(`no address: ${text.slice(-200)}`)));
  });
}
