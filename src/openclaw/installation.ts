/**
 * Which OpenClaw is installed here, and the Node.js that it runs in: found the way a person's shell finds `openclaw`, or in
 * the directory that the person names. It starts no OpenClaw, and decides nothing about its store.
 */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';

import { LoginError } from '../words/errors.ts';
import type { Environment } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';
import { inRange } from './version.ts';

export interface Installation {
  /** The directory of the package `openclaw`. */
  readonly directory: string;
  /** Its program, to be run with Node.js. */
  readonly script: string;
  readonly version: string;
  /** What the package demands of Node.js (`engines.node`), where it says so. */
  readonly engines?: string;
  /** The program that the shell starts, or would if it were on PATH. */
  readonly launcher?: string;
}

export interface InstallationSearch {
  readonly environment: Environment;
  /** `--openclaw`: a package directory, or one that holds `node_modules/openclaw`. Default: what PATH leads to. */
  readonly directory?: string | undefined;
}

/**
 * The OpenClaw of this machine; undefined where PATH leads to none.
 * @throws LoginError `ERR_USAGE` where the directory that was named holds none
 */
export function findInstallation({ environment, directory }: InstallationSearch): Installation | undefined {
  if (directory === undefined) return onPath(environment);
  const modules = join(resolve(directory), 'node_modules');
  for (const candidate of [resolve(directory), join(modules, 'openclaw')]) {
    const found = readPackage(candidate);
    if (found === undefined) continue;
    const beside = dirname(candidate);
    const launcher = join(beside, '.bin', 'openclaw');
    return basename(beside) === 'node_modules' ? { ...found, launcher } : found;
  }
  throw new LoginError('ERR_USAGE', {
    summary: `There is no OpenClaw in ${foreignText(directory, 200)}: neither its package.json nor node_modules/openclaw.`,
    hint: 'Give --openclaw the directory of the package (npm root -g names its parent), or leave it out.',
  });
}

export interface NodeProgram {
  readonly path: string;
  /** E.g. `24.1.0`; undefined where the program does not say. */
  readonly version?: string;
  /** Whether it is what the package demands. */
  readonly suitable: boolean;
}

/**
 * The Node.js that this OpenClaw runs in: what its launcher names, one beside the launcher, PATH's, else `own`; of these the
 * first that meets the package's `engines`, else the first. Starts each of them once at most, to ask for its version.
 * @param own this process's Node.js
 */
export async function findNode(
  { launcher, engines }: Installation,
  environment: Environment,
  own = { path: process.execPath, version: process.versions.node },
): Promise<NodeProgram> {
  const beside = launcher === undefined ? undefined : join(dirname(launcher), NODE);
  const named = launcher === undefined ? undefined : shebangOf(launcher);
  const onShellPath = pathDirectories(environment).map((directory) => join(directory, NODE));
  // A script of a package manager looks beside itself first; a link to the program itself goes by PATH alone.
  const candidates = isScript(launcher) ? [named, beside, ...onShellPath] : [named, ...onShellPath, beside];
  const seen = new Set<string>();
  let first: NodeProgram | undefined;
  for (const path of [...candidates, own.path]) {
    if (path === undefined || !isFile(path) || seen.has(realpathSync(path))) continue;
    seen.add(realpathSync(path));
    const version = path === own.path ? own.version : await versionOf(path, environment);
    const suitable = version !== undefined && (engines === undefined || inRange(version, engines));
    const program = { path, suitable, ...(version === undefined ? {} : { version }) };
    if (suitable) return program;
    first ??= program;
  }
  return first ?? { path: own.path, version: own.version, suitable: false };
}

const NODE = process.platform === 'win32' ? 'node.exe' : 'node';
const VERSION_DEADLINE_MS = 10_000;

function versionOf(path: string, environment: Environment): Promise<string | undefined> {
  const options = { env: { ...environment }, timeout: VERSION_DEADLINE_MS, windowsHide: true };
  return new Promise((settle) => {
    execFile(path, ['--version'], options, (error, stdout) =>
      settle(error === null ? /^v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] : undefined),
    );
  });
}

function onPath(environment: Environment): Installation | undefined {
  const launcher = pathDirectories(environment)
    .flatMap((directory) => ['openclaw', 'openclaw.cmd'].map((name) => join(directory, name)))
    .find(isFile);
  if (launcher === undefined) return undefined;
  const linked = realpathSync(launcher);
  // npm links the program into its package; a package manager's script beside node_modules names it.
  const candidates = [
    dirname(linked),
    dirname(dirname(linked)),
    ...packagesNamedIn(linked),
    join(dirname(launcher), 'node_modules', 'openclaw'),
  ];
  for (const directory of candidates) {
    const found = readPackage(directory);
    if (found !== undefined) return { ...found, launcher };
  }
  return undefined;
}

/** The directories in which a start script says that OpenClaw's program is. */
function packagesNamedIn(script: string): string[] {
  const text = readStart(script);
  if (!isScriptText(text)) return [];
  return [...text.matchAll(/["'\s]([^"'\r\n]*?openclaw[\\/]openclaw\.mjs)/g)].map(([, named = '']) => {
    const path = named.replace(/^(?:\$\{?basedir\}?|%~dp0|%dp0%)[\\/]?/i, '').replace(/[\\/]/g, '/');
    return dirname(isAbsolute(path) ? path : resolve(dirname(script), path));
  });
}

function readPackage(directory: string): Installation | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    if (manifest?.name !== 'openclaw' || typeof manifest.version !== 'string') return undefined;
    const engines: unknown = manifest.engines?.node;
    return {
      directory: realpathSync(directory),
      script: join(realpathSync(directory), 'openclaw.mjs'),
      version: manifest.version,
      ...(typeof engines === 'string' ? { engines } : {}),
    };
  } catch {
    return undefined;
  }
}

/** The program that the first line names by its path; `env` leaves the choice to PATH. */
function shebangOf(launcher: string): string | undefined {
  const path = /^#!\s*(\/\S*node\S*)\s*$/m.exec(readStart(launcher).split('\n', 1)[0] ?? '')?.[1];
  return path === undefined || basename(path) === 'env' ? undefined : path;
}

/** Whether the shell starts a script of a package manager, not OpenClaw's own program. */
function isScript(launcher: string | undefined): boolean {
  return launcher !== undefined && isScriptText(readStart(launcher));
}

function isScriptText(text: string): boolean {
  return /^(?:#!.*\bsh\b|@)/i.test(text);
}

function readStart(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, 8192);
  } catch {
    return '';
  }
}

function pathDirectories({ PATH, Path }: Environment): string[] {
  return (PATH ?? Path ?? '').split(delimiter).filter((directory) => directory !== '');
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
