import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { runCommand, startCommand } from '../support/command.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';

describe('codex-login --demo', () => {
  test('is the whole login on this machine: it ends with the commit, what was written and the verdict routable', async () => {
    const home = temporaryDirectory();
    const { status, stdout, stderr } = await runCommand(['--demo'], { home });
    expect(status).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/Stored openai-codex:robin@example\.com in \S+/);
    expect(stderr).toMatch(/What was written to (\S+), tokens masked/);
    expect(stderr).toMatch(/Verdict: openai-codex:robin@example\.com is routable\./);
    expect(stderr).not.toMatch(/"access": "[^"]{60,}"/);
    expect(readdirSync(home)).toEqual([]);
    const path = /Stored \S+ in (\S+)/.exec(stderr)?.[1] ?? '';
    onTestFinished(() => rmSync(dirname(path), { recursive: true, force: true }));
    expectInvariants(path);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  test('tells the same events as a login with --json, into the store that was named', async () => {
    const store = storeFile();
    const { status, events, stderr } = await runCommand(['login', '--demo', '--json', '--store', store], {
      home: dirname(store),
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(events.map(({ type }) => type).filter((type) => type !== 'browser')).toEqual([
      'listening',
      'authorization_url',
      'exchanged',
      'committed',
      'result',
    ]);
    expect(events.at(-1)).toMatchObject({ routable: true, store });
    expectInvariants(store);
  });

  test('brings its own server, and refuses another', async () => {
    const { status, stderr } = await runCommand(['--demo', '--issuer', 'http://127.0.0.1:1'], {
      home: temporaryDirectory(),
    });
    expect(status).toBe(2);
    expect(stderr).toContain('--issuer');
  });

  test('that is interrupted leaves no store behind', async () => {
    const home = temporaryDirectory();
    const command = startCommand(['--demo', '--no-browser', '--json'], { home, env: { TMPDIR: home } });
    await command.line('browser');
    expect(readdirSync(home)).toHaveLength(1);
    command.child.kill('SIGINT');
    expect((await command.ended).status).toBe(130);
    expect(readdirSync(home)).toEqual([]);
    expect(existsSync(home)).toBe(true);
  });
});

test('the demo never writes into OpenClaw itself, and shows nothing else of a file that it was given', async () => {
  const home = temporaryDirectory();
  const refused = await runCommand(['--demo', '--store', 'openclaw'], { home });
  expect(refused.status).toBe(2);
  expect(readdirSync(home)).toEqual([]);
  const store = storeFile({ profiles: { a: { type: 'api_key', provider: 'x', apiKey: 'planted-secret' } } });
  const { status, stderr } = await runCommand(['--demo', '--store', store], { home });
  expect(status).toBe(0);
  expect(stderr).not.toContain('planted-secret');
  expect(stderr).not.toContain('nothing of yours');
});
