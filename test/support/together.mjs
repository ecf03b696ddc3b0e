// Logins that start at once, as processes of the built command line, each of which would open a browser: what became of them.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One login as a process. `nth(type, n)` resolves to its n-th line of a type. */
function startLogin(program, args, env) {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = [];
  const watchers = new Set();
  let rest = '';
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    const pieces = (rest + chunk).split('\n');
    rest = pieces.pop();
    lines.push(...pieces.map((piece) => JSON.parse(piece)));
    for (const watch of watchers) watch();
  });
  const ended = new Promise((resolve) => {
    child.once('close', (status) => resolve(status));
  });
  const nth = (type, n = 0) =>
    new Promise((resolve, reject) => {
      const watch = () => {
        const found = lines.filter((line) => line.type === type)[n];
        if (found) resolve(found);
      };
      watchers.add(watch);
      watch();
      ended.then((status) => reject(new Error(`ended with ${status} without ${type} ${n}: ${stderr}`)));
    });
  return { child, lines, nth, ended };
}

/**
 * What is wrong then: nothing, where it is as it should be.
 * @param {{ program: string, server: any, createUserAgent: () => any, directory: string }} where `program` to run, the mock's `server` and `createUserAgent`, an empty `directory`
 * @param {{ processes?: number, kill?: boolean }} how many processes, and whether the first of them is killed while it waits
 * @returns {Promise<string[]>}
 */
export async function signInTogether(where, { processes = 2, kill = false } = {}) {
  const { program, server, createUserAgent, directory } = where;
  const tabs = join(directory, 'tabs');
  const browser = join(directory, 'browser');
  const store = join(directory, 'auth-profiles.json');
  const runtime = join(directory, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  writeFileSync(tabs, '');
  writeFileSync(browser, `#!/bin/sh\necho "$1" >> '${tabs}'\n`, { mode: 0o755 });
  const env = { PATH: '/usr/bin:/bin', HOME: directory, XDG_RUNTIME_DIR: runtime, BROWSER: browser };
  const args = ['login', '--issuer', server.issuer, '--port', '0', '--json', '--store', store];
  const asked = () => server.journal.entries.filter(({ path }) => path === '/oauth/token').length;
  const before = asked();
  const logins = Array.from({ length: processes }, () => startLogin(program, args, env));
  try {
    const flaws = [];
    const demand = (what, found, wanted) => {
      if (JSON.stringify(found) !== JSON.stringify(wanted))
        flaws.push(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
    };
    /** Everybody has the same address and somebody has opened it: the pids that are followed. */
    const allWait = async (some, turn) => {
      const urls = await Promise.all(some.map(({ nth }) => nth('authorization_url', turn)));
      demand('different addresses', new Set(urls.map(({ url }) => url)).size, 1);
      await Promise.all(some.map(({ nth }) => nth('browser', turn)));
      return urls[0].url;
    };
    const followed = (some) =>
      new Set(some.flatMap(({ lines }) => lines.findLast(({ following }) => following)?.following ?? []));
    let living = logins;
    let url = await allWait(living, 0);
    const [first] = followed(living);
    demand('logins that follow none', living.filter(({ child }) => child.pid === first).length, 1);
    demand('logins that are followed', followed(living).size, 1);
    if (kill) {
      const victim = logins.find(({ child }) => child.pid === first);
      victim.child.kill('SIGKILL');
      await victim.ended;
      living = logins.filter((login) => login !== victim);
      url = await allWait(living, 1);
    }
    demand('tabs', readFileSync(tabs, 'utf8').split('\n').length - 1, kill ? 2 : 1);
    const agent = createUserAgent();
    await agent.openUrl(url);
    demand('exit statuses', [...new Set(await Promise.all(living.map(({ ended }) => ended)))], [0]);
    demand('the page', (await agent.settled).status, 200);
    demand('exchanges', asked() - before, 1);
    const results = living.map(({ lines }) => lines.at(-1));
    const fields = ({ time: _, ...result }) => Object.entries(result).sort();
    for (const result of results) demand('a result', fields(result), fields(results[0]));
    const { profileId, lastGood, expires } = results[0];
    const stored = JSON.parse(readFileSync(store, 'utf8'));
    demand('what is stored', [stored.profiles[profileId]?.expires, lastGood], [expires, profileId]);
    return flaws;
  } finally {
    for (const { child } of logins) child.kill('SIGKILL');
  }
}
