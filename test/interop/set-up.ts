/**
 * Once per run: finds the real OpenClaw, or installs it, with a Node.js that is new enough for it.
 * `OPENCLAW_INTEROP_DIR` names a directory that holds `node_modules/openclaw` and `node_modules/node`.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The real program and the Node.js to run it with, or why there is none. */
    openclaw: InstalledOpenClaw | { missing: string };
  }
}

export interface InstalledOpenClaw {
  node: string;
  /** The directory of the package. */
  directory: string;
}

/** The version of openclaw #63856, which every measured rule of the store is about. */
const VERSION = '2026.4.5';
const PACKAGES = [`openclaw@${VERSION}`, 'node@24'];
const cache = fileURLToPath(new URL('../../.cache/interop', import.meta.url));

export function setup(project: TestProject): void {
  const given = process.env.OPENCLAW_INTEROP_DIR;
  project.provide('openclaw', given ? find(resolve(given)) : findOrInstall());
}

function findOrInstall(): InstalledOpenClaw | { missing: string } {
  const found = find(cache);
  if (!('missing' in found)) return found;
  process.stderr.write(`Installing ${PACKAGES.join(' and ')} into .cache/interop…\n`);
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, 'package.json'), '{"name":"interop","private":true}');
    // Without scripts: nothing of a stranger's runs here. The package `node` would link its program by one, so it is
    // taken from the package of this platform.
    execFileSync(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', ...PACKAGES],
      { cwd: cache, stdio: ['ignore', 'ignore', 'pipe'], timeout: 600_000, shell: process.platform === 'win32' },
    );
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    return { missing: `${PACKAGES.join(' and ')} could not be installed: ${said.trim().split('\n')[0]}` };
  }
  return find(cache);
}

function find(base: string): InstalledOpenClaw | { missing: string } {
  const directory = join(base, 'node_modules', 'openclaw');
  if (!existsSync(join(directory, 'openclaw.mjs'))) return { missing: `no OpenClaw in ${base}` };
  const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  if (version !== VERSION) return { missing: `OpenClaw ${version} in ${base}, and not ${VERSION}` };
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = ['node', `node-bin-${process.platform}-${process.arch}`, `node-${process.platform}-${process.arch}`]
    .map((name) => join(base, 'node_modules', name, 'bin', program))
    .find((path) => existsSync(path));
  return node === undefined ? { missing: `no Node.js in ${base}` } : { node, directory };
}
