// One host, in namespaces of its own: `host.mjs '<json>'`. Waits for its cable, then runs a gateway of the real OpenClaw, `codex-login
// sync` and turn after turn, and tells as JSON lines what each turn carried and what sync said. Ends with its standard input.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { responses } from '../../../test/interop/responses.mjs';
import { relay } from './relay.mjs';

const { name, home, node, directory, program, cable, address, gatewayAddress, ports, environment } =
  JSON.parse(process.argv[2]);
const run = promisify(execFile);
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const version = /** @type {string} */ (/([\d.]+)\/node_modules/.exec(directory)?.[1]);
const provider = version < '2026.6' ? 'openai-codex' : 'openai';
const api = version < '2026.6' ? 'openai-codex-responses' : 'openai-chatgpt-responses';

process.stdin.once('end', () => process.exit());
await new Promise((resolve) => process.stdin.once('data', resolve));
execFileSync('hostname', [name]);
for (const args of [
  ['link', 'set', 'lo', 'up'],
  ['addr', 'add', `${address}/30`, 'dev', cable],
  ['link', 'set', cable, 'up'],
])
  execFileSync('ip', args);
for (const port of ports) await relay({ host: '127.0.0.1', port }, { host: gatewayAddress, port });

// The model is on the host itself, so that a turn can be watched while the host is cut off.
let carried = [];
const model = createServer((request, response) => {
  request.resume().once('end', () => {
    if (request.method !== 'POST') return void response.writeHead(404).end();
    carried.push(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(responses());
  });
});
await new Promise((resolve) => model.listen(0, '127.0.0.1', resolve));

const state = join(home, '.openclaw');
mkdirSync(state, { recursive: true });
const gateway = {
  mode: 'local',
  port: 18_789,
  bind: 'loopback',
  auth: { mode: 'token', token: 'a-token-for-tests' },
};
const models = {
  providers: {
    [provider]: {
      baseUrl: `http://127.0.0.1:${model.address().port}/backend-api`,
      api,
      models: [{ id: 'gpt-5.4', name: 'gpt-5.4' }],
    },
  },
};
const agents = { defaults: { model: { primary: `${provider}/gpt-5.4` } } };
writeFileSync(join(state, 'openclaw.json'), JSON.stringify({ gateway, agents, models }));
const env = {
  PATH: `${dirname(node)}:/usr/sbin:/usr/bin:/bin`,
  HOME: home,
  TMPDIR: home,
  OPENCLAW_STATE_DIR: state,
  OPENCLAW_LOG_LEVEL: 'silent',
  OPENCLAW_DISABLE_BUNDLED_PLUGINS: '1',
  npm_config_registry: 'http://127.0.0.1:9/',
  npm_config_fetch_retries: '0',
  NO_COLOR: '1',
};
const openclaw = (args, more = {}) => [
  node,
  [join(directory, 'openclaw.mjs'), ...args],
  { env: { ...env, ...more }, cwd: home },
];

const ours = [program, 'sync', '--store', 'env:SHARED', '--openclaw', directory, '--json'];
const withStore = { env: { ...env, ...environment }, cwd: home };
// A gateway of 2026.8 or 2026.9 that finds nothing stored when it starts never looks again, whatever it is told.
await run(process.execPath, [...ours, '--once'], withStore);

const [file, args, options] = openclaw(['gateway', 'run'], { OPENCLAW_LOG_LEVEL: 'info' });
const running = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
let said = '';
await new Promise((resolve, reject) => {
  running.stdout.setEncoding('utf8').on('data', (chunk) => {
    said += chunk;
    if (/\bready(?: \(|$)/m.test(said)) resolve();
  });
  running.once('exit', (status) => reject(new Error(`${name}: the gateway ended with ${status}:\n${said}`)));
});

const sync = spawn(process.execPath, [...ours, '--interval', '2'], {
  ...withStore,
  stdio: ['ignore', 'pipe', 'inherit'],
});
let pending = '';
sync.stdout.setEncoding('utf8').on('data', (chunk) => {
  pending += chunk;
  const lines = pending.split('\n');
  pending = lines.pop() ?? '';
  for (const line of lines) tell({ sync: JSON.parse(line) });
});
sync.once('exit', (status) => tell({ syncEnded: status }));

await sleep(5_000);
for (;;) {
  carried = [];
  const began = Date.now();
  const message = ['agent', '--agent', 'main', '--message', 'ping', '--json'];
  const failure = await run(...openclaw(message)).then(
    () => undefined,
    (error) => String(error.stderr).slice(0, 300),
  );
  tell({ turn: { began, ended: Date.now(), tokens: carried, failure } });
  await sleep(1_000);
}
