/** Once per run: builds, packs and installs the tarball as a stranger would, finds or installs Chromium, and starts PostgreSQL. */

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

import { createCertificateAuthority } from '../../mocks/tls/certificates.ts';
import type { PostgresServer } from './postgres.ts';
import { findPostgres, QUICK, startPostgres } from './postgres-server.mjs';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A directory whose `node_modules` holds the packed tarball, installed with its dependencies. */
    installed: string;
    /** The program, or why there is none. */
    chromium: { path: string } | { missing: string };
    /** A running server, or why there is none. */
    postgres: PostgresServer | { missing: string };
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const workshop = mkdtempSync(join(tmpdir(), 'codex-login-test-'));
  // Its programs may have to be run by another user.
  chmodSync(workshop, 0o755);
  const found = findPostgres(workshop);
  const authority = createCertificateAuthority('Throw-away CA of PostgreSQL', Date.now());
  const { certificate, privateKey } = authority.issue(['localhost']);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const server =
    'missing' in found
      ? undefined
      : startPostgres(found, { settings: QUICK, tls: { certificate, key } }).catch((error: Error) => error);
  project.provide('installed', installTarball(workshop));
  project.provide('chromium', findChromium());
  const started = await server;
  if (started === undefined || started instanceof Error)
    project.provide('postgres', {
      missing: 'missing' in found ? found.missing : `PostgreSQL could not be started: ${started?.message}`,
    });
  else {
    const { host, port, user, password } = started;
    project.provide('postgres', { host, port, user, password, ca: authority.certificate });
  }
  return async () => {
    if (started !== undefined && !(started instanceof Error)) await started.stop();
    rmSync(workshop, { recursive: true, force: true });
  };
}

function installTarball(workshop: string): string {
  if (!existsSync(join(root, 'dist/src/cli/bin.cjs'))) npm(['run', 'build', '--silent'], root);
  const [packed] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', workshop], root),
  );
  const consumer = join(workshop, 'consumer');
  mkdirSync(consumer);
  // Found by the package, and no part of what an installation has: whoever has a store in PostgreSQL installs it.
  mkdirSync(join(workshop, 'node_modules'));
  symlinkSync(join(root, 'node_modules/pg'), join(workshop, 'node_modules/pg'), 'junction');
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
