// A store in PostgreSQL by its size: loaded to a thousand, a hundred thousand and a million profiles of up to 10,000 gateways, read and
// refreshed at each. `npm run bench:scale`, or with a smaller number of profiles at last: `npm run bench:scale -- 100000`. The figures go to stdout as Markdown.

import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findPostgres, startPostgres } from '../test/support/postgres-server.mjs';
import { gatewaysFor, PROFILES_EACH, storeKeyOf } from './scale/fleet.mjs';

const most = Number(process.argv[2] ?? 1_000_000);
const SIZES = [1_000, 100_000, 1_000_000].filter((size) => size <= most);
const WORKERS = 2;
const CONNECTIONS = 8;
const SECONDS = 8;
const worker = fileURLToPath(new URL('scale/worker.mjs', import.meta.url));
const load = (file) => import(new URL(`../dist/src/${file}.js`, import.meta.url).href);
const count = (number) => Math.round(number).toLocaleString('en-US');
const print = (text) => process.stdout.write(`${text}\n`);
const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

/** The settings of a small server; a commit waits for the disk, as it ships. */
const SETTINGS = [
  'shared_buffers = 2GB',
  'max_wal_size = 8GB',
  'checkpoint_timeout = 30min',
  'autovacuum_naptime = 15s',
];

async function work(shared, jobs) {
  const children = jobs.map((job) => {
    const child = fork(worker, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.send({ ...shared, ...job });
    return new Promise((resolve, reject) => {
      child.once('message', (answer) => {
        child.kill();
        resolve(answer);
      });
      child.once('exit', (status) => reject(new Error(`a worker ended with ${status}`)));
    });
  });
  return Promise.all(children);
}

/** Seconds of processor time that the server and its sessions have had, those that have ended included. */
function serverSeconds(pid) {
  const ticksOf = (id, from, to) => {
    try {
      const text = readFileSync(`/proc/${id}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return fields.slice(from, to).reduce((sum, field) => sum + Number(field), 0);
    } catch {
      return 0;
    }
  };
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  // utime and stime; of the first process also those of what it has buried.
  const ticks = ticksOf(pid, 11, 15) + children.reduce((sum, id) => sum + ticksOf(id, 11, 13), 0);
  return ticks / 100;
}

async function measure(shared, kind, profiles, connections = CONNECTIONS / WORKERS) {
  const before = serverSeconds(server.pid);
  const jobs = Array.from({ length: WORKERS }, (_, index) => ({
    kind,
    profiles,
    connections,
    seconds: SECONDS,
    seed: index + 1,
  }));
  const answers = await work(shared, jobs);
  const all = answers.flatMap(({ latencies }) => latencies).sort((a, b) => a - b);
  const seconds = Math.max(...answers.map((answer) => answer.seconds));
  const cost = serverSeconds(server.pid) - before + answers.reduce((sum, { cpu }) => sum + cpu, 0);
  return {
    rate: all.length / seconds,
    p50: quantile(all, 0.5),
    p99: quantile(all, 0.99),
    micros: (cost / all.length) * 1e6,
  };
}

const workshop = mkdtempSync(join(tmpdir(), 'codex-login-scale-'));
const found = findPostgres(workshop);
if (found.missing) {
  process.stderr.write(`${found.missing}\n`);
  process.exit(1);
}
const server = await startPostgres(found, { settings: SETTINGS });
try {
  const { initStore } = await load('fleet/set-up');
  const { createKeyRing } = await load('store/sealing/key-ring');
  const { explainAll } = await import('./scale/explain.mjs');
  await initStore({ where: server.url(), environment: {} });
  const shared = { url: server.url(), keys: createKeyRing('bench') };

  print(
    `${cpus().length} cores (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node.js ${process.versions.node}; clients and server on it together`,
  );
  print(
    `\n| profiles | gateways | loaded | on disk | ${['one profile read', 'a whole store read', 'refresh (two durable commits)'].map((what) => `${what}: a second, p50, p99; processor time`).join(' | ')} | load of the machine |`,
  );
  print('|---|---|---|---|---|---|---|---|');
  let there = 0;
  const plans = [];
  for (const size of SIZES) {
    const began = performance.now();
    const half = Math.floor(there + (size - there) / 2);
    await work(shared, [
      { kind: 'load', from: there, to: half },
      { kind: 'load', from: half, to: size },
    ]);
    const seconds = (performance.now() - began) / 1000;
    const { bytes } = await explainAll.size(shared.url);
    const figures = [];
    for (const kind of ['profile', 'store', 'refresh']) {
      const { rate, p50, p99, micros } = await measure(shared, kind, size);
      figures.push(`${count(rate)}/s, ${p50.toFixed(2)} ms, ${p99.toFixed(2)} ms; ${count(micros)} µs`);
    }
    print(
      `| ${count(size)} | ${count(gatewaysFor(size))} | ${count((size - there) / seconds)}/s | ${(bytes / 2 ** 20).toFixed(0)} MB | ${figures.join(' | ')} | ${loadavg()[0].toFixed(1)} |`,
    );
    there = size;
    for (const { what, nodes, pages } of await explainAll.plans(shared.url, storeKeyOf(7)))
      plans.push(`- ${count(size)} profiles, ${what}: ${nodes.join(', ')}; ${pages} pages`);
  }
  print(
    `\nEach gateway is a store of ${PROFILES_EACH} profiles; ${WORKERS} processes with ${CONNECTIONS / WORKERS} connections each ask for ${SECONDS} s, of a gateway and a profile by chance.\n`,
  );
  print('How the rows are found, and how many pages are looked at, by `EXPLAIN (ANALYZE, BUFFERS)`:\n');
  for (const line of plans) print(line);
} finally {
  await server.stop();
  rmSync(workshop, { recursive: true, force: true });
}
