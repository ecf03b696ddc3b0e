/** Once per run: builds, packs and installs the tarball as a stranger would, and finds or installs Chromium. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A directory whose `node_modules` holds the packed tarball, installed with its dependencies. */
    installed: string;
    /** The program, or why there is none. */
    chromium: { path: string } | { missing: string };
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

export function setup(project: TestProject): () => void {
  const workshop = mkdtempSync(join(tmpdir(), 'codex-login-test-'));
  project.provide('installed', installTarball(workshop));
  project.provide('chromium', findChromium());
  return () => rmSync(workshop, { recursive: true, force: true });
}

function installTarball(workshop: string): string {
  if (!existsSync(join(root, 'dist/src/cli/bin.cjs'))) npm(['run', 'build', '--silent'], root);
  const [packed] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', workshop], root),
  );
  const consumer = join(workshop, 'consumer');
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{"name":"consumer","private":true}');
  npm(
    [
      'install',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      '--prefer-offline',
      join(workshop, packed.filename),
    ],
    consumer,
  );
  return consumer;
}

function npm(args: string[], cwd: string): string {
  return execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
}

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
];

function findChromium(): { path: string } | { missing: string } {
  const find = () =>
    [process.env.CHROMIUM_PATH ?? '', ...USUAL_PLACES].find((path) => path !== '' && existsSync(path));
  let path = find();
  if (path === undefined && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('Installing Chromium for the browser tests…\n');
    spawnSync('sh', ['-c', 'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 100_000,
    });
    path = find();
  }
  return path === undefined
    ? { missing: 'no Chromium here and it could not be installed (set CHROMIUM_PATH)' }
    : { path };
}
