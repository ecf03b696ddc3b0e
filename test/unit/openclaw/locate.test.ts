import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { agentDirectories, locateOpenClaw } from '../../../src/openclaw/locate.ts';
import type { Environment } from '../../../src/words/ports.ts';
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

  const directoriesOf = (configured: Record<string, string>, environment: Environment, version?: string) => {
    const surroundings = at({ HOME: '/h', ...environment });
    return agentDirectories(locateOpenClaw(surroundings), configured, surroundings, version);
  };

  test.each<[string, Record<string, string>, Environment, string]>([
    ['main', {}, {}, '/h/.openclaw/agents/main/agent'],
    ['Work Bot!', {}, {}, '/h/.openclaw/agents/work-bot/agent'],
    ['work', { work: '~/elsewhere' }, {}, '/h/elsewhere'],
    ['main', {}, { OPENCLAW_AGENT_DIR: '/a', PI_CODING_AGENT_DIR: '/p' }, '/a'],
    ['main', { main: '/configured' }, { PI_CODING_AGENT_DIR: '/p' }, '/p'],
    ['main', { main: '/configured' }, {}, '/configured'],
    ['work', {}, { OPENCLAW_AGENT_DIR: '/a' }, '/h/.openclaw/agents/work/agent'],
    ['../../etc', {}, {}, '/h/.openclaw/agents/etc/agent'],
  ])('the agent %j, with %o configured and %o is in %s', (agent, configured, environment, directory) => {
    expect(directoriesOf(configured, environment).of(agent)).toBe(directory);
  });

  test.each<[Record<string, string>, Environment, string | undefined, string]>([
    [{}, {}, undefined, '/h/.openclaw/agents/main/agent'],
    [{ main: '/configured' }, {}, undefined, '/h/.openclaw/agents/main/agent'],
    [{}, { OPENCLAW_AGENT_DIR: '/a' }, undefined, '/a'],
    [{}, { OPENCLAW_AGENT_DIR: '/a' }, '2026.5.7', '/a'],
    [{}, { OPENCLAW_AGENT_DIR: '/a' }, '2026.5.12', '/h/.openclaw/agents/main/agent'],
  ])(
    'what all agents inherit from, with %o configured, %o and OpenClaw %s is in %s',
    (configured, environment, version, directory) => {
      const directories = directoriesOf(configured, environment, version);
      expect(directories.shared).toBe(directory);
      // A turn of main looks where the configuration says, and not where the environment does.
      expect(directories.ofTurn('main')).toBe(configured.main ?? '/h/.openclaw/agents/main/agent');
    },
  );
});
