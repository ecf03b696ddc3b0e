import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { agentDirectory, locateOpenClaw } from '../../../src/openclaw/locate.ts';
import type { Environment } from '../../../src/ports.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const at = (environment: Environment, homeDirectory = '/nowhere') => ({
  environment,
  homeDirectory: () => homeDirectory,
});

describe('where OpenClaw keeps things', () => {
  test.each<[Environment, string]>([
    [{ HOME: '/h' }, '/h/.openclaw'],
    [{ USERPROFILE: '/u' }, '/u/.openclaw'],
    [{}, '/nowhere/.openclaw'],
    [{ HOME: '/h', OPENCLAW_HOME: '/o' }, '/o/.openclaw'],
    [{ HOME: '/h', OPENCLAW_HOME: '~/o' }, '/h/o/.openclaw'],
    [{ HOME: '/h', OPENCLAW_PROFILE: 'work' }, '/h/.openclaw-work'],
    [{ HOME: '/h', OPENCLAW_PROFILE: 'default' }, '/h/.openclaw'],
    [{ HOME: '/h', OPENCLAW_STATE_DIR: '~/s', OPENCLAW_PROFILE: 'work' }, '/h/s'],
    [{ HOME: '/h', OPENCLAW_STATE_DIR: '  ' }, '/h/.openclaw'],
  ])('with %o is %s', (environment, directory) => {
    expect(locateOpenClaw(at(environment)).stateDirectory).toBe(directory);
  });

  test('is the old directory where only that exists', () => {
    const home = temporaryDirectory();
    mkdirSync(join(home, '.clawdbot'));
    expect(locateOpenClaw(at({ HOME: home })).stateDirectory).toBe(join(home, '.clawdbot'));
    mkdirSync(join(home, '.openclaw'));
    expect(locateOpenClaw(at({ HOME: home })).stateDirectory).toBe(join(home, '.openclaw'));
  });

  test('the configuration is beside it, under its old name, or where the environment says', () => {
    const home = temporaryDirectory();
    mkdirSync(join(home, '.openclaw'));
    expect(locateOpenClaw(at({ HOME: home })).configurationPath).toBe(join(home, '.openclaw/openclaw.json'));
    writeFileSync(join(home, '.openclaw/clawdbot.json'), '{}');
    expect(locateOpenClaw(at({ HOME: home })).configurationPath).toBe(join(home, '.openclaw/clawdbot.json'));
    expect(locateOpenClaw(at({ HOME: home, OPENCLAW_CONFIG_PATH: '~/c.json5' })).configurationPath).toBe(
      join(home, 'c.json5'),
    );
  });

  test.each<[string, string | undefined, Environment, string]>([
    ['main', undefined, {}, '/h/.openclaw/agents/main/agent'],
    ['Work Bot!', undefined, {}, '/h/.openclaw/agents/work-bot/agent'],
    ['work', '~/elsewhere', {}, '/h/elsewhere'],
    ['main', undefined, { OPENCLAW_AGENT_DIR: '/a', PI_CODING_AGENT_DIR: '/p' }, '/a'],
    ['main', '/configured', { PI_CODING_AGENT_DIR: '/p' }, '/p'],
    ['work', undefined, { OPENCLAW_AGENT_DIR: '/a' }, '/h/.openclaw/agents/work/agent'],
    ['../../etc', undefined, {}, '/h/.openclaw/agents/etc/agent'],
  ])('the agent %j, configured as %j, with %o is in %s', (agent, configured, environment, directory) => {
    const surroundings = at({ HOME: '/h', ...environment });
    expect(agentDirectory(agent, locateOpenClaw(surroundings), configured, surroundings)).toBe(directory);
  });
});
