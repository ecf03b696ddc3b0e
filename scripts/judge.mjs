// The broken clients of test/support/broken-clients at three servers: `npm run judge` tries each at the mock, at oauth2-mock-server
// and at oidc-provider, and writes the table of docs/mock-comparison.md. The correct client goes first, in the same circumstances:
// what happens to it, too, is no catch.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import * as mock from '../dist/mocks/index.js';
import { defects } from '../test/support/broken-clients/defects.mjs';
import { mockBench } from '../test/support/broken-clients/mock-bench.mjs';
import { oauth2MockServerBench } from '../test/support/broken-clients/oauth2-mock-server-bench.mjs';
import { oidcProviderBench } from '../test/support/broken-clients/oidc-provider-bench.mjs';
import { tryClient } from '../test/support/broken-clients/trial.mjs';

const DOCUMENT = fileURLToPath(new URL('../docs/mock-comparison.md', import.meta.url));
const [START, END] = ['<!-- judged: start -->', '<!-- judged: end -->'];

const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

const columns = [
  { title: `codex-login/testing ${own}`, bench: mockBench(mock) },
  {
    title: `oauth2-mock-server ${versionOf('oauth2-mock-server')}`,
    bench: oauth2MockServerBench,
  },
  { title: `oidc-provider ${versionOf('oidc-provider')}`, bench: oidcProviderBench },
];

/** @returns `{ cell, caught }` */
async function judge(bench, { changes, ...circumstances }) {
  const correct = await tryClient(bench, circumstances);
  if (correct.end === 'impossible') return { cell: 'cannot be tried', caught: false };
  if (correct.findings.length > 0) throw new Error('the correct client was blamed');
  const broken = await tryClient(bench, { ...circumstances, changes });
  if (broken.findings.length > 0) {
    const [first] = broken.findings;
    return { cell: `caught: \`${first.rule}\` (${first.source})`, caught: true };
  }
  // What the correct client is answered as well is the fault, not a finding.
  if (broken.end === 'refused' && broken.detail !== correct.detail)
    return { cell: `caught: ${broken.detail}`, caught: true };
  return {
    cell: correct.end === 'done' ? '**not caught**' : 'not caught; the fault can be had',
    caught: false,
  };
}

// Their notices are about production.
console.info = console.warn = () => undefined;
for (const { title, bench } of columns) {
  const { end, detail } = await tryClient(bench, {});
  if (end !== 'done') throw new Error(`the correct client fails at ${title}: ${end} ${detail}`);
}
const counts = columns.map(() => 0);
const rows = [];
for (const [name, defect] of Object.entries(defects)) {
  const cells = [];
  for (const [index, { bench }] of columns.entries()) {
    const { cell, caught } = await judge(bench, defect);
    if (caught) counts[index] += 1;
    cells.push(cell);
  }
  rows.push(`| \`${name}\` | ${defect.what} | ${cells.join(' | ')} |`);
  process.stderr.write(`${name}: ${cells.join(' | ')}\n`);
}

const total = rows.length;
const table = [
  `Last run: \`npm run judge\`, ${new Date().toISOString().slice(0, 10)}, Node.js ${process.versions.node}.`,
  '',
  `| client | that | ${columns.map(({ title }) => title).join(' | ')} |`,
  `|---|---|${'---|'.repeat(columns.length)}`,
  ...rows,
  `| **caught** | of ${total} | ${counts.map((count) => `**${count}**`).join(' | ')} |`,
].join('\n');
const text = readFileSync(DOCUMENT, 'utf8');
const [before, rest] = text.split(START);
const [, after] = rest.split(END);
writeFileSync(DOCUMENT, `${before}${START}\n${table}\n${END}${after}`);
process.stdout.write(
  `caught of ${total}: ${columns.map(({ title }, index) => `${title} ${counts[index]}`).join(', ')}\n`,
);
process.exit(0);
