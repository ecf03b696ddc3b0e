/** argv → a command, its options and positionals; whatever does not fit is one clear sentence (exit status 2). Pure. */

import { parseArgs } from 'node:util';

import { type ErrorCode, EXIT_STATUS, LoginError } from '../words/errors.ts';
import { COMMANDS, type Command, EVERYWHERE, TOPIC_NAMES, type TopicName } from './commands.ts';
import { OPTIONS, type OptionDescription, type OptionName, type Options } from './options.ts';

export interface ParsedArguments {
  readonly command: Command;
  readonly options: Options;
  readonly positionals: readonly string[];
  /** What `help` was asked for, where that is no command. */
  readonly topic?: TopicName | ErrorCode;
}

/** `postgres://user:password@…`. */
const PASSWORD_IN_URL = /^\s*postgres(?:ql)?:\/\/[^/?#]*:[^/?#]+@/i;
const QUERY_OF_URL = /^\s*postgres(?:ql)?:\/\/[^?#]*\?([^#]*)/i;

/** @throws LoginError `ERR_USAGE` */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  const parsed = readArgv(argv);
  const options = parsed.values as Options;
  assertNoPassword(Object.entries(options), parsed.positionals);
  // `help status` and `status --help` are one.
  const asked = parsed.positionals[0] === 'help';
  const [first, ...rest] = asked ? parsed.positionals.slice(1) : parsed.positionals;
  const topic = asked ? topicOf(first) : undefined;
  const command = COMMANDS.find(({ name }) => name === (topic === undefined ? (first ?? 'login') : 'login'));
  if (!command) {
    throw usageError(
      `There is no command "${clip(first ?? '')}".`,
      asked
        ? `There is help on: ${[...COMMANDS.map(({ name }) => name), ...TOPIC_NAMES, "an error's code"].join(', ')}.`
        : `Commands: ${COMMANDS.map(({ name }) => name).join(', ')}. See codex-login --help.`,
    );
  }
  if (asked)
    return { command, options: { ...options, help: true }, positionals: [], ...(topic ? { topic } : {}) };
  if (options.help || options.version) return { command, options, positionals: rest };
  const allowed = new Set<string>([...command.options, ...EVERYWHERE]);
  const foreign = Object.keys(options).find((name) => !allowed.has(name));
  if (foreign !== undefined)
    throw usageError(`"${command.name}" has no option --${foreign}.`, seeHelp(command));
  if (options.provider !== undefined && !/^[a-z0-9][\w.-]*$/i.test(options.provider)) {
    throw usageError('--provider takes a name like openai-codex.', seeHelp(command));
  }
  const { least, most } = command.positionals;
  if (rest.length < least)
    throw usageError(`"${command.name}" needs to know what to do.`, `Usage: codex-login ${command.usage}`);
  if (rest.length > most)
    throw usageError(`"${command.name}" does not take "${clip(rest[most] ?? '')}".`, seeHelp(command));
  return { command, options, positionals: rest };
}

/** Whatever option or place it stands in: every process of the machine can read it there, and nothing that is said may repeat it. */
function assertNoPassword(options: readonly (readonly [string, unknown])[], positionals: readonly string[]) {
  const given = [
    ...options.map(([name, value]) => [`--${name}`, value] as const),
    ...positionals.map((value) => ['An argument', value] as const),
  ];
  const [where] = given.find(([, value]) => typeof value === 'string' && holdsPassword(value)) ?? [];
  if (where !== undefined)
    throw usageError(
      `${where} holds a password, which every process of this machine can read there.`,
      'Take it out: PGPASSWORD, a line in ~/.pgpass (PGPASSFILE), or the whole URL in a variable: --store env:CODEX_LOGIN_STORE.',
    );
}

function holdsPassword(text: string): boolean {
  const [, query = ''] = QUERY_OF_URL.exec(text) ?? [];
  const names = [...new URLSearchParams(query).keys()];
  return PASSWORD_IN_URL.test(text) || names.some((name) => /^(?:ssl)?password$/i.test(name));
}

/** A topic, or an error by its code, in small letters too: those who type it have read it somewhere. */
function topicOf(word = ''): TopicName | ErrorCode | undefined {
  const code = word.toUpperCase();
  return code in EXIT_STATUS ? (code as ErrorCode) : TOPIC_NAMES.find((name) => name === word);
}

function readArgv(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: Object.fromEntries(
        Object.entries(OPTIONS).map(([name, { type, short }]: [string, OptionDescription]) => [
          name,
          { type, ...(short ? { short } : {}) },
        ]),
      ),
      allowPositionals: true,
      strict: true,
    });
  } catch (thrown) {
    const said = thrown instanceof Error ? (thrown.message.split(/[.\n]/)[0] ?? '') : '';
    throw usageError(`${clip(said, 120)}.`, 'See codex-login --help for every option.');
  }
}

/** Which store is meant. */
export function placeIn({
  store: where,
  'store-key': storeKey,
  'ca-file': caFile,
  agent,
  openclaw,
}: Options) {
  return { where, storeKey, caFile, agent, openclaw };
}

/** A whole number of an option, within bounds. @throws LoginError `ERR_USAGE` */
export function wholeNumber(
  options: Options,
  name: OptionName,
  least: number,
  most: number,
): number | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(String(text)) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw usageError(
    `--${name} takes a whole number from ${least} to ${most}.`,
    `Example: --${name} ${Math.max(least, 0)}`,
  );
}

export function usageError(summary: string, hint: string): LoginError {
  return new LoginError('ERR_USAGE', { summary, hint });
}

function seeHelp(command: Command): string {
  return `See codex-login ${command.name} --help.`;
}

/** What was typed, short and without control characters. */
function clip(text: string, longest = 40): string {
  const plain = text.replace(/\p{C}/gu, '');
  return plain.length > longest ? `${plain.slice(0, longest)}…` : plain;
}
