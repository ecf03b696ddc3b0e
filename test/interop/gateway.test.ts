import { describe, expect, onTestFinished } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../mocks/index.ts';
import { startCommand } from '../support/command.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { type OpenClaw, test } from './openclaw.ts';

/** A login into the state directory of a real OpenClaw, by the packed command. */
async function signIn({ home, environment, installed }: OpenClaw, env: NodeJS.ProcessEnv = {}) {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const args = [
    'login',
    '--issuer',
    server.issuer,
    '--port',
    '0',
    '--no-browser',
    '--json',
    '--openclaw',
    installed.directory,
  ];
  const command = startCommand(args, {
    home,
    env: {
      ...environment,
      PATH: installed.path,
      TMPDIR: home,
      OPENCLAW_DISABLE_BUNDLED_PLUGINS: '1',
      ...env,
    },
  });
  const { url } = await command.line('authorization_url');
  await createUserAgent().openUrl(url);
  return command.ended;
}

describe('a gateway of the real OpenClaw', () => {
  test('that is running confirms that it has read the new credential', async ({ openclaw }) => {
    await openclaw.startGateway();
    const { status, events } = await signIn(openclaw);
    expect(status).toBe(0);
    expect(events.find(({ type }) => type === 'gateway')).toMatchObject({ state: 'reloaded' });
    expect(events.at(-1)).toMatchObject({ routable: true, gateway: 'reloaded' });
    expectInvariants(openclaw.storePath);
  });

  test('that is running and cannot be asked is told of as stale, with the command to run', async ({
    openclaw,
  }) => {
    await openclaw.startGateway();
    const { status, events } = await signIn(openclaw, { OPENCLAW_GATEWAY_TOKEN: 'a-wrong-token' });
    expect(status).toBe(0);
    expect(events.find(({ type }) => type === 'gateway')).toMatchObject({
      state: 'stale',
      hint: expect.stringContaining('openclaw secrets reload'),
    });
    expectInvariants(openclaw.storePath);
  });

  test('that is not running is absent', async ({ openclaw }) => {
    openclaw.writeConfiguration({ gateway: { mode: 'local', port: 9 } });
    const { events } = await signIn(openclaw);
    expect(events.find(({ type }) => type === 'gateway')).toMatchObject({ state: 'absent' });
  });
});
