import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { createUserAgent, type ScenarioName, startAuthorizationServer } from '../../mocks/index.ts';
import { type RunningCommand, startCommand } from '../support/command.ts';
import { send } from '../support/http.ts';
import { storeFile } from '../support/temporary.ts';

const OLD = '{"version":1,"profiles":{},"mine":true}';

/** A login that is interrupted when `moment` has come. */
async function interrupt(
  signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP',
  options: {
    scenario?: ScenarioName;
    locked?: boolean;
    moment(command: RunningCommand, reached: Promise<string>): Promise<unknown>;
  },
) {
  const store = storeFile(OLD);
  const lock = `${store}.lock`;
  let reach: (path: string) => void = () => undefined;
  const reached = new Promise<string>((resolve) => {
    reach = resolve;
  });
  const server = await startAuthorizationServer({
    ...(options.scenario ? { scenario: options.scenario } : {}),
    onExchange: ({ path }) => {
      if (path === '/oauth/token') reach(path);
    },
  });
  onTestFinished(() => server.close());
  if (options.locked)
    writeFileSync(lock, JSON.stringify({ pid: process.pid, createdAt: new Date().toISOString() }));
  const agent = createUserAgent();
  const command = startCommand(
    ['login', '--issuer', server.issuer, '--port', '0', '--no-browser', '--json', '--store', store],
    { home: dirname(store) },
  );
  const { addresses } = await command.line('listening');
  if (options.scenario || options.locked) agent.openUrl((await command.line('authorization_url')).url);
  await options.moment(command, reached);
  command.child.kill(signal);
  const { status, events } = await command.ended;
  if (options.locked) {
    expect(existsSync(lock)).toBe(true);
    rmSync(lock);
  }
  expect(readFileSync(store, 'utf8')).toBe(OLD);
  expect(readdirSync(dirname(store))).toEqual([basename(store)]);
  await expect(send(addresses[0]?.port ?? 0, '/')).rejects.toThrow('ECONNREFUSED');
  return { status, last: events.at(-1), agent };
}

describe('Ctrl-C leaves the old bytes, no lock, no temporary file and a free port', () => {
  test.each<[string, Parameters<typeof interrupt>[1]]>([
    ['2, listening', { moment: (command) => command.line('listening') }],
    ['3, the URL is made', { moment: (command) => command.line('authorization_url') }],
    ['4 and 5, the browser was asked and the wait is on', { moment: (command) => command.line('browser') }],
    ['6, the token endpoint hangs', { scenario: 'token-hang', moment: (_, reached) => reached }],
    ['7, the keys do not come', { scenario: 'jwks-hang', moment: (command) => command.line('exchanged') }],
    ['8, somebody else has the lock', { locked: true, moment: (command) => command.line('exchanged') }],
  ])('at step %s: exit status 130', async (_, options) => {
    const { status, last, agent } = await interrupt('SIGINT', options);
    expect(status).toBe(130);
    expect(last).toMatchObject({ type: 'error', code: 'ERR_ABORTED', exitCode: 130 });
    if (agent.visited.length === 0) return;
    // Whoever came back with the browser reads it there too.
    await expect(agent.settled).rejects.toThrow('400');
    expect(agent.lastPage()?.html).toContain('ERR_ABORTED');
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)(
    'and so does %s, as of a terminal that is closed: exit status 143',
    async (signal) => {
      const { status, last } = await interrupt(signal, { moment: (command) => command.line('browser') });
      expect(status).toBe(143);
      expect(last).toMatchObject({ code: 'ERR_TERMINATED', exitCode: 143 });
    },
  );
});

test('the old credential is neither revoked nor removed by a login that does not finish (codex does both before it starts)', async () => {
  const server = await startAuthorizationServer({ approve: 'page' });
  onTestFinished(() => server.close());
  const store = storeFile({
    profiles: {
      'openai-codex:robin@example.com': {
        type: 'oauth',
        provider: 'openai-codex',
        access: 'a',
        refresh: 'r',
        expires: 1_900_000_000_000,
      },
    },
  });
  const before = readFileSync(store, 'utf8');
  const command = startCommand(
    ['login', '--issuer', server.issuer, '--port', '0', '--no-browser', '--json', '--store', store],
    { home: dirname(store) },
  );
  await command.line('browser');
  command.child.kill('SIGINT');
  await command.ended;
  expect(readFileSync(store, 'utf8')).toBe(before);
  expect(server.journal.entries.filter(({ path }) => path === '/oauth/revoke')).toEqual([]);
});
