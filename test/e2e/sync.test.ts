import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { z } from 'zod';

import { startAuthorizationServer } from '../../mocks/index.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { type Ended, runCommand, startCommand } from '../support/command.ts';
import { signIn } from '../support/sign-in.ts';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';

/** A login in a shared store, and hosts: homes with an OpenClaw of the layout that is assumed. */
async function sharing() {
  const shared = storeFile();
  const store = openFileStore(shared);
  const { server, result } = await signIn({ store, server: await startAuthorizationServer() });
  onTestFinished(() => server.close());
  const profileId = result?.profileId ?? '';
  const profile = async () => (await store.read()).state.profiles[profileId];
  const change = async (fields: object) => {
    const { state } = await store.read();
    const changed = { ...state.profiles[profileId], ...fields };
    writeFileSync(
      shared,
      JSON.stringify({ ...state, profiles: { ...state.profiles, [profileId]: changed } }),
    );
  };
  const host = () => {
    const home = temporaryDirectory();
    const path = join(home, '.openclaw/agents/main/agent/auth-profiles.json');
    const args = (more: string[]) => ['sync', '--store', shared, ...more];
    return {
      run: (...more: string[]) => runCommand(args(more), { home }),
      start: (...more: string[]) => startCommand(args(more), { home }),
      state: () => JSON.parse(readFileSync(path, 'utf8')),
      path,
    };
  };
  return { shared, server, profileId, profile, change, host };
}
const refreshes = ({ journal }: Awaited<ReturnType<typeof sharing>>['server']) =>
  journal.entries.filter(({ grantType }) => grantType === 'refresh_token').length;

/** Every line is one of the published schema. */
function expectLines({ stdout, events }: Ended): Ended['events'] {
  const path = join(inject('installed'), 'node_modules/codex-login/dist/events.schema.json');
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(path, 'utf8')));
  for (const line of events) expect(schema.safeParse(line).error?.message).toBeUndefined();
  expect(stdout.trimEnd().split('\n')).toHaveLength(events.length);
  return events;
}

describe('codex-login sync', () => {
  test('--once puts the access token where OpenClaw uses it, and leaves the refresh token where it is', async () => {
    const { profileId, profile, host } = await sharing();
    const { run, state, path } = host();
    const { status, stdout, stderr } = await run('--once');
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toContain(`${profileId} is in ${path}, good until`);
    const { access: token, refresh, expires } = (await profile()) ?? {};
    expect(state()).toMatchObject({
      profiles: { [profileId]: { type: 'token', token, expires } },
      order: { 'openai-codex': [profileId] },
      lastGood: { 'openai-codex': profileId },
    });
    expect(JSON.stringify([state(), stderr])).not.toContain(String(refresh));
    expect(stderr).not.toContain(String(token));
  });

  test('of two hosts at once with a token that has expired, one refreshes, and both have the new one', async () => {
    const { server, change, profile, host } = await sharing();
    await change({ expires: Date.now() - 1 });
    const hosts = [host(), host()];
    const ended = await Promise.all(hosts.map(({ run }) => run('--once', '--json')));
    const { access: token } = (await profile()) ?? {};
    for (const [index, one] of ended.entries()) {
      expect(one.status).toBe(0);
      expect(expectLines(one)).toMatchObject([{ type: 'result', ok: true, changed: true, routable: true }]);
      expect(Object.values(hosts[index]?.state().profiles)).toMatchObject([{ token }]);
    }
    expect(refreshes(server)).toBe(1);
    expect(ended.filter(({ events }) => events[0]?.refreshed)).toHaveLength(1);
  });

  test('follows what changes, and ends with 143 at SIGTERM and 130 at Ctrl-C, its lines in the published schema', async () => {
    const { change, profile, host } = await sharing();
    const { start, state } = host();
    for (const [signal, exit, code] of [
      ['SIGTERM', 143, 'ERR_TERMINATED'],
      ['SIGINT', 130, 'ERR_ABORTED'],
    ] as const) {
      const running = start('--json', '--interval', '1');
      await running.line('synchronized' as never);
      // As a refresh by somebody else: another token of the same account.
      await change({ access: `${(await profile())?.access}x` });
      await running.text(/(?:"type":"synchronized"[\s\S]*){2}/);
      running.child.kill(signal);
      const ended = await running.ended;
      expect(ended.status).toBe(exit);
      expect(expectLines(ended).at(-1)).toMatchObject({ type: 'error', code, exitCode: exit });
      expect(Object.values(state().profiles)).toMatchObject([{ token: (await profile())?.access }]);
    }
  });

  test('refuses to be the second refresher of one login: exit status 7, and what to do', async () => {
    const { shared, host } = await sharing();
    const { run, path } = host();
    await run('--once');
    writeFileSync(path, readFileSync(shared));
    const { status, stderr } = await run('--once');
    expect(status).toBe(7);
    expect(stderr).toMatch(/two programs would refresh one login.*--local.*store move/s);
    expect(readFileSync(path, 'utf8')).toBe(readFileSync(shared, 'utf8'));
  });

  test('while the shared store cannot be read, --once ends with its code, a running one says what this host has left', async () => {
    const { shared, host, profile } = await sharing();
    const { run, start } = host();
    await run('--once');
    const expires = (await profile())?.expires;
    writeFileSync(shared, 'not json');
    expect((await run('--once')).status).toBe(7);
    const running = start('--json', '--interval', '1');
    expect(await running.line('behind' as never)).toMatchObject({
      code: 'ERR_STORE_CORRUPT',
      expires,
      expired: false,
    });
    running.child.kill('SIGTERM');
    expect((await running.ended).status).toBe(143);
  });

  test('needs to know where the shared credential is, and takes no place for both', async () => {
    const home = temporaryDirectory();
    const { status, stderr } = await runCommand(['sync'], { home });
    expect([status, stderr]).toEqual([2, expect.stringContaining('--store')]);
    const path = join(dirname(home), 'same.json');
    expect((await runCommand(['sync', '--store', path, '--to', path], { home })).status).toBe(2);
  });
});
