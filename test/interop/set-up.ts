/**
 * Once per run: finds the real OpenClaw, or installs it, with a Node.js that is new enough for it.
 * `OPENCLAW_INTEROP_DIR` names a directory that holds `node_modules/openclaw` and `node_modules/node`.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

export interface InstalledOpenClaw {
  /** The program to run it with. */
  readonly node: string;
  /** The directory of the package. */
  readonly directory: string;
}
type Missing = { readonly missing: string };

declare module 'vitest' {
  export interface ProvidedContext {
    /** The real OpenClaw, or why there is none. */
    openclaw: InstalledOpenClaw | Missing;
  }
}

/** The version of openclaw #63856, which the measured rules of the store are about. */
const VERSION = '2026.4.5';
/** What the package `node` would fetch by a script: scripts are not run here. */
const NODE_PACKAGE = nodePackage();
const PACKAGES = [`openclaw@${VERSION}`, `${NODE_PACKAGE}@24`];
const cache = fileURLToPath(new URL('../../.cache/interop', import.meta.url));

export function setup(project: TestProject): void {
  const given = process.env.OPENCLAW_INTEROP_DIR;
  project.provide('openclaw', given ? find(resolve(given)) : findOrInstall());
}

function findOrInstall(): InstalledOpenClaw | Missing {
  const found = find(cache);
  if (!('missing' in found)) return found;
  process.stderr.write(`Installing ${PACKAGES.join(' and ')} into .cache/interop…\n`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), '{"name":"interop","private":true}');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  try {
    execFileSync('npm', ['install', ...flags, ...PACKAGES], {
      cwd: cache,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 600_000,
      shell: process.platform === 'win32',
    });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    return { missing: `${PACKAGES.join(' and ')} could not be installed: ${said.trim().split('\n')[0]}` };
  }
  return find(cache);
}

function find(base: string): InstalledOpenClaw | Missing {
  const modules = join(base, 'node_modules');
  const directory = join(modules, 'openclaw');
  if (!existsSync(join(directory, 'openclaw.mjs'))) return { missing: `there is no OpenClaw in ${base}` };
  const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  if (version !== VERSION) return { missing: `OpenClaw in ${base} is ${version}, not ${VERSION}` };
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = ['node', NODE_PACKAGE]
    .map((name) => join(modules, name, 'bin', program))
    .find((path) => existsSync(path));
  return node === undefined ? { missing: `there is no Node.js 24 in ${base}` } : { node, directory };
}

function nodePackage(): string {
  const { platform, arch } = process;
  if (platform === 'win32') return `node-win-${arch}`;
  return `${platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node'}-${platform}-${arch}`;
}
