/**
 * Every command, as data: the parser, the help and the completion read the same table.
 * A command's own file is loaded when it runs.
 */

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
export const TASKS = ['Sign in', 'Look', 'Repair', 'Test', 'Set up'] as const;

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

const SERVER: readonly OptionName[] = ['issuer', 'client-id', 'discover', 'port'];
const STORE: readonly OptionName[] = ['agent', 'openclaw', 'store', 'provider'];

/** Understood by every command. */
export const EVERYWHERE: readonly OptionName[] = [
  'ca-file',
  'json',
  'verbose',
  'no-color',
  'version',
  'help',
];

export const COMMANDS: readonly Command[] = [
  {
    name: 'login',
    task: 'Sign in',
    summary:
      'sign in with ChatGPT in your browser, and store the credential where OpenClaw uses it (the default)',
    usage: '[login] [options]',
    details:
      "Stores the profile, its place in the order and lastGood in one commit, then checks by OpenClaw's own rules that it would be used.",
    options: [
      'no-browser',
      'device',
      'qr',
      'paste',
      'copy',
      'timeout',
      'profile-id',
      'replace',
      'only',
      'alone',
      'demo',
      'browser',
      ...STORE,
      ...SERVER,
    ],
    positionals: { least: 0, most: 0 },
    examples: [
      ['codex-login', 'sign in'],
      ['codex-login --demo', 'see a whole login without an account'],
      ['codex-login login --no-browser', 'open the printed URL yourself'],
      ['codex-login login --device', 'no browser here: enter a code on another device'],
      [
        'codex-login login --store ./auth-profiles.json --json',
        'into a file of your own, told as JSON lines',
      ],
    ],
    load: () => import('./login.ts'),
  },
  {
    name: 'status',
    task: 'Look',
    summary: 'show each profile: stored, routable (and if not, why), when it expires',
    usage: 'status [options]',
    options: STORE,
    positionals: { least: 0, most: 0 },
    examples: [
      ['codex-login status', 'what would OpenClaw use now?'],
      ['codex-login status --json', 'the same for a script; exit status 9: nothing usable'],
    ],
    load: () => import('./status.ts'),
  },
  {
    name: 'order',
    task: 'Look',
    summary: 'show or change which profiles are tried, and in which order',
    usage: 'order get | order set <id…> | order clear',
    details:
      'An order is an allow-list: a profile that is not in it is never tried. Without an order every profile may be tried.',
    options: STORE,
    positionals: { least: 1, most: Number.POSITIVE_INFINITY },
    words: ['get', 'set', 'clear'],
    examples: [
      ['codex-login order get', 'one id a line'],
      ['codex-login order set openai-codex:me@example.com', 'use only this one'],
      ['codex-login order clear', 'back to the default order'],
    ],
    load: () => import('./order.ts'),
  },
  {
    name: 'doctor',
    task: 'Repair',
    summary: 'find what keeps a credential from being used, say why and what to do, and repair it',
    usage: 'doctor [--fix | --dry-run] [options]',
    details:
      'Looks at the store and its file, openclaw.json, other agents and programs, a running gateway and the way to the server.\nExit status 0: nothing but information was found; 9: an error or a warning, with --fix one that is left.',
    options: ['fix', 'dry-run', ...STORE, 'issuer', 'client-id', 'discover'],
    positionals: { least: 0, most: 0 },
    examples: [
      ['codex-login doctor', 'what is wrong, and why?'],
      ['codex-login doctor --dry-run', 'what would a repair change?'],
      ['codex-login doctor --fix', 'repair it; the old bytes stay in <file>.<time>.bak'],
      ['codex-login doctor --json', 'one finding a line for a script'],
    ],
    load: () => import('./doctor.ts'),
  },
  {
    name: 'mock',
    task: 'Test',
    summary: 'run the mock authorization server, for tests and for trying things out',
    usage: 'mock [options]',
    options: [
      'port',
      'profile',
      'scenario',
      'lenient',
      'approve',
      'clock',
      'control-port',
      'fixed-ports',
      'tls-front',
    ],
    optionHelp: {
      port: 'the port to listen on (any free one)',
      scenario: 'misbehave in one of the ways named below',
    },
    choices: {
      title: 'Scenarios',
      load: () => import('./mock.ts').then(({ scenarioLines }) => scenarioLines()),
    },
    positionals: { least: 0, most: 0 },
    examples: [
      [
        'codex-login mock --port 8080',
        'then: codex-login login --issuer http://127.0.0.1:8080 --port 0 --store ./try.json',
      ],
      ['codex-login mock --scenario token-hang', 'a token endpoint that never answers'],
      ['codex-login mock --json --control-port 0', 'for tests in any language (docs/testing.md)'],
      ['codex-login mock --tls-front', 'for programs that know only auth.openai.com: prints what they need'],
    ],
    load: () => import('./mock.ts'),
  },
  {
    name: 'completion',
    task: 'Set up',
    summary: 'print what your shell needs to complete commands, options and their values',
    usage: 'completion <bash|zsh|fish>',
    details:
      'In bash and zsh, put the line of the example into ~/.bashrc or ~/.zshrc. For fish, save what is printed as\n~/.config/fish/completions/codex-login.fish.',
    options: [],
    positionals: { least: 1, most: 1 },
    words: ['bash', 'zsh', 'fish'],
    examples: [
      ['eval "$(codex-login completion bash)"', 'complete in this shell from now on; the same with zsh'],
      [
        'codex-login completion fish > ~/.config/fish/completions/codex-login.fish',
        'complete in every fish from now on',
      ],
    ],
    load: () => import('./completion.ts'),
  },
];
