/** The other commands, as data: repair, test, set up. */

import { type Command, STORE } from '../command.ts';

export const TOOL_COMMANDS: readonly Command[] = [
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
    load: () => import('../doctor.ts'),
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
      load: () => import('../mock.ts').then(({ scenarioLines }) => scenarioLines()),
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
    load: () => import('../mock.ts'),
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
    load: () => import('../completion.ts'),
  },
];
