/** Runs what a README shows: shell lines with the packed program pointed at a mock, and modules in a foreign project. */

import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';

import { temporaryDirectory } from './temporary.ts';

/** A directory of programs: `codex-login` and `npx codex-login` are the packed tarball, pointed at the mock. */
export function programs(home: string, issuer: string): string {
  const directory = join(home, 'bin');
  mkdirSync(directory);
  const launcher = join(inject('installed'), 'node_modules/codex-login/bin/codex-login.cjs');
  const walk = join(home, 'walk.mjs');
  // The person: signs in at the URL that a login prints.
  writeFileSync(
    walk,
    `import { spawn } from 'node:child_process';
     import { createUserAgent } from '${join(inject('installed'), 'node_modules/codex-login/dist/mocks/index.js')}';
     const args = process.argv.slice(2);
     const login = args.length === 0 || args[0] === 'login';
     const more = login ? ['--issuer', '${issuer}', '--port', '0'] : args[0] === 'doctor' ? ['--issuer', '${issuer}'] : [];
     const child = spawn(process.execPath, ['${launcher}', ...args, ...more], { stdio: ['ignore', 'inherit', 'pipe'] });
     let heard = '';
     let opened = false;
     child.stderr.on('data', (chunk) => {
       heard += chunk;
       const [url] = /http:\\/\\/127\\S+authorize\\S+/.exec(heard) ?? [];
       if (url && !opened && heard.includes('Waiting')) { opened = true; createUserAgent().openUrl(url); }
     });
     child.on('close', (status) => process.exit(status ?? 1));`,
  );
  for (const [name, skip] of [
    ['codex-login', ''],
    ['npx', 'shift\n'],
  ] as const) {
    writeFileSync(join(directory, name), `#!/bin/sh\n${skip}exec ${process.execPath} ${walk} "$@"\n`);
    chmodSync(join(directory, name), 0o755);
  }
  return directory;
}

/** Asynchronous, because the mock answers from this process. */
export function runShell(
  text: string,
  home: string,
  directory: string,
): Promise<{ error: unknown; stdout: string }> {
  const env = { PATH: `${directory}:/usr/bin:/bin`, HOME: home };
  return new Promise((resolve) => {
    execFile('sh', ['-ec', text], { cwd: home, timeout: 60_000, env }, (error, stdout) =>
      resolve({ error, stdout }),
    );
  });
}

/** Runs a block as a module in a foreign project; `login` is bound to the mock unless the block brings its own. */
export function runModule(text: string, issuer: string) {
  const directory = temporaryDirectory();
  const real = join(inject('installed'), 'node_modules');
  mkdirSync(join(directory, 'node_modules/codex-login'), { recursive: true });
  for (const name of readdirSync(real).filter((entry) => entry !== 'codex-login'))
    symlinkSync(join(real, name), join(directory, 'node_modules', name));
  const dist = join(real, 'codex-login/dist');
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(directory, 'node_modules/codex-login/package.json'),
    JSON.stringify({
      type: 'module',
      exports: { '.': './index.js', './store': './store.js', './testing': './testing.js' },
    }),
  );
  writeFileSync(
    join(directory, 'node_modules/codex-login/store.js'),
    `export * from '${dist}/src/store/index.js';`,
  );
  writeFileSync(
    join(directory, 'node_modules/codex-login/testing.js'),
    `export * from '${dist}/mocks/index.js';`,
  );
  writeFileSync(
    join(directory, 'node_modules/codex-login/index.js'),
    `import * as real from '${dist}/src/index.js';
     import { openMemoryStore } from '${dist}/src/store/index.js';
     import { createUserAgent } from '${dist}/mocks/index.js';
     export * from '${dist}/src/index.js';
     const provider = real.overrideProvider(real.openaiCodex, { issuer: '${issuer}', port: 0 });
     export const login = (options) => real.login({ provider, store: openMemoryStore(), openUrl: createUserAgent().openUrl, ...options });`,
  );
  writeFileSync(join(directory, 'main.js'), text);
  const options = { cwd: directory, env: { PATH: '/usr/bin:/bin', HOME: directory }, timeout: 60_000 };
  return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, ['main.js'], options, (error, stdout, stderr) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr }),
    );
  });
}
