import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { startAuthorizationServer } from '../../mocks/index.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { signIn } from '../support/sign-in.ts';
import { storeFile } from '../support/temporary.ts';

async function signedIn() {
  const path = storeFile();
  const store = openFileStore(path);
  const { server, result } = await signIn({ store, server: await startAuthorizationServer() });
  const profileId = result?.profileId ?? '';
  const run = (...args: string[]) => runCommand([...args, '--store', path], { home: dirname(path) });
  const profile = async () => (await store.read()).state.profiles[profileId];
  const expire = async () => {
    const { state } = await store.read();
    const stored = { ...state.profiles[profileId], expires: Date.now() - 1 };
    writeFileSync(path, JSON.stringify({ ...state, profiles: { ...state.profiles, [profileId]: stored } }));
  };
  onTestFinished(() => server.close());
  return { path, server, profileId, run, profile, expire };
}
const refreshes = ({ journal }: Awaited<ReturnType<typeof signedIn>>['server']) =>
  journal.entries.filter(({ grantType }) => grantType === 'refresh_token').length;

describe('codex-login token', () => {
  test('prints the valid access token and nothing else, and asks no server', async () => {
    const { run, profile, server } = await signedIn();
    const { status, stdout, stderr } = await run('token');
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: `${(await profile())?.access}\n`,
      stderr: '',
    });
    expect(refreshes(server)).toBe(0);
  });

  test('R-9700-5 refreshes one that has expired, at the server that issued it, and stores both tokens', async () => {
    const { run, profile, server, expire } = await signedIn();
    await expire();
    const before = await profile();
    const { status, stdout } = await run('token', '--format', 'header');
    const after = await profile();
    expect([status, stdout]).toEqual([0, `Authorization: Bearer ${after?.access}\n`]);
    expect(after?.refresh).not.toBe(before?.refresh);
    expect(refreshes(server)).toBe(1);
  });

  test('is one JSON object, by --json and by --format json', async () => {
    const { run, profile, profileId } = await signedIn();
    for (const args of [['--json'], ['--format', 'json']]) {
      const { stdout } = await run('token', ...args);
      const { access: token, expires } = (await profile()) ?? {};
      expect(JSON.parse(stdout)).toMatchObject({ v: 1, type: 'result', ok: true, token, expires, profileId });
    }
  });

  test('--min-ttl and --force-refresh decide when it is refreshed', async () => {
    const { run, server } = await signedIn();
    await run('token', '--min-ttl', '3600');
    expect(refreshes(server)).toBe(0);
    const { stdout } = await run('token', '--force-refresh', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ refreshed: true });
    expect(refreshes(server)).toBe(1);
  });

  test('says that the login is over, with 9, and shows it in the status from then on', async () => {
    const { run, server, expire } = await signedIn();
    await expire();
    server.scenario('refresh-invalidated');
    const { status, stdout, stderr } = await run('token');
    expect([status, stdout]).toEqual([9, '']);
    expect(stderr).toContain('Sign in again');
    expect((await run('status')).stdout).toContain('refused (refresh_token_invalidated): sign in again');
  });

  test('without a credential ends with 9 and says what to do', async () => {
    const path = storeFile();
    const { status, stdout, stderr } = await runCommand(['token', '--store', path], { home: dirname(path) });
    expect([status, stdout]).toEqual([9, '']);
    expect(stderr).toContain('Sign in');
  });

  test('SIGTERM while the answer is out: it is stored before the process ends, with 143', async () => {
    const { path, server, expire, profile } = await signedIn();
    await expire();
    const before = await profile();
    server.scenario('token-slow');
    const running = startCommand(['token', '--store', path], { home: dirname(path) });
    while (refreshes(server) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    running.child.kill('SIGTERM');
    const { status, stdout } = await running.ended;
    expect([status, stdout]).toEqual([143, '']);
    expect((await profile())?.refresh).not.toBe(before?.refresh);
    expect(await profile()).not.toHaveProperty('claim');
  });
});

describe('codex-login status --verify', () => {
  test('asks the server, and says what it says', async () => {
    const { run, server } = await signedIn();
    const good = await run('status', '--verify');
    expect(good.status).toBe(0);
    expect(good.stdout).toContain('verified  yes');
    server.scenario('refresh-expired');
    const over = await run('status', '--verify', '--json');
    expect(over.status).toBe(9);
    expect(over.events).toMatchObject([{ profiles: [{ verified: false, dead: 'refresh_token_expired' }] }]);
    await server.close();
    expect((await run('status', '--verify', '--json')).status).toBe(9);
  });

  test('tells apart what it could not ask', async () => {
    const { run, server } = await signedIn();
    await server.close();
    const { status, events } = await run('status', '--verify', '--json');
    expect(status).toBe(6);
    expect(events).toMatchObject([{ profiles: [{ verified: 'unknown', routable: true }] }]);
  });
});

describe('codex-login logout', () => {
  test('says what happened at the server and in the store', async () => {
    const { run, profileId, server } = await signedIn();
    const { status, stderr } = await run('logout');
    expect(status).toBe(0);
    expect(stderr).toContain(`Revoked at ${server.issuer}: refresh token and access token.`);
    expect(stderr).toContain(`Removed ${profileId}`);
    expect((await run('token')).status).toBe(9);
  });

  test('R-7009-2 keeps what was not revoked, with 6; --force removes it', async () => {
    const { run, server, profile } = await signedIn();
    server.scenario('revoke-500', { times: 2 });
    const kept = await run('logout');
    expect(kept.status).toBe(6);
    expect(kept.stderr).toContain('was not revoked, and is kept');
    expect(await profile()).toBeDefined();
    const forced = await run('logout', '--force', '--json');
    expect(forced.events).toMatchObject([
      { ok: true, removed: true, refreshToken: 'failed', accessToken: 'skipped', reason: expect.any(String) },
    ]);
    expect(await profile()).toBeUndefined();
  });
});
