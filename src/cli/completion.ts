/**
 * `codex-login completion`: what a shell needs to complete this command line, written from the tables that the parser reads.
 * It decides what is offered where; how a shell is told, `completion/` knows.
 */

import { usageError } from './arguments.ts';
import { COMMANDS, type Command, EVERYWHERE, type Invocation, TOPIC_NAMES } from './commands.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import type { Offered, OfferedOption } from './completion/offered.ts';
import { zshScript } from './completion/zsh.ts';
import { OPTIONS, type OptionDescription, type OptionName } from './options.ts';

/** From what is offered everywhere to a script for one shell. */
const SHELLS: Readonly<Record<string, (offered: readonly Offered[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export async function run({ positionals, terminal }: Invocation): Promise<number> {
  const [shell = ''] = positionals;
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (script === undefined)
    throw usageError('There is completion for bash, zsh and fish.', 'Example: codex-login completion bash');
  terminal.answer(script(await offeredCommands()).trimEnd());
  return 0;
}

/** Every command with all that may follow it, `help` with its topics among them. */
export async function offeredCommands(): Promise<readonly Offered[]> {
  const offered = await Promise.all(COMMANDS.map(offer));
  const words = [...COMMANDS.map(({ name }) => name), ...TOPIC_NAMES];
  return [...offered, { name: 'help', summary: 'explain a command or a topic', words, options: [] }];
}

async function offer(command: Command): Promise<Offered> {
  const choices = (await command.choices?.load())?.map(([name]) => name) ?? [];
  return {
    name: command.name,
    summary: command.summary,
    words: command.words ?? [],
    options: [...command.options, ...EVERYWHERE].map((name) => offerOption(command, name, choices)),
  };
}

function offerOption(command: Command, name: OptionName, choices: readonly string[]): OfferedOption {
  const { type, short, help, offers }: OptionDescription = OPTIONS[name];
  const words = offers?.words === 'choices' ? choices : (offers?.words ?? []);
  return {
    name,
    short,
    help: command.optionHelp?.[name] ?? help,
    value: type === 'boolean' ? undefined : { words, paths: offers?.paths },
  };
}
