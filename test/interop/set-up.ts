/**
 * Once per run: finds the real programs, or installs them, with a Node.js that is new enough for each. Those that sign in here
 * are the comparison's, and where they are kept is its business (`COMPARISON_DIR`); the OpenClaws of every generation are kept
 * apart. `OPENCLAW_INTEROP_DIR` names a directory that holds `<version>/node_modules/openclaw` and `node24/node_modules`.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

import { installAll } from '../../scripts/real-programs/install.mjs';
import { PINNED, titleOf } from '../../scripts/real-programs/pinned.mjs';
import { CODEX_VERSION, VERSIONS } from './versions.ts';

export interface InstalledOpenClaw {
  /** The program to run it with. */
  readonly node: string;
  /** The directory of the package. */
  readonly directory: string;
}
type Missing = { readonly missing: string };

declare module 'vitest' {
  export interface ProvidedContext {
    /** The real OpenClaws by version, or why there is none. */
    openclaws: Record<string, InstalledOpenClaw | Missing>;
    /** The programs of the comparison but our own by title, or why there is none. */
    programs: Record<string, InstalledOpenClaw | Missing>;
    /** The real Codex's program, or why there is none. */
    codex: { readonly program: string } | Missing;
  }
}

/** What the package `node` would fetch by a script: scripts are not run here. */
const NODE_PACKAGE = nodePackage();
const cache = fileURLToPath(new URL('../../.cache/interop', import.meta.url));

export function setup(project: TestProject): void {
  const given = process.env.OPENCLAW_INTEROP_DIR;
  const base = given ? resolve(given) : cache;
  const programs = findPrograms();
  project.provide('programs', programs);
  const codex = programs[titleOf({ name: '@openai/codex', version: CODEX_VERSION })] ?? {
    missing: 'not pinned',
  };
  project.provide('codex', 'missing' in codex ? codex : { program: join(codex.directory, 'bin/codex.js') });
  const node = provide(join(base, 'node24'), `${NODE_PACKAGE}@24`, findNode, given !== undefined);
  project.provide(
    'openclaws',
    Object.fromEntries(
      VERSIONS.map((version) => {
        const find = (directory: string) => findOpenClaw(directory, version);
        const found = provide(join(base, version), `openclaw@${version}`, find, given !== undefined);
        const missing = [node, found].find((one) => typeof one !== 'string') as Missing | undefined;
        return [version, missing ?? { node: node as string, directory: found as string }];
      }),
    ),
  );
}

/** The programs that the comparison runs, but our own. */
function findPrograms(): Record<string, InstalledOpenClaw | Missing> {
  const peers = PINNED.filter(({ folder }) => folder !== 'codex-login');
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const { node, directories } = installAll(say, peers);
  return Object.fromEntries(
    Object.entries(directories).map(([title, directory]) => [
      title,
      [node, directory].find(isMissing) ?? { node: String(node), directory: String(directory) },
    ]),
  );
}

const isMissing = (found: unknown): found is Missing =>
  typeof found === 'object' && found !== null && 'missing' in found;

/** The path that `find` finds in a directory, after installing one package there if need be. */
function provide(
  directory: string,
  what: string,
  find: (directory: string) => string | undefined,
  isGiven: boolean,
): string | Missing {
  const found = find(directory);
  if (found !== undefined) return found;
  if (isGiven) return { missing: `there is no ${what} in ${directory}` };
  process.stderr.write(`Installing ${what} into .cache/interop…\n`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{"name":"interop","private":true}');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  try {
    execFileSync('npm', ['install', ...flags, what], {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 600_000,
      shell: process.platform === 'win32',
    });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    return { missing: `${what} could not be installed: ${said.trim().split('\n')[0]}` };
  }
  return find(directory) ?? { missing: `${what} was installed, and is not there` };
}

function findOpenClaw(directory: string, version: string): string | undefined {
  const found = join(directory, 'node_modules', 'openclaw');
  if (!existsSync(join(found, 'openclaw.mjs'))) return undefined;
  const manifest = JSON.parse(readFileSync(join(found, 'package.json'), 'utf8'));
  return manifest.version === version ? found : undefined;
}

function findNode(directory: string): string | undefined {
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  return ['node', NODE_PACKAGE]
    .map((name) => join(directory, 'node_modules', name, 'bin', program))
    .find((path) => existsSync(path));
}

function nodePackage(): string {
  const { platform, arch } = process;
  if (platform === 'win32') return `node-win-${arch}`;
  return `${platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node'}-${platform}-${arch}`;
}
