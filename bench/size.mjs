// What `npx` does with an empty cache: an installation of each program, one after the other, into a directory of its own. No install
// script is run.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-progress'];
const LONG_MS = 600_000;

/** @param {string} root the checkout, whose own tarball is the first. @returns rows of a table */
export function measureSizes({ root, titles, runs, progress }) {
  const workshop = mkdtempSync(join(tmpdir(), 'codex-login-bench-'));
  try {
    const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', workshop];
    const [{ filename }] = JSON.parse(
      execFileSync('npm', packing, { cwd: root, encoding: 'utf8', stdio: 'pipe' }),
    );
    const [own, ...others] = titles;
    const specs = [[own, join(workshop, filename)], ...others.map((title) => [title, title])];
    const seconds = new Map(titles.map((title) => [title, []]));
    const sizes = new Map();
    for (let run = 0; run < runs; run += 1)
      for (const [title, spec] of specs) {
        const { took, ...size } = install(spec);
        seconds.get(title).push(took);
        sizes.set(title, size);
        progress(`size  ${title}: ${took.toFixed(1)} s, ${size.packages} packages`);
      }
    return titles.map((title) => {
      const { packages, files, mebibytes } = sizes.get(title);
      const fastest = Math.min(...seconds.get(title)).toFixed(1);
      const slowest = Math.max(...seconds.get(title)).toFixed(1);
      return [title, String(packages), String(files), mebibytes.toFixed(1), `${fastest} to ${slowest}`];
    });
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

function install(spec) {
  const directory = mkdtempSync(join(tmpdir(), 'codex-login-bench-'));
  try {
    writeFileSync(join(directory, 'package.json'), '{"name":"cold","private":true}');
    const started = performance.now();
    const args = ['install', ...FLAGS, '--cache', join(directory, 'cache'), spec];
    execFileSync('npm', args, { cwd: directory, stdio: 'pipe', timeout: LONG_MS });
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
