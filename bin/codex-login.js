#!/usr/bin/env node
// The launcher. In the published package it goes straight to the build. In a checkout it makes the build first, where there is
// none or it is older than the sources, because `npx .` installs and builds nothing by itself. stdout stays clean.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = `${root}dist/src/cli/bin.js`;

if (existsSync(`${root}src`)) prepareCheckout();
await import(pathToFileURL(built).href);

function prepareCheckout() {
  // npm writes this file last: without it an installation was interrupted.
  const installed = existsSync(`${root}node_modules/.package-lock.json`);
  if (installed && existsSync(built) && newest(['src', 'mocks']) <= statSync(built).mtimeMs) return;
  if (!installed) {
    process.stderr.write('codex-login: first run in this checkout, installing what it needs…\n');
    npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  process.stderr.write('codex-login: building…\n');
  npm(['run', 'build', '--silent']);
}

/** npm's output goes to stderr: stdout belongs to the command. */
function npm(args) {
  const { status, error } = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  process.stderr.write(
    `codex-login: "npm ${args.join(' ')}" failed${error ? ` (${error.code})` : ''}. Run it in ${root} and see what it says.\n`,
  );
  process.exit(1);
}

/** When the newest source was changed, in milliseconds since the epoch. */
function newest(folders) {
  const times = folders.flatMap((folder) =>
    readdirSync(root + folder, { recursive: true }).map(
      (name) => statSync(`${root}${folder}/${name}`).mtimeMs,
    ),
  );
  return Math.max(...times);
}
