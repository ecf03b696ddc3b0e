/** The help texts, written from the tables of commands, options and topics, in lines that fit the terminal. */

import { readFileSync } from 'node:fs';

import type { ErrorCode } from '../words/errors.ts';
import type { Colors } from './colors.ts';
import { COMMANDS, type Command, EVERYWHERE, TASKS, type TopicName } from './commands.ts';
import { errorParagraph } from './error-paragraph.ts';
import { columns, NO_BREAK, wrap } from './layout.ts';
import { OPTIONS, type OptionDescription, type OptionName } from './options.ts';
import { STATUSES, TOPICS } from './topics.ts';

/** How a help text is to look. */
export interface HelpStyle {
  readonly colors: Colors;
  /** How many columns there are. */
  readonly width: number;
}

/** The package's own version: two levels above the built file, wherever the package is installed. */
export function version(): string {
  const manifest = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** Help of one command; of `login`, the default, with the overview of all. */
export async function help(command: Command, style: HelpStyle): Promise<string> {
  if (command.name === 'login') return overview(command, style);
  const { name, summary, usage, details, choices } = command;
  const told = details === undefined ? '' : `\n\n${wrap(details, style.width)}`;
  return [
    title(`codex-login ${name}`, summary, style),
    section('Usage', `  codex-login ${usage}${told}`, style),
    ...optionsAndExamples(command, style, 'Options'),
    ...(choices === undefined ? [] : [section(choices.title, columns(await choices.load(), style), style)]),
  ].join('\n\n');
}

/** Help of one topic, or of an error by its code. */
export async function explainTopic(name: TopicName | ErrorCode, style: HelpStyle): Promise<string> {
  const { width, colors } = style;
  const topic = TOPICS.find((topic) => topic.name === name);
  if (topic === undefined)
    return `${colors.bold(name)}\n  ${wrap(errorParagraph(name as ErrorCode), width, 2)}`;
  const { summary, sections } = topic;
  const told = (await sections()).map(({ title: head, text, rows, commands = [] }) => {
    const parts = [
      ...(text === undefined ? [] : [`  ${wrap(text, width, 2)}`]),
      ...(rows === undefined ? [] : [columns(rows, { width, paint: colors.bold })]),
      ...commands.map((line) => `    ${colors.bold(line)}`),
    ].join('\n');
    return head === undefined ? parts : section(head, parts, style);
  });
  return [title(`codex-login help ${name}`, summary, style), ...told].join('\n\n');
}

function overview(login: Command, style: HelpStyle): string {
  const { width, colors } = style;
  const rows = { width, paint: colors.bold, least: Math.max(...COMMANDS.map(({ name }) => name.length)) };
  const tasks = TASKS.map((task) => {
    const commands = COMMANDS.filter((command) => command.task === task);
    return section(
      task,
      columns(
        commands.map(({ name, summary }) => [name, summary] as const),
        rows,
      ),
      style,
    );
  });
  const topics = [
    ...TOPICS.map(({ name, summary }) => [`help ${name}`, summary] as const),
    ['help ERR_…', 'what an error means, why it is there, and the next step'] as const,
  ];
  const statuses = STATUSES.map(([status, what]) => `${status} ${what}`.replaceAll(' ', NO_BREAK)).join(', ');
  return [
    title(
      'codex-login',
      'sign in with ChatGPT; the credential is stored where OpenClaw uses it at once.',
      style,
    ),
    section('Usage', '  codex-login [command] [options]', style),
    ...tasks,
    section('Where you sit', examplesOf(WHERE_YOU_SIT, style), style),
    ...optionsAndExamples(login, style, 'Options of login'),
    section('Exit codes', `  ${wrap(statuses, width, 2)}`, style),
    section('More', columns([['help <command>', 'its options and examples'], ...topics], rows), style),
  ].join('\n\n');
}

const WHERE_YOU_SIT: Command['examples'] = [
  ['codex-login', 'at a desktop, and in WSL: your browser opens'],
  ['codex-login login --no-browser', 'with another browser than the usual one: open the printed URL in it'],
  [
    'ssh -L 1455:localhost:1455 you@host',
    'over SSH: first this, on the machine with your browser; then codex-login on the host',
  ],
  ['codex-login login --paste', 'where your browser cannot come back to: paste the address it ends at'],
  ['codex-login login --device', 'in a container, or in a job: enter a code in the browser of any device'],
];

function optionsAndExamples(
  { options, optionHelp, examples }: Command,
  style: HelpStyle,
  head: string,
): string[] {
  return [
    ...(options.length === 0 ? [] : [section(head, optionLines(options, style, optionHelp), style)]),
    section('Everywhere', optionLines(EVERYWHERE, style), style),
    section('Examples', examplesOf(examples, style), style),
  ];
}

/** The name in bold, and what it is, in lines that fit. */
function title(name: string, summary: string, { width, colors }: HelpStyle): string {
  return colors.bold(name) + wrap(`${name}: ${summary}`, width).slice(name.length);
}

function section(head: string, text: string, { colors }: HelpStyle): string {
  return `${colors.bold(head)}\n${text}`;
}

function examplesOf(examples: Command['examples'], { width, colors }: HelpStyle): string {
  return examples
    .map(([line, what]) => `  ${line}\n${colors.dim(`      ${wrap(what, width, 6)}`)}`)
    .join('\n');
}

function optionLines(
  names: readonly OptionName[],
  style: HelpStyle,
  own: Command['optionHelp'] = {},
): string {
  const rows = names.map((name) => {
    const { value, help }: OptionDescription = OPTIONS[name];
    return [`--${name}${value === undefined ? '' : ` ${value}`}`, own[name] ?? help] as const;
  });
  return columns(rows, style);
}
