// Two hosts with one login in PostgreSQL, each a network, process, mount and host-name namespace of its own with a real OpenClaw, its
// gateway, and `codex-login sync`: kept good over many expiries, with one of them cut off from the network for longer than a token
// lives. What is between them, and what they are, is in two-hosts/.

import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findPostgres } from '../../test/support/postgres-server.mjs';
import { withDirectory } from './built.mjs';
import { findOpenClaw } from './openclaw-process.mjs';

/** The version of #63856, and one whose store is OpenClaw's database. */
const VERSIONS = ['2026.4.5', '2026.8.2'];
const EXPIRIES = Number(process.env.SOAK_EXPIRIES ?? 20);
/** Of an access token; it is refreshed when half of it is left. */
const LIFETIME_SECONDS = 90;
/** After so many refreshes the second host is cut off, for so long. */
const CUT_AFTER = Math.min(5, EXPIRIES - 1);
const CUT_SECONDS = 150;

const world = fileURLToPath(new URL('two-hosts/world.mjs', import.meta.url));

export async function* twoHosts(progress) {
  const what = `two hosts (namespaces), OpenClaw ${VERSIONS.join(' and ')}, one login in PostgreSQL, ${EXPIRIES} expiries; the second host cut off for ${CUT_SECONDS} s`;
  const openClaws = VERSIONS.map((version) => findOpenClaw(version));
  const postgres = findPostgres(fileURLToPath(new URL('../../.cache', import.meta.url)));
  const missing = [noNamespaces(), ...openClaws.map((one) => one.missing), postgres.missing].find(Boolean);
  if (missing !== undefined) return void (yield { what, figure: `**skipped**: ${missing}` });
  const story = await withDirectory((home) =>
    tell(
      {
        home,
        openClaws,
        postgres,
        expiries: EXPIRIES,
        lifetimeSeconds: LIFETIME_SECONDS,
        cutAfter: CUT_AFTER,
        cutSeconds: CUT_SECONDS,
      },
      progress,
    ),
  );
  const { flaws, refreshes, byHost, reused, turns, cut } = story;
  yield {
    what,
    figure: [
      `${refreshes} refreshes, each of another token, ${byHost.join(' and ')} by the hosts; ${reused} reuse alarms`,
      `turns: ${turns.map(({ good, failed }) => `${good} with a valid token, ${failed} without`).join('; ')}`,
      `the host that was cut off: ${cut.failed} turns failed in ${cut.seconds} s, its first good one ${cut.backAfterSeconds} s after it was back`,
    ].join('; '),
    holds: flaws.length === 0,
    flaws,
  };
}

function noNamespaces() {
  if (process.platform !== 'linux') return 'namespaces are a thing of Linux';
  const { status } = spawnSync('unshare', ['-n', '-p', '-m', '-u', '--fork', '--mount-proc', 'ip', 'link']);
  return status === 0 ? undefined : 'no namespaces can be made here (unshare, ip; it takes root)';
}

/** Runs the world in a network of its own; resolves to what it tells last. */
async function tell(setting, progress) {
  const child = spawn('unshare', ['-n', process.execPath, world, JSON.stringify(setting)], {
    cwd: join(setting.home),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let rest = '';
  let story;
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    rest += chunk;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { note, story: told } = JSON.parse(line);
      if (note !== undefined) progress(note);
      story ??= told;
    }
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  if (story === undefined) throw new Error(`the world ended with ${status}`);
  return story;
}
