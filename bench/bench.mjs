// What our program takes, beside the real ones, in one run: `npm run bench` installs them (hundreds of megabytes, once), measures in
// turns and writes docs/performance.md with its pictures. `--runs <n>` (15), `--only own|start|callback|memory|refresh|commit|size`, `--write` although
// only a part was measured: its table alone is replaced.

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { installAll } from '../scripts/real-programs/install.mjs';
import { isolation } from '../scripts/real-programs/isolation.mjs';
import { PINNED, titleOf } from '../scripts/real-programs/pinned.mjs';
import { programOf } from '../scripts/real-programs/programs.mjs';
import { REFRESHERS } from '../scripts/real-programs/refreshers.mjs';
import { commitCost } from '../scripts/soak/cost.mjs';
import { ratios, spread, table } from './figures.mjs';
import { MEMORY_HEAD, measureMemory } from './memory.mjs';
import { measureOwn } from './own.mjs';
import { groupsIn, plot } from './plot.mjs';
import { measureRefresh, REFRESH_HEAD } from './refresh.mjs';
import { measureSizes, SIZE_HEAD } from './size.mjs';
import { watch } from './watched.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '15' },
    only: { type: 'string' },
    write: { type: 'boolean' },
  },
});
/** An installation takes seconds, and hundreds of megabytes. */
const MOST_INSTALLATIONS = 5;
/** A peak hardly differs from run to run. */
const MOST_LOGINS = 7;
const place = (path) => fileURLToPath(new URL(path, import.meta.url));
const runs = Number(values.runs);
const progress = (text) => process.stderr.write(`${text}\n`);
if (process.platform !== 'linux' || isolation.length === 0) {
  progress('The benchmark needs Linux: /proc, a pseudo-terminal of util-linux, and namespaces for networks.');
  process.exit(2);
}

const load = loadavg()[0].toFixed(0);
const { node, directories } = installAll(progress, neededFor(values.only));
const missing = [node, ...Object.values(directories)].find((found) => found.missing !== undefined);
if (missing !== undefined) throw new Error(missing.missing);
const [own, ...others] = PINNED.map(titleOf).filter((title) => title in directories);
const versionOf = (file) =>
  spawnSync(file, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim();
const nodes = [process.execPath, node].map((file) => ({ version: versionOf(file), node: file }));
const program = join(directories[own], 'bin/codex-login.cjs');
await leaveCompiled();

if (isAsked('own')) {
  const rows = await measureOwn({ nodes, program, runs, progress });
  const head = ['Node.js', 'what', 'ms, median (from, to)', 'times `node -e 0`: of the medians (run by run)'];
  report('own', table(head, rows));
}
if (isAsked('start')) {
  const bare = { title: 'node -e 0', argv: [node, '-e', '0'], bare: true };
  const programs = [own, ...others].map((title) => ({ title, argv: asInstalled(title) }));
  const measured = await inTurns('start', [bare, ...programs]);
  const base = measured.get('node -e 0').map(({ addressMs }) => addressMs);
  const rows = [...measured].map(([title, figures]) => {
    const address = figures.map(({ addressMs }) => addressMs);
    const ready = figures.map(({ readyMs }) => readyMs).filter((ms) => ms !== undefined);
    if (title === 'node -e 0') return [`\`${title}\``, spread(address), '', '', '', ''];
    const cost = ['cpuMs', 'peakMiB'].map((name) => spread(figures.map((one) => one[name])));
    const ahead = ratios(address, base);
    return [
      title,
      spread(address),
      spread(ahead, 2),
      ready.length === 0 ? 'nobody listens' : spread(ready),
      ...cost,
    ];
  });
  const head = [
    'program',
    'ms to the address, median (from, to)',
    'times `node -e 0`',
    'ms to ready',
    'CPU ms',
    'peak MiB',
  ];
  report('start', table(head, rows));
}
if (isAsked('callback')) {
  const programs = [own, ...others].map((title) => ({ title, node, directory: directories[title] }));
  const measured = await inTurns('callback', programs);
  const ours = measured.get(own);
  const rows = [...measured].map(([title, figures]) => {
    const told = ['storedMs', 'pageMs', 'cpuMs', 'peakMiB'].map((name) => {
      const seen = figures.map((one) => one[name]).filter((value) => value !== undefined);
      return seen.length === 0 ? 'none' : spread(seen);
    });
    const ahead = figures.map(({ storedMs }, run) => storedMs / (ours[run]?.storedMs ?? Number.NaN));
    return [title, told[0], title === own ? '' : spread(ahead.filter(Number.isFinite), 2), ...told.slice(1)];
  });
  const head = [
    'program',
    'ms to stored, median (from, to)',
    'times ours',
    'ms to the page',
    'CPU ms meanwhile',
    'peak MiB of the login',
  ];
  report('callback', table(head, rows));
}
if (isAsked('memory')) {
  const rows = await measureMemory({ nodes, program, runs: Math.min(runs, MOST_LOGINS), progress });
  report('memory', table(MEMORY_HEAD, rows));
}
if (isAsked('refresh')) {
  const rows = await measureRefresh({ installed: { node, directories }, runs, progress });
  report('refresh', table(REFRESH_HEAD, rows));
}
if (isAsked('commit')) {
  const rows = [];
  for await (const { what, figure } of commitCost(progress)) rows.push([what, figure]);
  report('commit', table(['what', 'figure'], rows));
}
if (isAsked('size')) {
  const titles = PINNED.map(titleOf).filter((title) => !title.startsWith('openclaw'));
  const rows = await measureSizes({
    root: place('..'),
    titles,
    runs: Math.min(runs, MOST_INSTALLATIONS),
    progress,
  });
  report('size', table(SIZE_HEAD, rows));
}

/** From the second start on a program has what was compiled at the first: that one must come to its end, and the peers' are killed. */
async function leaveCompiled() {
  const address = [
    '--issuer',
    'http://127.0.0.1:9',
    '--port',
    '0',
    '--no-browser',
    '--store',
    '/nowhere/auth-profiles.json',
  ];
  const env = { PATH: process.env.PATH, HOME: '/nowhere' };
  const mark = /oauth\/authorize\?/;
  await watch([node, program, 'login', '--alone', ...address], { cwd: place('..'), env, mark });
}

/** Of the real programs. */
function neededFor(part) {
  if (part === 'refresh') return [PINNED[0], ...REFRESHERS];
  return ['own', 'memory', 'commit', 'size'].includes(part)
    ? [PINNED[0]]
    : [...new Set([...PINNED, ...REFRESHERS])];
}

function isAsked(part) {
  return values.only === undefined || values.only === part;
}

/** As npm puts it on the path: of codex that is a launcher, which starts the program proper. */
function asInstalled(title) {
  const { folder, login, directory } = programOf(title, { node, directory: directories[title] });
  return folder === 'codex' ? [node, join(directory, 'bin/codex.js'), 'login'] : login;
}

async function inTurns(part, programs) {
  const argv = [...isolation, node, place('peers.mjs'), part, String(runs), JSON.stringify(programs)];
  const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const measured = new Map(programs.map(({ title }) => [title, []]));
  let rest = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const { title, failed, ...figures } = JSON.parse(line);
      progress(`${part}  ${title}: ${failed ?? JSON.stringify(figures)}`);
      if (failed === undefined) measured.get(title).push(figures);
    }
  }
  const empty = [...measured].find(([, figures]) => figures.length === 0);
  if (empty !== undefined) throw new Error(`${part}: no figures of ${empty[0]}`);
  return measured;
}

/** Part by part: what fails later takes nothing back. */
function report(part, figures) {
  process.stdout.write(`${figures}\n\n`);
  if (values.only !== undefined && !values.write) return;
  const document = place('../docs/performance.md');
  const versions = `Node.js ${versionOf(process.execPath)} and ${versionOf(node)}`;
  const date = new Date().toISOString().slice(0, 10);
  const machine = `Linux ${release().split('-')[0]}, ${cpus().length} cores, load ${load} at the start`;
  const body = `${figures}\n\nMeasured: ${date}, ${runs} runs in turns, ${versions}, ${machine}.`;
  const text = readFileSync(document, 'utf8').replace(
    new RegExp(`(<!-- ${part}: start -->)[\\s\\S]*?(<!-- ${part}: end -->)`),
    (_, start, end) => `${start}\n${body}\n${end}`,
  );
  writeFileSync(document, text);
  for (const theme of ['light', 'dark'])
    writeFileSync(place(`../docs/images/performance-${theme}.svg`), plot(groupsIn(text), theme));
}
