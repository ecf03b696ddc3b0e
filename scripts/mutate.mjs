// Breaks the code on purpose, one change at a time in a copy of the tree, and demands that the named test turns red.
// `npm run mutate` runs all, `npm run mutate -- <word>` those whose description or file holds the word: `-- src/store/`.

import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findPostgres, QUICK, startPostgres } from '../test/support/postgres-server.mjs';
import { mutations } from './mutations.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [word = ''] = process.argv.slice(2);
const chosen = mutations.filter(([what, file]) => what.includes(word) || file.includes(word));

/** A copy of the tree in which nothing else runs, with a configuration that builds and packs nothing. */
function copyTree() {
  const copy = mkdtempSync(join(tmpdir(), 'codex-login-mutate-'));
  for (const name of ['src', 'mocks', 'test', 'package.json', 'tsconfig.json'])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
  // The command line loads the mock by the package's own name, which is a build.
  symlinkSync(join(root, 'dist'), join(copy, 'dist'), 'dir');
  // What runs in a process of its own comes from the build of the tree as it is.
  const installed = join(copy, 'consumer');
  mkdirSync(join(installed, 'node_modules'), { recursive: true });
  symlinkSync(root, join(installed, 'node_modules/codex-login'), 'dir');
  const test = { include: ['test/**/*.test.ts'], testTimeout: 20_000, reporters: ['json'] };
  const config = { test: { ...test, provide: { installed, chromium: findChromium(), postgres } } };
  writeFileSync(join(copy, 'vitest.config.mjs'), `export default ${JSON.stringify(config)};\n`);
  return copy;
}

/** As the tests find it: without one the mutations of what only a browser can see are not sound. */
function findChromium() {
  const places = [process.env.CHROMIUM_PATH ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'];
  const path = places.find((place) => place !== '' && existsSync(place));
  return path === undefined ? { missing: 'no Chromium here (set CHROMIUM_PATH)' } : { path };
}

/** Runs the tests of a file whose names hold the text; resolves to how many passed and failed. */
function runTests(copy, file, name) {
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const args = ['node_modules/vitest/vitest.mjs', 'run', file, '-t', pattern];
  const child = spawn(process.execPath, args, { cwd: copy, stdio: ['ignore', 'pipe', 'ignore'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), 90_000);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => {
    child.once('close', () => {
      clearTimeout(limit);
      const line = output.split('\n').find((text) => text.startsWith('{'));
      const {
        numPassedTests = 0,
        numFailedTests = 0,
        numFailedTestSuites = 0,
      } = line ? JSON.parse(line) : {};
      resolve({
        passed: numPassedTests,
        failed: numFailedTests,
        broken: line === undefined || (numFailedTests === 0 && numFailedTestSuites > 0),
      });
    });
  });
}

async function tryMutation(copy, [what, file, edits, testFile, testName]) {
  const path = join(copy, file);
  const original = readFileSync(path, 'utf8');
  let mutated = original;
  for (const [find, replace] of edits) {
    if (mutated.split(find).length !== 2)
      return `NOT APPLIED  ${what}: "${find.trim().split('\n')[0]}" does not occur exactly once in ${file}`;
    mutated = mutated.replace(find, () => replace);
  }
  const sound = await runTests(copy, testFile, testName);
  if (sound.passed === 0 || sound.failed > 0)
    return `NOT SOUND    ${what}: "${testName}" has ${sound.passed} passing and ${sound.failed} failing tests before the change`;
  writeFileSync(path, mutated);
  const { failed, broken } = await runTests(copy, testFile, testName);
  writeFileSync(path, original);
  if (failed > 0) return `red          ${what} ← ${testName}`;
  return broken
    ? `BROKEN       ${what}: the changed code does not even load`
    : `SURVIVED     ${what} ← ${testName}`;
}

/** As the tests start it, where one of those that are run may ask for it. */
async function startServer() {
  const asks = chosen.some(([, , , test]) => /postgres|conformance|refresh-processes|fleet/.test(test));
  if (!asks) return { missing: 'no PostgreSQL was started' };
  const workshop = mkdtempSync(join(tmpdir(), 'codex-login-mutate-'));
  chmodSync(workshop, 0o755);
  const found = findPostgres(workshop);
  if ('missing' in found) return { ...found, stop: () => rmSync(workshop, { recursive: true }) };
  const server = await startPostgres(found, { settings: QUICK });
  return {
    ...server,
    async stop() {
      await server.stop();
      rmSync(workshop, { recursive: true });
    },
  };
}

const { stop: stopServer = () => undefined, host, port, user, password, missing } = await startServer();
const postgres = missing === undefined ? { host, port, user, password } : { missing };
const queue = [...chosen];
const verdicts = [];
async function work() {
  const copy = copyTree();
  try {
    for (let mutation = queue.shift(); mutation; mutation = queue.shift()) {
      const verdict = await tryMutation(copy, mutation);
      verdicts.push(verdict);
      process.stdout.write(`${verdict}\n`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
await Promise.all([work(), work()]).finally(stopServer);
const caught = verdicts.filter((verdict) => verdict.startsWith('red')).length;
process.stdout.write(`\n${caught} of ${chosen.length} caught\n`);
process.exitCode = caught === chosen.length && caught > 0 ? 0 : 1;
