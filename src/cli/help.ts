/** The help texts, written from the table of commands. */

import { readFileSync } from 'node:fs';

import { COMMANDS, type Command, EVERYWHERE } from './commands.ts';
import { OPTIONS, type OptionDescription, type OptionName } from './options.ts';
import type { Colors } from './terminal.ts';

/** The package's own version: two levels above the built file, wherever the package is installed. */
export function version(): string {
  const manifest = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** Help of one command; of `login`, the default, with the overview of all. */
export async function help(command: Command, colors: Colors): Promise<string> {
  if (command.name === 'login') return overview(command, colors);
  const { choices } = command;
  const named = choices ? `\n\n${colors.bold(choices.title)}\n${columns(await choices.load())}` : '';
  return single(command, colors) + named;
}

const EXIT_CODES = `0 done · 1 unexpected · 2 usage · 3 denied · 4 timed out · 5 no callback port · 6 network or token endpoint
  7 store · 8 identity · 9 nothing usable · 130 interrupted · 143 terminated`;

function overview(login: Command, colors: Colors): string {
  const { bold } = colors;
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const commands = COMMANDS.map(({ name, summary }) => `  ${bold(name.padEnd(width))}  ${summary}`).join(
    '\n',
  );
  return `${bold('codex-login')}: sign in with ChatGPT; the credential is stored where OpenClaw uses it at once.

${bold('Usage')}
  codex-login [command] [options]

${bold('Commands')}
${commands}

${single(login, colors, false)}

${bold('Exit codes')}
  ${EXIT_CODES}`;
}

function single(command: Command, { bold, dim }: Colors, withUsage = true): string {
  const { name, summary, usage, details, options, optionHelp, examples } = command;
  const head = withUsage
    ? `${bold(`codex-login ${name}`)}: ${summary}\n\n${bold('Usage')}\n  codex-login ${usage}\n${details ? `\n${details}\n` : ''}\n`
    : '';
  const shown = examples.map(([line, what]) => `  ${line}\n      ${dim(what)}`).join('\n');
  return `${head}${bold(withUsage ? 'Options' : 'Options of login')}\n${optionLines(options, optionHelp)}\n\n${bold('Everywhere')}\n${optionLines(EVERYWHERE)}\n\n${bold('Examples')}\n${shown}`;
}

function optionLines(names: readonly OptionName[], own: Command['optionHelp'] = {}): string {
  return columns(
    names.map((name) => {
      const { value, help }: OptionDescription = OPTIONS[name];
      return [`--${name}${value === undefined ? '' : ` ${value}`}`, own[name] ?? help] as const;
    }),
  );
}

function columns(shown: readonly (readonly [left: string, right: string])[]): string {
  const width = Math.max(...shown.map(([left]) => left.length));
  return shown.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
