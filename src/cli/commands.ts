/**
 * Every command and every option, as data: the parser, the help and the completion read the same table.
 * A command's own file is loaded when it runs.
 */

import type { Terminal } from './terminal.ts';

export interface OptionDescription {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  /** What stands for the value in help, e.g. `<seconds>`. */
  readonly value?: string;
  readonly help: string;
}

export const OPTIONS = {
  browser: {
    type: 'boolean',
    help: "with --demo: sign in yourself, on the mock server's page in your browser",
  },
  'no-browser': { type: 'boolean', help: 'open nothing; print the URL and wait' },
  timeout: { type: 'string', value: '<seconds>', help: 'how long you may take to sign in (600)' },
  'profile-id': { type: 'string', value: '<id>', help: 'store under this id instead of <provider>:<e-mail>' },
  replace: { type: 'boolean', help: 'with --profile-id: replace another account that has this id' },
  only: { type: 'boolean', help: 'use only this profile: the order becomes just this one' },
  demo: {
    type: 'boolean',
    help: 'the whole login on this machine: mock server, temporary store, nothing of yours touched',
  },
  scenario: { type: 'string', value: '<name>', help: 'make the mock server misbehave in a named way' },
  approve: { type: 'string', value: 'auto|page', help: 'who approves a sign-in at the mock server (auto)' },
  'fixed-ports': { type: 'boolean', help: 'the mock server accepts only the registered redirect URIs' },
  agent: {
    type: 'string',
    value: '<id>',
    help: 'one OpenClaw agent (main, and a login reaches every other agent too)',
  },
  openclaw: {
    type: 'string',
    value: '<dir>',
    help: 'the OpenClaw that is meant (the one your shell would find)',
  },
  store: {
    type: 'string',
    value: '<where>',
    help: 'a file like auth-profiles.json, or "openclaw" (default)',
  },
  provider: { type: 'string', value: '<id>', help: "the provider's name in the store (openai-codex)" },
  issuer: { type: 'string', value: '<url>', help: 'another authorization server of the same layout' },
  'client-id': { type: 'string', value: '<id>', help: 'the public client registered there' },
  discover: { type: 'boolean', help: "take the endpoints from the issuer's metadata" },
  port: {
    type: 'string',
    value: '<n>',
    help: 'the port of the callback, with a loopback issuer only; 0: any free one',
  },
  json: { type: 'boolean', help: 'one JSON object a line on stdout, for machines' },
  verbose: { type: 'boolean', help: 'tell more about what happens and what failed' },
  'no-color': { type: 'boolean', help: 'plain text (so does NO_COLOR)' },
  version: { type: 'boolean', short: 'v', help: 'print the version' },
  help: { type: 'boolean', short: 'h', help: 'print help; after a command: of that command' },
} as const satisfies Record<string, OptionDescription>;

export type OptionName = keyof typeof OPTIONS;
export type Options = {
  readonly [Name in OptionName]?: (typeof OPTIONS)[Name]['type'] extends 'boolean' ? boolean : string;
};

export interface Invocation {
  readonly options: Options;
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
  /** Aborted with a LoginError when the person or the system interrupts. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** The line after `codex-login`. */
  readonly usage: string;
  readonly details?: string;
  readonly options: readonly OptionName[];
  readonly positionals: { readonly least: number; readonly most: number };
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
export const EVERYWHERE: readonly OptionName[] = ['json', 'verbose', 'no-color', 'version', 'help'];

export const COMMANDS: readonly Command[] = [
  {
    name: 'login',
    summary:
      'sign in with ChatGPT in your browser, and store the credential where OpenClaw uses it (the default)',
    usage: '[login] [options]',
    details:
      "Stores the profile, its place in the order and lastGood in one commit, then checks by OpenClaw's own rules that it would be used.",
    options: [
      'no-browser',
      'timeout',
      'profile-id',
      'replace',
      'only',
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
      [
        'codex-login login --store ./auth-profiles.json --json',
        'into a file of your own, told as JSON lines',
      ],
    ],
    load: () => import('./login.ts'),
  },
  {
    name: 'status',
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
    summary: 'show or change which profiles are tried, and in which order',
    usage: 'order get | order set <id…> | order clear',
    details:
      'An order is an allow-list: a profile that is not in it is never tried. Without an order every profile may be tried.',
    options: STORE,
    positionals: { least: 1, most: Number.POSITIVE_INFINITY },
    examples: [
      ['codex-login order get', 'one id a line'],
      ['codex-login order set openai-codex:me@example.com', 'use only this one'],
      ['codex-login order clear', 'back to the default order'],
    ],
    load: () => import('./order.ts'),
  },
  {
    name: 'mock',
    summary: 'run the mock authorization server, for tests and for trying things out',
    usage: 'mock [options]',
    options: ['port', 'scenario', 'approve', 'fixed-ports'],
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
    ],
    load: () => import('./mock.ts'),
  },
];
