// The evidence for the file store, for logins that meet, for refreshes, and for a store in PostgreSQL, in its long forms, on the built package: `npm run soak` runs all of
// it, `npm run soak -- <part> …` those parts. Progress goes to stderr, the figures to stdout, as a table in Markdown. Ends with 1
// where a claim does not hold.

import { cpus, loadavg, release, totalmem } from 'node:os';

import { commitCost } from './soak/cost.mjs';
import { everyCall } from './soak/every-call.mjs';
import { realLimits } from './soak/limits.mjs';
import { openClawPeers } from './soak/openclaw.mjs';
import { refreshPeers } from './soak/peers.mjs';
import { postgres } from './soak/postgres.mjs';
import { writersAndReaders } from './soak/processes.mjs';
import { refreshes } from './soak/refresh.mjs';
import { loginsAtOnce } from './soak/rendezvous.mjs';
import { staleLocks } from './soak/stale.mjs';
import { twoHosts } from './soak/two-hosts.mjs';
import { lastLook } from './soak/window.mjs';

/** Each part tells what it found, row by row: what, figure, and whether it is as claimed (undefined: a figure, no claim). */
const parts = {
  calls: everyCall,
  limits: realLimits,
  window: lastLook,
  processes: writersAndReaders,
  stale: staleLocks,
  openclaw: openClawPeers,
  cost: commitCost,
  rendezvous: loginsAtOnce,
  refresh: refreshes,
  peers: refreshPeers,
  postgres,
  'two-hosts': twoHosts,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in parts));
if (unknown.length > 0) {
  process.stderr.write(`There is no part "${unknown[0]}": ${Object.keys(parts).join(', ')}.\n`);
  process.exit(2);
}

const started = Date.now();
const progress = (text) => {
  const seconds = String(Math.round((Date.now() - started) / 1000)).padStart(4);
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${seconds} s  ${text}` : `${seconds} s  ${text}\n`);
};

const machine = `${cpus().length} cores (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`;
process.stdout.write(
  `${machine}, Node.js ${process.versions.node}\n\n| what | figure | as claimed |\n|---|---|---|\n`,
);
let failed = false;
/** How busy the machine was when each part began and ended, as the system counts it over a minute. */
const loads = [];
const load = () => loadavg()[0].toFixed(1);
for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
  progress(`${name} …`);
  const before = load();
  for await (const { what, figure, holds, flaws = [] } of parts[name](progress)) {
    const verdict = holds === undefined ? '' : holds ? 'yes' : '**no**';
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    process.stdout.write(`| ${what} | ${figure} | ${verdict} |\n`);
    for (const flaw of flaws.slice(0, 20)) process.stderr.write(`        ${flaw}\n`);
    failed ||= holds === false;
  }
  loads.push(`${name} ${before} to ${load()}`);
}
process.stdout.write(`\nLoad of the machine: ${loads.join(', ')}.\n`);
progress(`${failed ? 'not everything is as claimed' : 'done'}\n`);
process.exitCode = failed ? 1 : 0;
