import { describe, expect } from 'vitest';

import { runCommand } from '../support/command.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { type OpenClaw, provider, test } from './openclaw.ts';

const [a, b] = [`${provider}:a@example.com`, `${provider}:b@example.com`];
const profile = { type: 'oauth', provider, access: 'a', refresh: 'r', expires: 1_900_000_000_000 };

async function ours({ home, environment }: OpenClaw, ...args: string[]) {
  const { status, events } = await runCommand(['order', ...args, '--json'], { home, env: environment });
  expect(status).toBe(0);
  return events.at(-1);
}
async function theirs(openclaw: OpenClaw, action: string, ...ids: string[]) {
  const command = ['models', 'auth', 'order', action, '--agent', 'main', '--provider', provider];
  const said = await openclaw.run(...command, ...(action === 'get' ? ['--json'] : ids));
  return action === 'get' ? JSON.parse(said) : said;
}

describe('one order, two commands', () => {
  test('OpenClaw reads the order that codex-login set, and cleared', async ({ openclaw }) => {
    openclaw.writeStore({ version: 1, profiles: { [a]: profile, [b]: profile } });
    expect(await ours(openclaw, 'set', b, a)).toMatchObject({ order: [b, a], stored: true });
    expect(await theirs(openclaw, 'get')).toMatchObject({ order: [b, a] });
    await ours(openclaw, 'clear');
    expect(await theirs(openclaw, 'get')).toMatchObject({ order: null });
    expectInvariants(openclaw.storePath);
  });

  test('codex-login reads the order that OpenClaw set, and cleared', async ({ openclaw }) => {
    openclaw.writeStore({ version: 1, profiles: { [a]: profile, [b]: profile } });
    await theirs(openclaw, 'set', b, a);
    expect(await ours(openclaw, 'get')).toMatchObject({
      order: [b, a],
      stored: true,
      orderSource: 'store',
    });
    await theirs(openclaw, 'clear');
    expect(await ours(openclaw, 'get')).toMatchObject({
      order: [a, b],
      stored: false,
      orderSource: 'default',
    });
  });
});
