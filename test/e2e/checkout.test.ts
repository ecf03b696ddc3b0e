import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import { temporaryDirectory } from '../support/temporary.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * An npm that installs nothing: `ci` does not stand a second one beside it, as the real one does not, and goes on when it may.
 * Each call is a line of `calls`.
 */
const NPM = `#!/bin/sh
echo "$1" >> calls
case "$1" in
  ci) mkdir node_modules || exit 66
      while [ ! -e go ]; do sleep 0.05; done
      touch node_modules/.package-lock.json ;;
  run) mkdir -p dist/src/cli && echo 'console.log("ran");' > dist/src/cli/bin.cjs ;;
esac
`;

/** A fresh clone with the launcher and nothing installed. */
function freshClone(): string {
  const clone = temporaryDirectory();
  for (const path of ['bin/codex-login.cjs', 'scripts/prepare-checkout.mjs'])
    cpSync(join(root, path), join(clone, path), { recursive: true });
  for (const folder of ['src', 'mocks', 'programs']) mkdirSync(join(clone, folder));
  writeFileSync(join(clone, 'src/index.ts'), '');
  writeFileSync(join(clone, 'package.json'), '{"type":"module"}');
  writeFileSync(join(clone, 'programs/npm'), NPM);
  chmodSync(join(clone, 'programs/npm'), 0o755);
  return clone;
}

function launch(clone: string, args = [join(clone, 'bin/codex-login.cjs')]) {
  const PATH = `${join(clone, 'programs')}:/usr/bin:/bin`;
  const child = spawn(process.execPath, args, {
    cwd: clone,
    env: { PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      said[name] += chunk;
      for (const watch of watchers) watch();
    });
  return {
    child,
    hears: (words: string) =>
      new Promise<void>((resolve) => {
        const watch = () => void (said.stderr.includes(words) && resolve());
        watchers.add(watch);
        watch();
      }),
    ended: new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
      child.once('close', (status) => resolve({ status, ...said }));
    }),
  };
}

const calls = (clone: string) => readFileSync(join(clone, 'calls'), 'utf8').trim().split('\n');
const leftovers = (clone: string) => readdirSync(clone).filter((name) => name.startsWith('.'));

describe('a fresh clone', () => {
  test('is prepared once when two commands start in it at the same time, and both run', async () => {
    const clone = freshClone();
    const first = launch(clone);
    await first.hears('installing');
    const second = launch(clone);
    await second.hears('another process is preparing this checkout');
    writeFileSync(join(clone, 'go'), '');
    for (const { ended } of [first, second])
      expect(await ended).toMatchObject({ status: 0, stdout: 'ran\n' });
    expect(calls(clone)).toEqual(['ci', 'run']);
    expect(leftovers(clone)).toEqual([]);
  });

  test('whose preparation was killed is prepared by the next command', async () => {
    const clone = freshClone();
    const killed = launch(clone, ['-e', '0']);
    await killed.ended;
    const lock = join(clone, '.prepare.lock');
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(killed.child.pid));
    writeFileSync(join(clone, 'go'), '');
    expect(await launch(clone).ended).toMatchObject({ status: 0, stdout: 'ran\n' });
    expect(leftovers(clone)).toEqual([]);
  });

  test('that another process prepares for too long ends with what to do, and keeps that one’s lock', async () => {
    const clone = freshClone();
    const lock = join(clone, '.prepare.lock');
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(process.pid));
    const impatient = `import('./scripts/prepare-checkout.mjs').then(({ prepareCheckout }) => prepareCheckout('${clone}/', { waitMs: 0 }))`;
    const { status, stderr } = await launch(clone, ['-e', impatient]).ended;
    expect(status).toBe(1);
    expect(stderr).toContain(`remove ${lock}`);
    expect(existsSync(lock)).toBe(true);
    expect(existsSync(join(clone, 'calls'))).toBe(false);
  });

  test('whose installation fails says so and leaves no lock', async () => {
    const clone = freshClone();
    mkdirSync(join(clone, 'node_modules'));
    const { status, stdout, stderr } = await launch(clone).ended;
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('"npm ci');
    expect(leftovers(clone)).toEqual([]);
  });
});

test('a build that fails leaves the old one where it was, and one that succeeds takes its place in one step', async () => {
  const checkout = temporaryDirectory();
  for (const path of [
    'src',
    'mocks',
    'scripts/build.mjs',
    'scripts/build',
    'tsconfig.json',
    'tsconfig.build.json',
    'package.json',
  ])
    cpSync(join(root, path), join(checkout, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  const old = join(checkout, 'dist/src/cli/old.js');
  mkdirSync(dirname(old), { recursive: true });
  writeFileSync(old, '');
  writeFileSync(join(checkout, 'src/broken.ts'), 'export const broken: number = "";\n');
  expect((await launch(checkout, ['scripts/build.mjs']).ended).status).not.toBe(0);
  expect(existsSync(old)).toBe(true);
  writeFileSync(join(checkout, 'src/broken.ts'), 'export const broken = 1;\n');
  expect((await launch(checkout, ['scripts/build.mjs']).ended).status).toBe(0);
  expect(existsSync(old)).toBe(false);
  for (const name of ['src/cli/bin.cjs', 'events.schema.json', 'auth-profiles.schema.json'])
    expect(existsSync(join(checkout, 'dist', name))).toBe(true);
  expect(leftovers(checkout)).toEqual([]);
});
