import { describe, expect } from 'vitest';

import { runCommand } from '../support/command.ts';
import { startModel } from './model.ts';
import { test, testOn } from './openclaw.ts';
import { signIn, startServer } from './sign-in.ts';
import { seen, talkingTo, turn } from './turn.ts';
import { SEED, VERSIONS } from './versions.ts';

describe.each(VERSIONS)('a turn of the real OpenClaw %s', (version) => {
  testOn(version)(
    'carries our access token after a login, and the new one after the same person signed in again',
    async ({ openclaw }) => {
      const model = await startModel();
      openclaw.writeConfiguration(talkingTo(version, model.url));
      const server = await startServer();
      for (const label of ['access#1', 'access#2']) {
        const { status, stderr, result } = await signIn(openclaw, { server });
        expect({ label, status, stderr }).toEqual({ label, status: 0, stderr: '' });
        expect(result).toMatchObject({ routable: true, gateway: 'absent' });
        await turn(openclaw);
        expect(seen(model, server)).toEqual([label]);
      }
    },
  );
});

test('openclaw-63856 the report replayed: before the login the paid fallback answers, after it never', async ({
  openclaw,
}) => {
  const [model, fallback] = [await startModel(), await startModel()];
  const configuration = talkingTo(SEED, model.url, fallback.url);
  // The store names nobody, and the configuration somebody who is not there: cause 1.
  openclaw.writeConfiguration({
    ...configuration,
    auth: { order: { 'openai-codex': ['openai-codex:gone'] } },
  });
  await turn(openclaw);
  expect({ model: model.tokens.length, fallback: fallback.tokens.splice(0) }).toEqual({
    model: 0,
    fallback: ['a-key-that-costs-money'],
  });
  const server = await startServer();
  await signIn(openclaw, { server });
  for (const _ of [1, 2, 3]) await turn(openclaw);
  expect(seen(model, server)).toEqual(['access#1']);
  expect(fallback.tokens).toEqual([]);
});

describe.each([SEED, '2026.9.6'])('a gateway of the real OpenClaw %s that is already running', (version) => {
  const test = testOn(version);

  test('sends the new token at its next turn, without a restart', async ({ openclaw }) => {
    const model = await startModel();
    const server = await startServer();
    openclaw.writeConfiguration(talkingTo(version, model.url));
    await signIn(openclaw, { server });
    await openclaw.startGateway(talkingTo(version, model.url));
    await turn(openclaw, { by: 'gateway' });
    expect(seen(model, server)).toEqual(['access#1']);
    const { result } = await signIn(openclaw, { server });
    expect(result).toMatchObject({ routable: true, gateway: 'reloaded' });
    await turn(openclaw, { by: 'gateway' });
    expect(seen(model, server)).toEqual(['access#2']);
  });

  test('loses nothing of ours although its own snapshot had expired', async ({ openclaw }) => {
    const model = await startModel();
    const server = await startServer();
    openclaw.writeConfiguration(talkingTo(version, model.url));
    await signIn(openclaw, { server });
    await openclaw.expireCredentials();
    await openclaw.startGateway(talkingTo(version, model.url));
    const { result } = await signIn(openclaw, { server });
    await turn(openclaw, { by: 'gateway' });
    expect(seen(model, server)).toEqual(['access#2']);
    const status = await runCommand(['status', '--json', '--openclaw', openclaw.installed.directory], {
      home: openclaw.home,
      env: { ...openclaw.environment, PATH: openclaw.installed.path },
    });
    expect(status.events.at(-1)).toMatchObject({ selected: result.profileId, order: result.order });
  });
});

describe.each([SEED, '2026.9.6'])('two agents of the real OpenClaw %s', (version) => {
  testOn(version)('use the new profile both, although one has an order of its own', async ({ openclaw }) => {
    const model = await startModel();
    const server = await startServer();
    const configuration = talkingTo(version, model.url);
    openclaw.writeConfiguration({
      ...configuration,
      agents: { ...configuration.agents, list: [{ id: 'main', default: true }, { id: 'work' }] },
    });
    await signIn(openclaw, { server, args: ['--agent', 'work'] });
    const { events, result } = await signIn(openclaw, { server });
    expect(events.filter(({ type }) => type === 'committed').map(({ agent }) => agent)).toEqual([
      undefined,
      'work',
    ]);
    expect(result).toMatchObject({ routable: true, agents: [{ agent: 'work', routable: true }] });
    for (const agent of ['main', 'work']) {
      await turn(openclaw, { agent });
      expect(seen(model, server)).toEqual(['access#2']);
    }
  });
});
