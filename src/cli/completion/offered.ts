/** What a shell may offer on this command line, as data that each shell's script is written from. */

import type { Offers } from '../options.ts';

/** One command as a shell offers it. */
export interface Offered {
  readonly name: string;
  readonly summary: string;
  /** What its first word may be. */
  readonly words: readonly string[];
  readonly options: readonly OfferedOption[];
}

export interface OfferedOption {
  /** Without the dashes. */
  readonly name: string;
  readonly short: string | undefined;
  readonly help: string;
  /** undefined: it takes no value. */
  readonly value: OfferedValue | undefined;
}

export interface OfferedValue {
  readonly words: readonly string[];
  readonly paths: Offers['paths'] | undefined;
}

/** Every option that takes a value, with its dashes, once: the word after it is no command. */
export function takingValues(commands: readonly Offered[]): string[] {
  return [...new Set(valuesOf(commands).map(({ option }) => option))].sort();
}

/** Every option with a value, command by command. */
export function valuesOf(
  commands: readonly Offered[],
): { command: string; option: string; value: OfferedValue }[] {
  return commands.flatMap(({ name: command, options }) =>
    options.flatMap(({ name, value }) =>
      value === undefined ? [] : [{ command, option: `--${name}`, value }],
    ),
  );
}
