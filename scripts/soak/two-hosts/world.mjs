// What is between the hosts: `world.mjs '<json>'`, in a network namespace of its own. The authorization server and PostgreSQL, a login
// into it, a cable to each host, and a cut of the second one. Tells `{ note }`s, and at the end the `{ story }`.

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { startPostgres } from '../../../test/support/postgres-server.mjs';
import { relay } from './relay.mjs';

const setting = JSON.parse(process.argv[2]);
const { home, openClaws, postgres, expiries, lifetimeSeconds, cutAfter, cutSeconds } = setting;
const root = fileURLToPath(new URL('../../..', import.meta.url));
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const program = join(root, bin['codex-login']);
const { createUserAgent, profiles, startAuthorizationServer } = await import(
  new URL('../../../dist/mocks/index.js', import.meta.url).href
);
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const children = [];
let database;
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  if (database?.pid !== undefined) process.kill(database.pid, 'SIGQUIT');
});
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(1));

execFileSync('ip', ['link', 'set', 'lo', 'up']);
const server = await startAuthorizationServer({
  profile: { ...profiles['openai-codex'], accessTokenLifetimeSeconds: lifetimeSeconds },
});
database = await startPostgres(postgres);
const environment = {
  SHARED: database.url('postgres'),
  CODEX_LOGIN_KEYS_FILE: join(home, 'keys.json'),
};
const ours = (args, hear = () => undefined) =>
  new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, HOME: home, NO_COLOR: '1', ...environment };
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      said += chunk;
      hear(said);
    });
    child.once('close', (status) =>
      status === 0 ? resolve(said) : reject(new Error(`${args[0]} ended with ${status}: ${said}`)),
    );
  });
tell({ note: 'PostgreSQL and one login in it' });
await ours(['store', 'init', '--store', 'env:SHARED', '--new-keys', environment.CODEX_LOGIN_KEYS_FILE]);
let isOpened = false;
await ours(
  ['login', '--store', 'env:SHARED', '--issuer', server.issuer, '--port', '0', '--no-browser', '--json'],
  (said) => {
    const url = /"type":"authorization_url".*?"url":"([^"]+)"/.exec(said)?.[1];
    if (url === undefined || isOpened) return;
    isOpened = true;
    void createUserAgent().openUrl(url);
  },
);

const refreshesSoFar = () => server.journal.entries.filter(({ grantType }) => grantType === 'refresh_token');
const ports = [server.port, database.port];
const hosts = [];
for (const [index, { node, directory }] of openClaws.entries())
  hosts.push(await startHost(index, node, directory));

let cut;
const flaws = [];
const started = Date.now();
for (let told = -1; refreshesSoFar().length < expiries || cut?.until > Date.now() - 60_000; ) {
  await sleep(500);
  const done = refreshesSoFar().length;
  if (done !== told)
    tell({
      note: `two hosts: ${done} of ${expiries} expiries, turns ${hosts.map(({ turns }) => turns.length).join(' + ')}`,
    });
  told = done;
  if (cut === undefined && done >= cutAfter) {
    cut = { since: Date.now(), until: Date.now() + cutSeconds * 1000 };
    execFileSync('ip', ['link', 'set', hosts[1].cable, 'down']);
    tell({ note: 'the second host is cut off' });
  }
  if (cut !== undefined && !cut.isOver && Date.now() >= cut.until) {
    cut.isOver = true;
    execFileSync('ip', ['link', 'set', hosts[1].cable, 'up']);
    tell({ note: 'the second host is back' });
  }
  for (const { name, ended } of hosts)
    if (ended !== undefined) flaws.push(`${name}: sync ended with ${ended}`);
  if (flaws.length > 0 || Date.now() - started > expiries * lifetimeSeconds * 1000 + 300_000) break;
}
// What the last refresh brought is still on its way to the hosts.
await sleep(10_000);
tell({ story: judge() });
for (const child of children) child.kill('SIGKILL');
await database.stop();
database = undefined;
process.exit();

async function startHost(index, node, directory) {
  const name = `host-${index + 1}`;
  const own = join(home, name);
  mkdirSync(own, { recursive: true });
  const [cable, far] = [`near${index}`, `far${index}`];
  const [gatewayAddress, address] = [`10.77.${index}.1`, `10.77.${index}.2`];
  const given = {
    name,
    home: own,
    node,
    directory,
    program,
    cable: far,
    address,
    gatewayAddress,
    ports,
    environment,
  };
  const flags = ['-n', '-p', '-m', '-u', '--fork', '--mount-proc', '--kill-child'];
  const script = fileURLToPath(new URL('host.mjs', import.meta.url));
  const child = spawn('unshare', [...flags, process.execPath, script, JSON.stringify(given)], {
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const host = { name, cable, own, turns: [], said: [], ended: undefined, leaks: [] };
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    rest += chunk;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const { turn, sync, syncEnded } of lines.map((line) => JSON.parse(line))) {
      if (process.env.SOAK_TRACE)
        process.stderr.write(
          `${name} ${JSON.stringify(turn ? { ...turn, tokens: turn.tokens.map((one) => server.journal.label(one) ?? one) } : (sync ?? syncEnded)).slice(0, 600)}\n`,
        );
      if (turn !== undefined) host.turns.push(turn);
      if (sync !== undefined) host.said.push(sync);
      if (syncEnded !== undefined) host.ended = syncEnded;
    }
  });
  child.once('exit', (status) => {
    host.ended ??= `its host (${status})`;
  });
  // `unshare` itself is in the new network before it starts anything.
  for (let tries = 0; ; tries += 1) {
    await sleep(100);
    execFileSync('ip', ['link', 'add', cable, 'type', 'veth', 'peer', 'name', far]);
    try {
      execFileSync('ip', ['link', 'set', far, 'netns', String(child.pid)]);
      break;
    } catch (error) {
      execFileSync('ip', ['link', 'del', cable]);
      if (tries > 50) throw error;
    }
  }
  for (const args of [
    ['addr', 'add', `${gatewayAddress}/30`, 'dev', cable],
    ['link', 'set', cable, 'up'],
  ])
    execFileSync('ip', args);
  for (const port of ports) await relay({ host: gatewayAddress, port }, { host: '127.0.0.1', port });
  child.stdin.write('the cable is in\n');
  return host;
}

/** What happened, and what of it must not. */
function judge() {
  const refreshes = refreshesSoFar();
  const presented = refreshes.map(({ parameters }) => parameters.refresh_token);
  const reused = refreshes.filter(({ outcome }) => outcome.includes('reused')).length;
  if (refreshes.length < expiries) flaws.push(`only ${refreshes.length} expiries of ${expiries} in time`);
  if (new Set(presented).size !== presented.length) flaws.push('a refresh token was presented twice');
  for (const { outcome } of refreshes)
    if (outcome !== 'rotated') flaws.push(`a refresh ended with ${outcome}`);
  const byHost = hosts.map(
    ({ said }) => said.filter(({ refreshed, changed }) => refreshed && changed).length,
  );
  const expiryOf = (token) => {
    try {
      return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).exp * 1000;
    } catch {
      return 0;
    }
  };
  const isGood = ({ failure, tokens, began }) =>
    failure === undefined && tokens.length > 0 && tokens.every((token) => expiryOf(token) > began);
  // A turn that was begun while the host was cut off, or just after, may have found an old token.
  const isAway = ({ began }, index) => index === 1 && cut && began >= cut.since && began < backAt();
  const backAt = () => {
    const first = hosts[1].turns.find((turn) => turn.began >= cut.until && isGood(turn));
    return first?.began ?? Number.POSITIVE_INFINITY;
  };
  const turns = hosts.map(({ turns: all, name }, index) => {
    const counted = all.filter((turn) => !isAway(turn, index));
    const bad = counted.filter((turn) => !isGood(turn));
    for (const { failure, tokens } of bad)
      flaws.push(
        `${name}: a turn without a valid token: ${failure ?? tokens.map((token) => server.journal.label(token)).join()}`,
      );
    return { good: counted.length - bad.length, failed: bad.length };
  });
  const away = hosts[1].turns.filter((turn) => isAway(turn, 1));
  const backAfter = cut === undefined ? Number.NaN : (backAt() - cut.until) / 1000;
  if (!(backAfter < 90)) flaws.push(`the host that was cut off was good again after ${backAfter} s`);
  if (!hosts[1].said.some(({ type, expired }) => type === 'behind' && expired === true))
    flaws.push('the host that was cut off did not say that its token was over');
  const secrets = server.journal
    .secrets()
    .filter((secret) => server.journal.label(secret)?.startsWith('refresh#'));
  for (const { own, name } of hosts)
    for (const file of filesIn(own))
      if (secrets.some((secret) => readFileSync(file).includes(secret)))
        flaws.push(`${name}: a refresh token is in ${file}`);
  return {
    flaws,
    refreshes: refreshes.length,
    byHost,
    reused,
    turns,
    cut: {
      seconds: cutSeconds,
      failed: away.filter((turn) => !isGood(turn)).length,
      backAfterSeconds: Math.round(backAfter),
    },
  };
}

function filesIn(directory) {
  return readdirSync(directory, { recursive: true })
    .map((name) => join(directory, String(name)))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() && dirname(path) !== '/');
}
