// Installs and builds a checkout for the launcher, where that has to be done. Two that start at the same time do it once:
// whoever makes the lock's directory does it, the other one waits. Nothing but Node is needed. stdout stays clean.

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than an installation over a slow line, in milliseconds. */
const LONGEST_WAIT_MS = 5 * 60_000;
const PAUSE_MS = 100;
/** A lock that says nobody's name after this time was made by somebody who was killed. */
const NAMELESS_MS = 10_000;

/** @param root the checkout, with a slash at its end */
export async function prepareCheckout(root, { waitMs = LONGEST_WAIT_MS } = {}) {
  if (isInstalled(root) && isBuilt(root)) return;
  const release = await takeLock(`${root}.prepare.lock`, waitMs);
  // A failure ends the process. Whoever is killed instead leaves a lock, and the next command sees that nobody holds it.
  process.once('exit', release);
  if (!isInstalled(root)) {
    say('first run in this checkout, installing what it needs…');
    npm(root, ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  if (!isBuilt(root)) {
    say('building…');
    npm(root, ['run', 'build', '--silent']);
  }
  process.off('exit', release);
  release();
}

/** npm writes this file last: without it an installation was interrupted. */
function isInstalled(root) {
  return existsSync(`${root}node_modules/.package-lock.json`);
}

/** Whether there is a build, and it is not older than the newest source. */
function isBuilt(root) {
  const built = statSync(`${root}dist/src/cli/bin.cjs`, { throwIfNoEntry: false });
  if (built === undefined) return false;
  const times = ['src', 'mocks'].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true }).map(
      (name) => statSync(`${root}${folder}/${name}`, { throwIfNoEntry: false })?.mtimeMs ?? 0,
    ),
  );
  return Math.max(...times) <= built.mtimeMs;
}

/** @returns what gives the lock back */
async function takeLock(lock, waitMs) {
  const until = Date.now() + waitMs;
  for (let told = false; !make(lock); ) {
    if (removeStale(lock)) continue;
    if (Date.now() >= until) {
      say(
        `another process is still preparing this checkout. If there is none, remove ${lock} and run the command again.`,
      );
      process.exit(1);
    }
    if (!told) say('another process is preparing this checkout, waiting for it…');
    told = true;
    await sleep(PAUSE_MS);
  }
  return () => rmSync(lock, { recursive: true, force: true });
}

function make(lock) {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    say(
      `this checkout cannot be prepared: ${error.code} at ${lock}. Make it writable, or install the package instead.`,
    );
    process.exit(1);
  }
  writeFileSync(`${lock}/pid`, String(process.pid));
  return true;
}

/** Sets a lock aside whose owner is gone; one that was taken over in the same moment is put back. */
function removeStale(lock) {
  if (!isStale(lock)) return false;
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return false;
  }
  try {
    if (!isStale(aside)) renameSync(aside, lock);
  } catch {}
  rmSync(aside, { recursive: true, force: true });
  return true;
}

function isStale(lock) {
  try {
    const pid = Number(readFileSync(`${lock}/pid`, 'utf8'));
    if (pid > 0) return !isAlive(pid);
  } catch {}
  const made = statSync(lock, { throwIfNoEntry: false });
  return made !== undefined && Date.now() - made.mtimeMs > NAMELESS_MS;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** npm's output goes to stderr: stdout belongs to the command. */
function npm(root, args) {
  const { status, error } = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  say(
    `"npm ${args.join(' ')}" failed${error ? ` (${error.code})` : ''}. Run it in ${root} and see what it says.`,
  );
  process.exit(1);
}

function say(text) {
  process.stderr.write(`codex-login: ${text}\n`);
}
