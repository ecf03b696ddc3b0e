/** What a command is, as data, and the options that several have. Which commands there are, `commands` lists. */

import type { OptionName, Options } from './options.ts';
import type { Terminal } from './terminal.ts';

export interface Invocation {
  readonly options: Options;
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
  /** Aborted with a LoginError when the person or the system interrupts. */
  readonly signal: AbortSignal;
}

/** What people come for, in the order of the help. */
export const TASKS = ['Sign in', 'Use', 'Look', 'Repair', 'Test', 'Set up'] as const;

export interface Command {
  readonly name: string;
  /** Under which heading the help lists it. */
  readonly task: (typeof TASKS)[number];
  readonly summary: string;
  /** The line after `codex-login`. */
  readonly usage: string;
  readonly details?: string;
  readonly options: readonly OptionName[];
  readonly positionals: { readonly least: number; readonly most: number };
  /** What the first positional may be, where that is one of a few words. */
  readonly words?: readonly string[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Words for an option that means something of its own here. */
  readonly optionHelp?: Partial<Record<OptionName, string>>;
  /** Names that an option takes, for the end of the help: too many for its line. */
  readonly choices?: {
    readonly title: string;
    load(): Promise<readonly (readonly [name: string, what: string])[]>;
  };
  /** Resolves to the exit status. */
  load(): Promise<{ run(invocation: Invocation): Promise<number> }>;
}

export const ISSUER: readonly OptionName[] = ['issuer', 'client-id', 'discover'];
export const SERVER: readonly OptionName[] = [...ISSUER, 'port'];
export const STORE: readonly OptionName[] = ['agent', 'openclaw', 'store', 'store-key', 'provider'];

/** Understood by every command. */
export const EVERYWHERE: readonly OptionName[] = [
  'ca-file',
  'json',
  'verbose',
  'no-color',
  'version',
  'help',
];
