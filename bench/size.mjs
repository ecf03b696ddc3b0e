// What `npx` does with an empty cache: an installation of each program, in turns, into a directory of its own. No install script is run.
// The registry is one of our own that passes on what npm's has at the pace of a line (bench/registry.mjs).

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { spread } from './figures.mjs';
import { openRegistry } from './registry.mjs';

const FLAGS = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-progress'];
const LONG_MS = 600_000;
const LINES = [
  { megabits: 100, delayMs: 20 },
  { megabits: 1000, delayMs: 5 },
];
const run = promisify(execFile);

export const SIZE_HEAD = [
  'program',
  'packages',
  'files',
  'MiB on disk',
  'MB over the line',
  ...LINES.map(({ megabits, delayMs }) => `s to install at ${megabits} Mbit/s, ${delayMs} ms`),
];

/** @param {string} root the checkout, whose own tarball is the first. @returns rows of a table */
export async function measureSizes({ root, titles, runs, progress }) {
  const workshop = mkdtempSync(join(tmpdir(), 'codex-login-bench-'));
  try {
    const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', workshop];
    const [{ filename, size }] = JSON.parse((await run('npm', packing, { cwd: root })).stdout);
    const [own, ...others] = titles;
    const specs = [[own, join(workshop, filename)], ...others.map((title) => [title, title])];
    const seconds = new Map(titles.map((title) => [title, LINES.map(() => [])]));
    const sizes = new Map();
    for (const [index, line] of LINES.entries()) {
      const registry = await openRegistry(line);
      // The first is not counted: it fills the registry.
      for (let round = -1; round < runs; round += 1)
        for (const [title, spec] of specs) {
          const before = registry.bytes();
          const { took, ...found } = await install(spec, registry.url);
          // Our own tarball comes from the disk: its bytes count as if they had come with the rest.
          const megabytes = (registry.bytes() - before + (title === own ? size : 0)) / 1e6;
          sizes.set(title, { ...found, megabytes });
          if (round >= 0) seconds.get(title)[index].push(took);
          progress(
            `size  ${title} at ${line.megabits} Mbit/s: ${took.toFixed(1)} s, ${megabytes.toFixed(1)} MB`,
          );
        }
      await registry.close();
    }
    return titles.map((title) => {
      const { packages, files, mebibytes, megabytes } = sizes.get(title);
      const took = seconds.get(title).map((values) => spread(values));
      return [title, String(packages), String(files), mebibytes.toFixed(1), megabytes.toFixed(1), ...took];
    });
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

async function install(spec, registry) {
  const directory = mkdtempSync(join(tmpdir(), 'codex-login-bench-'));
  try {
    writeFileSync(join(directory, 'package.json'), '{"name":"cold","private":true}');
    const args = ['install', ...FLAGS, '--cache', join(directory, 'cache'), '--registry', registry, spec];
    const started = performance.now();
    await run('npm', args, { cwd: directory, timeout: LONG_MS });
    const took = (performance.now() - started) / 1000;
    const modules = join(directory, 'node_modules');
    const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
    const entries = readdirSync(modules, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const bytes = files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
    return {
      took,
      packages: Object.keys(packages).length,
      files: files.length,
      mebibytes: bytes / 1024 ** 2,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
