import { describe, expect } from 'vitest';

import { expectInvariants } from '../support/store-invariants.ts';
import { test } from './openclaw.ts';
import { signIn } from './sign-in.ts';

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
    const { status, events } = await signIn(openclaw, {
      env: { OPENCLAW_GATEWAY_TOKEN: 'a-wrong-token' },
    });
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
