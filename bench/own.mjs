// What our own commands take beside the start of Node.js, in turns: the address of a login, and `status` and `token` of a credential
// that is fresh. Through pipes, as another program calls them.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { median, ratios, spread } from './figures.mjs';
import { watch } from './watched.mjs';

const base64url = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');
const DAY_MS = 86_400_000;

/** A store with one credential that is good for ten days. */
function warmStore(directory) {
  const path = join(directory, 'auth-profiles.json');
  const expires = Date.now() + 10 * DAY_MS;
  const claims = { iss: 'https://auth.openai.com', exp: Math.floor(expires / 1000) };
  const access = `${base64url({ alg: 'RS256' })}.${base64url(claims)}.c2ln`;
  const id = 'openai-codex:robin@example.com';
  const profile = { type: 'oauth', provider: 'openai-codex', access, refresh: 'refresh', expires };
  const lists = { order: { 'openai-codex': [id] }, lastGood: { 'openai-codex': id } };
  writeFileSync(path, JSON.stringify({ version: 1, profiles: { [id]: profile }, ...lists }), { mode: 0o600 });
  return path;
}

/** @returns rows of a table */
export async function measureOwn({ nodes, program, runs, progress }) {
  const rows = [];
  const home = mkdtempSync(join(tmpdir(), 'codex-login-bench-'));
  try {
    const warm = warmStore(home);
    const cold = join(home, 'new', 'auth-profiles.json');
    const environment = { cwd: home, env: { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home } };
    const server = ['--issuer', 'http://127.0.0.1:9', '--port', '0', '--no-browser', '--store', cold];
    const address = { mark: /oauth\/authorize\?\S+\s/ };
    for (const { version, node } of nodes) {
      const kinds = [
        ['node -e 0', [node, '-e', '0'], {}],
        ['login, to its address', [node, program, 'login', ...server], address],
        ['login --json, to its address', [node, program, 'login', '--json', ...server], address],
        ['status', [node, program, 'status', '--store', warm], {}],
        ['token', [node, program, 'token', '--store', warm], {}],
      ];
      const took = new Map(kinds.map(([name]) => [name, []]));
      // The first is not counted: it also leaves what was compiled.
      for (let run = -1; run < runs; run += 1)
        for (const [name, argv, more] of kinds) {
          const { ms } = await watch(argv, { ...environment, ...more });
          if (run >= 0) took.get(name).push(ms);
        }
      const bare = took.get('node -e 0');
      for (const [name, values] of took) {
        // Of the medians, and from run to run.
        const times = `**${(median(values) / median(bare)).toFixed(2)}** (${spread(ratios(values, bare), 2)})`;
        rows.push([version, `\`${name}\``, spread(values), values === bare ? '' : times]);
        progress(`Node.js ${version}  ${name}: ${spread(values)} ms`);
      }
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return rows;
}
