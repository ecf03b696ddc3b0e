// A login of the installed package in a network namespace of its own, with nobody else on its ports:
// `namespace-login.mjs '<json>'`, in `unshare -n`. Prints what came of it as one line of JSON.

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** `v4`: without IPv6. `held`: addresses with ports that other programs hold. `signIns`: how many logins into other stores wait already. */
const { installed, home, v4 = false, held = [], signIns = 0 } = JSON.parse(process.argv[2]);
const packageRoot = join(installed, 'node_modules/codex-login');
const { createUserAgent, startAuthorizationServer } = await import(
  pathToFileURL(join(packageRoot, 'dist/mocks/index.js')).href
);

if (v4) writeFileSync('/proc/sys/net/ipv6/conf/all/disable_ipv6', '1');
execFileSync('ip', ['link', 'set', 'lo', 'up']);

const children = [];
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
/** A program of ours, and the first piece of what it says that matches. */
function start(args, pattern) {
  const child = spawn(process.execPath, args, {
    env: { PATH: '/usr/bin:/bin', HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise((resolve) => {
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
  const said = new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      const found = pattern.exec(stdout);
      if (found) resolve(found[1]);
    });
    ended.then(() => resolve(undefined));
  });
  return { pid: child.pid, said, ended };
}

const holders = held.map(({ host, port }) => {
  const script = `require('net').createServer().listen(${JSON.stringify({ host, port, ipv6Only: true })}, () => console.log('up'))`;
  return start(['-e', script], /(up)/);
});
for (const { said } of holders) await said;

const server = await startAuthorizationServer();
const URL_LINE = /"type":"authorization_url".*?"url":"([^"]+)"/;
mkdirSync(join(home, 'run'), { mode: 0o700 });
const login = (store) => {
  const args = ['login', '--issuer', server.issuer, '--no-browser', '--json', '--store', join(home, store)];
  return start([join(packageRoot, 'bin/codex-login.cjs'), ...args], URL_LINE);
};
for (let count = 0; count < signIns; count += 1) {
  const waiting = login(`other-${count}.json`);
  holders.push(waiting);
  await waiting.said;
}
const mine = login('store.json');
const url = await mine.said;
const agent = createUserAgent();
if (url !== undefined) await agent.openUrl(url);
const { status, stdout, stderr } = await mine.ended;
if (url !== undefined) await agent.settled.catch(() => undefined);
const exchanges = server.journal.entries.filter(({ path }) => path === '/oauth/token');
process.stdout.write(
  `${JSON.stringify({
    status,
    stderr,
    events: stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
    holders: holders.map(({ pid }) => pid),
    exchanges: exchanges.map(({ parameters }) => parameters.redirect_uri),
    page: agent.lastPage()?.status,
  })}\n`,
);
process.exit();
