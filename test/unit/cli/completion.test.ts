import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';

import { scenarios } from '../../../mocks/index.ts';
import { COMMANDS, EVERYWHERE } from '../../../src/cli/commands.ts';
import { bashScript } from '../../../src/cli/completion/bash.ts';
import { fishScript } from '../../../src/cli/completion/fish.ts';
import { zshScript } from '../../../src/cli/completion/zsh.ts';
import { offeredCommands } from '../../../src/cli/completion.ts';
import { TOPICS } from '../../../src/cli/topics.ts';
import { isInstalled, offeredBy, SHELL_LIMIT_MS, type Shell } from '../../support/shells.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };
const commands = [...COMMANDS.map(({ name }) => name), 'help'].sort();
const optionsOf = (command: string) =>
  [...(COMMANDS.find(({ name }) => name === command)?.options ?? []), ...EVERYWHERE]
    .map((name) => `--${name}`)
    .sort();

vi.setConfig({ testTimeout: SHELL_LIMIT_MS + 5_000 });

describe.each(Object.keys(SCRIPTS) as Shell[])('completion in %s', (shell) => {
  let script = '';
  const place = () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'store one.json'), '{}');
    writeFileSync(join(cwd, 'star*.json'), '{}');
    mkdirSync(join(cwd, 'tools'));
    return cwd;
  };
  const offered = (line: string, cwd = temporaryDirectory()) => offeredBy(shell, script, line, cwd);

  beforeAll(async () => {
    script = SCRIPTS[shell](await offeredCommands());
  });

  test.beforeEach(({ skip }) => {
    if (!isInstalled(shell)) skip(`${shell} is not installed: its completion was not tried`);
  });

  test('offers every command', () => {
    expect(offered('codex-login ')).toEqual(commands);
    expect(offered('codex-login do')).toEqual(['doctor']);
  });

  test.each(COMMANDS.map(({ name }) => name))('offers every option of %s, and no other', (name) => {
    expect(offered(`codex-login ${name} --`)).toEqual(optionsOf(name));
  });

  test('offers the options of login where no command is named', () => {
    expect(offered('codex-login --')).toEqual(optionsOf('login'));
    expect(offered('codex-login --timeout 60 --no-b')).toEqual(['--no-browser']);
  });

  test.each([
    ['the actions of order', 'codex-login order ', ['clear', 'get', 'set']],
    ['the actions of order after an option with a value', 'codex-login order --agent work s', ['set']],
    ['its own shells', 'codex-login completion ', ['bash', 'fish', 'zsh']],
    ['who approves', 'codex-login mock --approve ', ['auto', 'manual', 'page']],
    ['a value after "="', 'codex-login mock --approve=p', ['page']],
    [
      'scenarios',
      'codex-login mock --scenario token-5',
      Object.keys(scenarios)
        .filter((name) => name.startsWith('token-5'))
        .sort(),
    ],
    ['the provider', 'codex-login login --provider ', ['openai-chatgpt', 'openai-codex']],
    ['the provider where no command is named', 'codex-login --provider ', ['openai-chatgpt', 'openai-codex']],
    [
      'commands and topics of help',
      'codex-login help ',
      [...COMMANDS, ...TOPICS].map(({ name }) => name).sort(),
    ],
    ['nothing where only the person knows', 'codex-login login --timeout ', []],
    ['nothing after the last word', 'codex-login completion bash ', []],
  ])('offers %s', (_, line, words) => {
    expect(offered(line, place())).toEqual(words);
  });

  test('offers files for a store, names with spaces and stars as one', () => {
    const plain = (names: string[]) => names.map((name) => name.replace(/\\/g, ''));
    expect(plain(offered('codex-login login --store s', place()))).toEqual(['star*.json', 'store one.json']);
  });

  test('offers directories alone for an OpenClaw', () => {
    expect(offered('codex-login login --openclaw ', place()).map((name) => name.replace(/\/$/, ''))).toEqual([
      'tools',
    ]);
  });
});
