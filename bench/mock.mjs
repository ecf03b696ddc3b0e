// What the mock costs, beside oauth2-mock-server and oidc-provider: `npm run bench:mock` measures and writes docs/mock-performance.md.
// Rounds are interleaved, and throughput is per second of the server's own CPU time, so that a busy machine disturbs everybody alike.
// `--cycles <n>` for the run over memory (100,000), `--rounds <n>` (9), `--only speed|ready|memory`.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { createCycles } from './mock/cycles.mjs';
import { isPinned, startServer } from './mock/processes.mjs';

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '9' },
    only: { type: 'string' },
  },
});
const DOCUMENT = fileURLToPath(new URL('../docs/mock-performance.md', import.meta.url));
const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

const NAMES = {
  mock: 'codex-login/testing',
  'oauth2-mock-server': `oauth2-mock-server ${versionOf('oauth2-mock-server')}`,
  'oidc-provider': `oidc-provider ${versionOf('oidc-provider')}`,
  'mock-opaque': 'codex-login/testing, opaque access tokens',
  'oidc-provider-opaque': `oidc-provider ${versionOf('oidc-provider')}, opaque access tokens`,
  floor: 'node:http and two signatures',
  bare: 'Node.js alone',
};
const PEERS = ['oauth2-mock-server', 'oidc-provider'];
const PEERS_OPAQUE = ['oidc-provider-opaque'];

const ROUND = 300;
const WIDTH = 4;
const WARM_UP = 600;
const rounds = Number(values.rounds);
const say = (text) => process.stderr.write(`${text}\n`);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const spread = (numbers, digits) =>
  `${Math.min(...numbers).toFixed(digits)} to ${Math.max(...numbers).toFixed(digits)}`;
const wants = (part) => values.only === undefined || values.only === part;

/** Cycles a second of CPU time, per kind and round. */
async function speed() {
  const kinds = ['mock', ...PEERS, 'mock-opaque', ...PEERS_OPAQUE, 'floor'];
  const running = [];
  for (const kind of kinds) {
    const server = await startServer(kind);
    const cycles = await createCycles(server.where);
    await cycles.run(WARM_UP, WIDTH);
    running.push({ kind, server, cycles, rates: [] });
  }
  for (let round = 0; round < rounds; round += 1) {
    // Another one first, every time.
    const order = running.map((_, index) => running[(index + round) % running.length]);
    for (const { kind, server, cycles, rates } of order) {
      const before = await server.usage();
      await cycles.run(ROUND, WIDTH);
      const after = await server.usage();
      rates.push((ROUND / (after.cpuMs - before.cpuMs)) * 1000);
      say(`round ${round + 1}  ${kind}: ${rates.at(-1).toFixed(0)}`);
    }
  }
  for (const { server, cycles } of running) {
    cycles.close();
    await server.close();
  }
  return Object.fromEntries(running.map(({ kind, rates }) => [kind, rates]));
}

/** Milliseconds of CPU time, and on the clock, from the start of the process to its being ready. */
async function ready() {
  const kinds = ['bare', 'mock', ...PEERS];
  const times = Object.fromEntries(kinds.map((kind) => [kind, { cpu: [], clock: [] }]));
  for (let round = 0; round < rounds + 2; round += 1) {
    for (const kind of kinds) {
      const server = await startServer(kind);
      times[kind].cpu.push(server.where.cpuMs);
      times[kind].clock.push(server.readyMs);
      await server.close();
    }
  }
  return times;
}

/** Resident and heap memory of the mock, ten times on the way. */
async function memory() {
  const count = Number(values.cycles);
  const server = await startServer('mock', ['--expose-gc']);
  const cycles = await createCycles(server.where);
  const found = [];
  for (let done = 0; done < count; ) {
    await cycles.run(count / 10, WIDTH);
    done += count / 10;
    const { rss, heapUsed } = await server.usage();
    found.push({ done, rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20 });
    say(
      `${done} cycles: ${found.at(-1).rss.toFixed(0)} MiB resident, ${found.at(-1).heap.toFixed(0)} MiB heap`,
    );
  }
  cycles.close();
  await server.close();
  return found;
}

function speedText(rates) {
  const row = (kind, reference) => {
    const ratios = rates[reference].map((rate, round) => rate / rates[kind][round]);
    const ratio = kind === reference ? '' : `${median(ratios).toFixed(2)} (${spread(ratios, 2)})`;
    return `| ${NAMES[kind]} | ${median(rates[kind]).toFixed(0)} | ${spread(rates[kind], 0)} | ${ratio} |`;
  };
  const share = median(rates.mock.map((rate, round) => rate / rates.floor[round]));
  return [
    '| server | cycles a second of CPU time, median | from, to | the mock is so many times as fast (from, to) |',
    '|---|---|---|---|',
    ...['mock', ...PEERS].map((kind) => row(kind, 'mock')),
    ...['mock-opaque', ...PEERS_OPAQUE].map((kind) => row(kind, 'mock-opaque')),
    row('floor', 'mock'),
    '',
    `The floor: the mock reaches ${(share * 100).toFixed(0)} % of what \`node:http\` does with two RS256 signatures a token response and nothing else.`,
  ].join('\n');
}

function readyText(times) {
  const rows = Object.entries(times).map(
    ([kind, { cpu, clock }]) =>
      `| ${NAMES[kind]} | ${median(cpu).toFixed(0)} (${spread(cpu, 0)}) | ${Math.min(...clock).toFixed(0)} |`,
  );
  const more = median(times.mock.cpu.map((time, round) => time - times.bare.cpu[round]));
  return [
    '| process | ms of CPU time until it is ready, median (from, to) | ms on the clock, fastest start |',
    '|---|---|---|',
    ...rows,
    '',
    `The mock takes ${more.toFixed(0)} ms more than Node.js alone (median of the rounds).`,
  ].join('\n');
}

function memoryText(found) {
  const rows = found.map(({ done, rss, heap }) => `| ${done} | ${rss.toFixed(0)} | ${heap.toFixed(0)} |`);
  return ['| cycles | resident, MiB | heap after a collection, MiB |', '|---|---|---|', ...rows].join('\n');
}

const PARTS = { speed: [speed, speedText], ready: [ready, readyText], memory: [memory, memoryText] };
let document = readFileSync(DOCUMENT, 'utf8');
for (const [part, [measure, textOf]] of Object.entries(PARTS)) {
  if (!wants(part)) continue;
  const load = loadavg()[0].toFixed(0);
  const text = textOf(await measure());
  process.stdout.write(`${text}\n\n`);
  const when = `${new Date().toISOString().slice(0, 10)}, Node.js ${process.versions.node}, Linux ${release().split('-')[0]}, ${cpus().length} cores${isPinned ? ', servers pinned to one' : ''}, load ${load} at the start`;
  const [start, end] = [`<!-- ${part}: start -->`, `<!-- ${part}: end -->`];
  const [before, rest] = document.split(start);
  document = `${before}${start}\n${text}\n\nMeasured: ${when}.\n${end}${rest.split(end)[1]}`;
  writeFileSync(DOCUMENT, document);
}
process.exit(0);
