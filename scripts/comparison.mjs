// The real programs through the same faults, side by side: `npm run compare` installs them (hundreds of megabytes, once), runs each
// against the mock and writes the tables of docs/comparison.md and the README. `--only <word>` measures the columns whose title has
// that word and keeps the others; names of rows as arguments measure those rows and write nothing, unless `--write` asks for it.
// `--json` prints the raw findings.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeReport } from './comparison/report.mjs';
import { ROWS } from './comparison/rows.mjs';
import { tableOf } from './comparison/table.mjs';
import { installAll } from './real-programs/install.mjs';
import { isolation } from './real-programs/isolation.mjs';
import { PINNED, titleOf } from './real-programs/pinned.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    only: { type: 'string' },
    write: { type: 'boolean' },
    jobs: { type: 'string', default: '2' },
  },
});
const place = (path) => fileURLToPath(new URL(path, import.meta.url));
const started = Date.now();
const progress = (text) =>
  process.stderr.write(`${String(Math.round((Date.now() - started) / 1000)).padStart(5)} s  ${text}\n`);

// The columns are ended when this process exits, and the throw-away homes go with it.
const homes = mkdtempSync(join(tmpdir(), 'comparison-'));
process.once('exit', () => rmSync(homes, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

if (process.platform !== 'linux') {
  process.stderr.write('The comparison needs Linux: a pseudo-terminal of util-linux and /proc.\n');
  process.exit(2);
}
const unknown = positionals.find((id) => !ROWS.some((row) => row.id === id));
if (unknown !== undefined) {
  process.stderr.write(`There is no row "${unknown}": ${ROWS.map(({ id }) => id).join(', ')}.\n`);
  process.exit(2);
}
if (isolation.length === 0)
  progress('no namespaces here: one program at a time, and each waits until ports 1455 and 1457 are free');

const { node, directories } = installAll(progress);
const rows = ROWS.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
const nameOf = Object.fromEntries(rows.map(({ id, what }) => [id, what]));
const cells = Object.fromEntries(rows.map(({ what }) => [what, {}]));
const findings = [];

const waiting = PINNED.map(titleOf).filter((title) => title.includes(values.only ?? ''));
// Without a network of its own for each they would meet on the same ports.
const jobs = isolation.length === 0 ? 1 : Number(values.jobs);
await Promise.all(
  Array.from({ length: jobs }, async () => {
    for (let title = waiting.shift(); title !== undefined; title = waiting.shift()) await column(title);
  }),
);

if (values.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
else process.stdout.write(`${tableOf(Object.keys(cells), cells)}\n`);
if (positionals.length === 0 || values.write) {
  const open = writeReport(cells, {
    date: new Date().toISOString().slice(0, 10),
    node: node.missing === undefined ? await versionOf(node) : 'missing',
    machine: `Linux ${release().split('-')[0]}, ${cpus().length} cores`,
  });
  if (open.length > 0)
    progress(`nothing written: some columns have never been measured (${open.join('; ')})`);
}

/** Fills one column; a program that is not there fills it with the reason. */
async function column(title) {
  const missing = node.missing ?? directories[title].missing;
  if (missing !== undefined) {
    for (const { id } of rows) record({ row: id, title, cell: `not run: ${missing}` });
    return;
  }
  const words = [node, place('comparison/column.mjs'), title, node, directories[title]];
  const argv = [...isolation, ...words, ...rows.map(({ id }) => id)];
  const child = spawn(argv[0], argv.slice(1), {
    env: { ...process.env, TMPDIR: homes },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) record(JSON.parse(line));
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  process.removeListener('exit', stop);
  for (const { id } of rows)
    if (cells[nameOf[id]][title] === undefined)
      record({ row: id, title, cell: `not run: the column ended with ${status}` });
}

function record(finding) {
  cells[nameOf[finding.row]][finding.title] = finding.cell;
  findings.push(finding);
  progress(`${finding.title}  ${finding.row}: ${finding.cell}`);
}

async function versionOf(program) {
  const child = spawn(program, ['-p', 'process.versions.node'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return text.trim();
}
