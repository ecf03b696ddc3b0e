// Packs the package and asks "are the types wrong?" of the tarball: every subpath, ESM and CommonJS consumers.

import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [{ filename }] = JSON.parse(
  execFileSync('npm', ['pack', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
);
// ESM only, on purpose: a CommonJS consumer uses require(esm) or import().
const { status } = spawnSync(
  'npx',
  [
    'attw',
    filename,
    '--profile',
    'esm-only',
    '--no-emoji',
    '--exclude-entrypoints',
    'auth-profiles.schema.json',
    'events.schema.json',
    'package.json',
  ],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
rmSync(`${root}${filename}`, { force: true });
process.exit(status ?? 1);
