/** Every block of the README is run, as it stands. */

import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { startAuthorizationServer } from '../../mocks/index.ts';
import { programs, runModule, runShell } from '../support/readme.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const blockWith = (needle: string) =>
  blocks.filter(({ text }) => text.includes(needle)).map(({ text }) => text);

async function startMock() {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  return server;
}

describe('the README', () => {
  test('opens with two commands for a fresh checkout, and the second is what CI calls', () => {
    expect(blocks.slice(0, 2)).toEqual([
      { language: 'sh', text: 'npx . --demo\n' },
      { language: 'sh', text: 'npm cit\n' },
    ]);
    expect(readFileSync(join(root, '.ci/run'), 'utf8')).toMatch(/^npm cit$/m);
  });

  test('has no block that is not run here', () => {
    expect(blocks.map(({ text }) => text.split('\n')[0])).toEqual([
      'npx . --demo',
      'npm cit',
      'npx codex-login',
      'codex-login status',
      'codex-login doctor',
      'codex-login token',
      "import { login } from 'codex-login';",
      "import { openFileStore, selectProfiles } from 'codex-login/store';",
      "import { createUserAgent, startAuthorizationServer } from 'codex-login/testing';",
      'codex-login mock --json --scenario access-denied',
    ]);
  });

  test('its first command alone installs, builds and runs the demo in a checkout that has neither', {
    timeout: 150_000,
  }, () => {
    const checkout = join(temporaryDirectory(), 'checkout');
    const left = new Set(['node_modules', 'dist', '.git', '.cache', 'coverage']);
    cpSync(root, checkout, {
      recursive: true,
      filter: (path) => !left.has(path.slice(root.length).split('/')[0] ?? ''),
    });
    const { PATH = '', HOME = '' } = process.env;
    const { status, stdout, stderr } = spawnSync('sh', ['-ec', blocks[0]?.text ?? ''], {
      cwd: checkout,
      encoding: 'utf8',
      timeout: 140_000,
      env: { PATH, HOME, npm_config_prefer_offline: 'true', TMPDIR: checkout },
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('installing what it needs');
    expect(stderr).toContain('is routable');
  });

  test('its commands for a person sign in, and show what is stored', async () => {
    const home = temporaryDirectory();
    const server = await startMock();
    const directory = programs(home, server.issuer);
    const run = (text: string) => runShell(text, home, directory);
    expect(await run(blockWith('npx codex-login')[0] ?? 'false')).toEqual({ error: null, stdout: '' });
    const shown = await run(blockWith('codex-login status')[0] ?? 'false');
    expect(shown.error).toBeNull();
    expect(shown.stdout).toContain('will be used');
    expect(shown.stdout).toMatch(/^openai-codex:robin@example\.com$/m);
    const looked = await run(blockWith('codex-login doctor')[0] ?? 'false');
    expect(looked.error).toBeNull();
    expect(looked.stdout).toContain('Nothing is wrong.');
    const used = await run(blockWith('codex-login token')[0] ?? 'false');
    expect(used.error).toBeNull();
    expect(used.stdout).toMatch(/^eyJ[\w.-]+\n/);
    expect(used.stdout).toContain('verified  yes');
    const over = await run('codex-login token || echo gone');
    expect(over.stdout).toBe('gone\n');
  });

  test('its mock command says where it is and misbehaves as asked', async () => {
    const home = temporaryDirectory();
    const directory = programs(home, 'unused');
    const text = (blockWith('codex-login mock')[0] ?? 'false').trim();
    const { stdout } = await runShell(`timeout -s INT 5 ${text} | head -1`, home, directory);
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'ready',
      issuer: expect.stringMatching(/^http:\/\/127/),
    });
  });

  test('its programs run: the login, the store, the test with a fault', async () => {
    const { issuer } = await startMock();
    const [embedding = ''] = blockWith("import { login } from 'codex-login';\n\n");
    const signedIn = await runModule(embedding, issuer);
    expect(signedIn).toMatchObject({
      status: 0,
      stdout: '',
      stderr: expect.stringMatching(/^Sign in: http:\S+\n$/),
    });
    const [store = ''] = blockWith('openFileStore');
    expect(await runModule(store, issuer)).toEqual({
      status: 0,
      stdout: 'nothing usable of 0\n',
      stderr: '',
    });
    const [faulty = ''] = blockWith('token-500');
    expect(await runModule(faulty, issuer)).toEqual({
      status: 0,
      stdout: 'ERR_TOKEN_ENDPOINT\n',
      stderr: '',
    });
  });

  test('names the exit statuses that the program has', async () => {
    const { EXIT_STATUS } = await import('../../src/words/errors.ts');
    for (const status of new Set(Object.values(EXIT_STATUS)))
      if (status !== 1) expect(readme).toMatch(new RegExp(`\\b${status} [a-z]`));
  });

  test('states about the size that an installation has', () => {
    const [, count = '', mebibytes = ''] = /it is (\d+) packages and ([\d.]+) MiB/.exec(readme) ?? [];
    const modules = join(inject('installed'), 'node_modules');
    const names = readdirSync(modules)
      .filter((name) => !name.startsWith('.'))
      .flatMap((name) => (name.startsWith('@') ? readdirSync(join(modules, name)) : [name]));
    const entries = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const bytes = entries.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
    expect(Math.abs(names.length - Number(count))).toBeLessThan(10);
    expect(Math.abs(bytes / 1024 ** 2 - Number(mebibytes))).toBeLessThan(1.5);
  });
});
