import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../mocks/index.ts';
import { type RunningCommand, startCommand } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { signInTogether } from '../support/together.mjs';

async function together(how: Parameters<typeof signInTogether>[1]): Promise<string[]> {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const program = join(inject('installed'), 'node_modules/codex-login/bin/codex-login.cjs');
  return signInTogether({ program, server, createUserAgent, directory: temporaryDirectory() }, how);
}

const rounds = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe.skipIf(process.platform === 'win32')(
  'codex-login login, several at once: one tab, one exchange, one stored result that all end with',
  () => {
    test.each(rounds(10))('two processes, round %s', async () => {
      expect(await together({ processes: 2 })).toEqual([]);
    });

    test('five processes', async () => {
      expect(await together({ processes: 5 })).toEqual([]);
    });

    test('five processes, the first killed while it waits: one of the others takes over', async () => {
      expect(await together({ processes: 5, kill: true })).toEqual([]);
    });
  },
);

describe.skipIf(process.platform === 'win32')('codex-login login beside another one', () => {
  async function beside(
    args: string[],
  ): Promise<{ first: RunningCommand; second: RunningCommand; home: string }> {
    const server = await startAuthorizationServer();
    onTestFinished(() => server.close());
    const home = temporaryDirectory();
    mkdirSync(join(home, 'run'), { mode: 0o700 });
    const where = { home, env: { XDG_RUNTIME_DIR: join(home, 'run') } };
    const all = ['login', '--issuer', server.issuer, '--port', '0', '--no-browser'];
    const store = ['--store', join(home, 'auth-profiles.json')];
    const first = startCommand([...all, ...store, '--json'], where);
    await first.line('authorization_url');
    return { first, second: startCommand([...all, ...store, ...args], where), home };
  }

  test('tells a person whom it follows, with its address, and what came of it', async () => {
    const { first, second, home } = await beside([]);
    const { url } = await first.line('authorization_url');
    await second.said(/Waiting for you/);
    await createUserAgent().openUrl(url);
    const { status, stderr, stdout } = await second.ended;
    expect(status).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(
      `A sign-in is already waiting in another terminal (pid ${first.child.pid}): following that one.`,
    );
    expect(stderr).toContain(url);
    expect(stderr).toContain('Stored openai-codex:robin@example.com');
    expect(JSON.parse(readFileSync(join(home, 'auth-profiles.json'), 'utf8')).lastGood).toBeDefined();
  });

  test('with --alone signs in by itself, and so it does for another store', async () => {
    const { first, second } = await beside(['--alone', '--json']);
    const { url } = await first.line('authorization_url');
    expect((await second.line('authorization_url')).url).not.toBe(url);
  });

  test('leaves nothing where they met', async () => {
    const { first, second, home } = await beside(['--json']);
    await second.line('authorization_url');
    second.child.kill('SIGINT');
    expect((await second.ended).status).toBe(130);
    await createUserAgent().openUrl((await first.line('authorization_url')).url);
    expect((await first.ended).status).toBe(0);
    expect(readdirSync(join(home, 'run/codex-login'))).toEqual([]);
    expect(readdirSync(home).sort()).toEqual(['auth-profiles.json', 'run']);
  });
});
