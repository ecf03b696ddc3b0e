import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { startAuthorizationServer } from '../../mocks/index.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A project of somebody else's, in which the tarball is installed. */
function foreignProject(type: 'module' | 'commonjs', source: string): string {
  const directory = temporaryDirectory();
  symlinkSync(join(inject('installed'), 'node_modules'), join(directory, 'node_modules'));
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type }));
  writeFileSync(join(directory, 'main.js'), source);
  return directory;
}

function run(directory: string, args: string[] = []) {
  const child = spawn(process.execPath, ['main.js', ...args], {
    cwd: directory,
    env: { PATH: '/usr/bin:/bin', HOME: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** One login with a store of its own, and one that is aborted half-way. Writes down what came of it; prints nothing. */
const body = `
  const [issuer] = process.argv.slice(2);
  const provider = overrideProvider(openaiCodex, { issuer, port: 0 });
  let state = { version: 1, profiles: {} };
  const store = {
    info: { kind: 'mine', location: 'my own', generation: 'mine', scope: 'process', durable: false },
    read: async () => ({ state, version: '1', now: Date.now() }),
    commit: async (fn) => { const decision = fn(state, { now: Date.now() }); if (decision.write) state = decision.next; return decision.result; },
    close: async () => {},
  };
  const events = [];
  const result = await login({ provider, store, openUrl: createUserAgent().openUrl, onEvent: (event) => events.push(event.type) });
  const controller = new AbortController();
  const aborted = await login({ provider, store: openMemoryStore(), openUrl: createUserAgent().openUrl, signal: controller.signal, onEvent: (event) => event.type === 'exchanged' && controller.abort() }).catch((error) => error);
  writeFileSync('result.json', JSON.stringify({ result, events, state, aborted: aborted.code, isLoginError: aborted instanceof LoginError }));
`;
const esm = `
  import { writeFileSync } from 'node:fs';
  import { LoginError, login, openaiCodex, overrideProvider } from 'codex-login';
  import { openMemoryStore } from 'codex-login/store';
  import { createUserAgent } from 'codex-login/testing';
  ${body}`;
const cjs = `
  const { writeFileSync } = require('node:fs');
  const { LoginError, login, openaiCodex, overrideProvider } = require('codex-login');
  const { openMemoryStore } = require('codex-login/store');
  const { createUserAgent } = require('codex-login/testing');
  (async () => { ${body} })();`;

describe('embedded in another program', () => {
  test.each([
    ['an ESM project', 'module', esm],
    ['a CommonJS project', 'commonjs', cjs],
  ] as const)(
    'in %s login() stores where it is told, is aborted half-way, prints nothing and leaves nothing open',
    async (_, type, source) => {
      const server = await startAuthorizationServer();
      onTestFinished(() => server.close());
      const directory = foreignProject(type, source);
      const { status, stdout, stderr } = await run(directory, [server.issuer]);
      // Node 20 announces that require() of an ES module is experimental: that line is Node's, and not ours.
      const own = stderr.replace(
        /^\(node:\d+\) ExperimentalWarning: (?:CommonJS module|Support for loading ES Module).*\n(?:Support for loading.*\n)?(?:\(Use `node --trace-warnings.*\n)?/gm,
        '',
      );
      expect({ status, stdout, own }).toEqual({ status: 0, stdout: '', own: '' });
      const { default: outcome } = await import(join(directory, 'result.json'), { with: { type: 'json' } });
      expect(outcome).toMatchObject({
        result: {
          routable: true,
          store: 'my own',
          generation: 'mine',
          profileId: 'openai-codex:robin@example.com',
        },
        aborted: 'ERR_ABORTED',
        isLoginError: true,
        state: { lastGood: { 'openai-codex': 'openai-codex:robin@example.com' } },
      });
      expect(outcome.events.at(-1)).toBe('result');
      expect(JSON.stringify(outcome.result)).not.toMatch(/eyJ|rt_/);
    },
  );

  test('codex-login/store works with no other package at all', async () => {
    const directory = foreignProject(
      'module',
      `import { openFileStore, selectProfiles } from 'codex-login/store';
      const { state, now } = await openFileStore('x.json').read();
      process.exitCode = selectProfiles({ state, provider: 'openai-codex', now }).selected === undefined ? 7 : 1;`,
    );
    rmSync(join(directory, 'node_modules'));
    mkdirSync(join(directory, 'node_modules'));
    cpSync(
      join(inject('installed'), 'node_modules/codex-login'),
      join(directory, 'node_modules/codex-login'),
      {
        recursive: true,
        // Other tests run this program now, and what it keeps compiled comes and goes.
        filter: (path) => !path.includes('.compiled'),
      },
    );
    expect(await run(directory)).toEqual({ status: 7, stdout: '', stderr: '' });
    expect(existsSync(join(directory, 'x.json'))).toBe(false);
  });

  test('needs no zod: none is installed with it, and no file of it imports one', () => {
    const modules = join(inject('installed'), 'node_modules');
    expect(existsSync(join(modules, 'codex-login'))).toBe(true);
    expect(existsSync(join(modules, 'zod'))).toBe(false);
    const own = join(modules, 'codex-login');
    const files = (readdirSync(own, { recursive: true }) as string[]).filter((name) =>
      /\.(?:[cm]?js|d\.[cm]?ts)$/.test(name),
    );
    // The seen ones are of every kind: the library, its types, the program.
    expect(files).toEqual(
      expect.arrayContaining(['dist/src/index.js', 'dist/src/words/events.d.ts', 'dist/src/cli/bin.cjs']),
    );
    const importing = files.filter((name) =>
      /(?:\bfrom|\bimport|\brequire|importModule)\s*\(?\s*['"`]zod\b/.test(
        readFileSync(join(own, name), 'utf8'),
      ),
    );
    expect(importing).toEqual([]);
    expect(files.filter((name) => /(?:words\/schemas|store\/schema\.)/.test(name))).toEqual([]);
  });

  test('ships its two JSON schemas, its launcher, its licence, and no test', async () => {
    const directory = join(inject('installed'), 'node_modules/codex-login');
    for (const file of ['dist/auth-profiles.schema.json', 'dist/events.schema.json']) {
      const { default: schema } = await import(join(directory, file), { with: { type: 'json' } });
      expect(schema.$schema).toContain('json-schema.org');
    }
    for (const file of [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'SECURITY.md',
      'bin/codex-login.cjs',
      'docs/architecture.md',
      'docs/pages.md',
    ])
      expect({ file, there: existsSync(join(directory, file)) }).toEqual({ file, there: true });
    for (const file of ['test', 'src', 'mocks', 'scripts', '.ci', 'docs/images'])
      expect({ file, there: existsSync(join(directory, file)) }).toEqual({ file, there: false });
  });
});
