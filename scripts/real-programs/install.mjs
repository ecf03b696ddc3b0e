// Puts the real programs into a cache, at their pinned versions, and our own packed tarball beside them. No install script is run.

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { NODE, PINNED, titleOf } from './pinned.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const given = process.env.COMPARISON_DIR;
const cache = join(root, '.cache/comparison');
const base = given ? resolve(given) : cache;
const FLAGS = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline'];
const INSTALL_MS = 900_000;

/**
 * @param pinnedOnes which of the pinned ones
 * @returns the Node.js to run them with, and by title the directory of each package, or `{ missing: why }`
 */
export function installAll(progress, pinnedOnes = PINNED) {
  const node = attempt(() => {
    const directory = provide('node24', NODE, ({ bin }) => existsSync(bin), progress);
    return nodeIn(directory);
  });
  const directories = {};
  for (const pinned of pinnedOnes) {
    const title = titleOf(pinned);
    directories[title] = attempt(() =>
      pinned.folder === 'codex-login' ? installOwn(progress) : installPeer(pinned, progress),
    );
  }
  return { node, directories };
}

function installPeer({ name, version, folder }, progress) {
  const title = titleOf({ name, version });
  const isThere = ({ modules }) => versionIn(join(modules, name)) === version;
  const directory = provide(folder, title, isThere, progress);
  const found = join(directory, 'node_modules', name);
  if (name === 'openclaw') addPluginDependencies(directory, found, progress);
  return found;
}

/** The tarball as a stranger installs it; anew every time, since its version says little here. */
function installOwn(progress) {
  progress('packing codex-login …');
  const directory = join(cache, 'codex-login');
  const workshop = mkdtempSync(join(tmpdir(), 'comparison-'));
  try {
    const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', workshop];
    const [packed] = JSON.parse(npm(packing, root));
    rmSync(directory, { recursive: true, force: true });
    install(directory, [join(workshop, packed.filename)]);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
  return join(directory, 'node_modules/codex-login');
}

/**
 * What the install script of the older OpenClaw adds: without it its command line does not start. One of them comes from a Git
 * server and not from the registry; the program starts without it.
 */
function addPluginDependencies(directory, found, progress) {
  const extensions = join(found, 'dist/extensions');
  if (versionIn(found) > '2026.5' || !existsSync(extensions) || given) return;
  const wanted = new Map();
  for (const name of readdirSync(extensions)) {
    const manifest = join(extensions, name, 'package.json');
    if (!existsSync(manifest)) continue;
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const [dependency, range] of Object.entries({ ...dependencies, ...optionalDependencies }))
      if (!existsSync(join(directory, 'node_modules', dependency))) wanted.set(dependency, range);
  }
  wanted.delete('@whiskeysockets/baileys');
  if (wanted.size === 0) return;
  progress(`installing the ${wanted.size} packages that its install script would add …`);
  install(
    directory,
    [...wanted].map(([name, range]) => `${name}@${range}`),
  );
}

/** The directory where a package is; installed there if need be. */
function provide(folder, what, isThere, progress) {
  const directory = join(base, folder);
  const look = () => isThere({ modules: join(directory, 'node_modules'), bin: nodeIn(directory) });
  if (look()) return directory;
  if (given) throw new Error(`there is no ${what} in ${directory}`);
  progress(`installing ${what} …`);
  install(directory, [what]);
  if (!look()) throw new Error(`${what} was installed, and is not there`);
  return directory;
}

function install(directory, what) {
  mkdirSync(directory, { recursive: true });
  if (!existsSync(join(directory, 'package.json')))
    writeFileSync(join(directory, 'package.json'), '{"name":"comparison","private":true}');
  npm(['install', ...FLAGS, ...what], directory);
}

function npm(args, cwd) {
  try {
    const stdio = ['ignore', 'pipe', 'pipe'];
    return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio, timeout: INSTALL_MS });
  } catch (error) {
    throw new Error(
      `npm ${args[0]} failed: ${String(error.stderr).trim().split('\n').slice(0, 2).join(' ')}`,
    );
  }
}

const nodeIn = (directory) =>
  join(directory, 'node_modules', NODE.slice(0, NODE.lastIndexOf('@')), 'bin/node');

function versionIn(directory) {
  const manifest = join(directory, 'package.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined;
}

function attempt(work) {
  try {
    return work();
  } catch (error) {
    return { missing: error.message };
  }
}
