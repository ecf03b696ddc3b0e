import { join } from 'node:path';
import { describe, expect } from 'vitest';

import { startModel } from './model.ts';
import { testOn } from './openclaw.ts';
import { signIn, startServer } from './sign-in.ts';
import { seen, talkingTo, turn } from './turn.ts';
import { VERSIONS } from './versions.ts';

describe.each(VERSIONS)('the directories of the real OpenClaw %s', (version) => {
  const test = testOn(version);

  test('a login with OPENCLAW_AGENT_DIR is where a turn looks', async ({ openclaw }) => {
    const [model, server] = [await startModel(), await startServer()];
    openclaw.writeConfiguration(talkingTo(version, model.url));
    const env = { OPENCLAW_AGENT_DIR: join(openclaw.home, 'elsewhere') };
    const { result } = await signIn(openclaw, { server, env });
    expect(result).toMatchObject({ routable: true });
    await turn(openclaw, { environment: env });
    expect(seen(model, server)).toEqual(['access#1']);
  });

  test('a login reaches an agent without a store also where main has a directory of its own', async ({
    openclaw,
  }) => {
    const [model, server] = [await startModel(), await startServer()];
    const configuration = talkingTo(version, model.url);
    const list = [{ id: 'main', default: true, agentDir: join(openclaw.home, 'main') }, { id: 'work' }];
    openclaw.writeConfiguration({ ...configuration, agents: { ...configuration.agents, list } });
    const { result } = await signIn(openclaw, { server });
    expect(result).toMatchObject({ routable: true });
    for (const agent of ['main', 'work']) {
      await turn(openclaw, { agent });
      expect({ agent, tokens: seen(model, server) }).toEqual({ agent, tokens: ['access#1'] });
    }
  });
});
