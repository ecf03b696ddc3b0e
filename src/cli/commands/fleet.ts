/** The commands of a shared store, as data. */

import type { Command } from '../command.ts';

export const FLEET_COMMANDS: readonly Command[] = [
  {
    name: 'store',
    task: 'Set up',
    summary: 'set up a store in PostgreSQL for several machines, keep it, and move profiles there',
    usage: 'store init | store migrate | store doctor | store move --from <where> --to <where>',
    details:
      'A profile is moved, never copied: two holders of one refresh token log each other out (docs/fleet.md).',
    options: ['store', 'store-key', 'new-keys', 'from', 'to', 'profile-id', 'provider', 'agent', 'openclaw'],
    optionHelp: {
      to: 'with move: the store that the profiles go to',
      from: 'with move: the store that they leave',
      'profile-id': 'with move: only this profile (every one with a refresh token)',
      store: 'a postgres:// URL without a password, or env:<NAME> for a variable that holds one',
    },
    positionals: { least: 1, most: 2 },
    words: ['init', 'migrate', 'doctor', 'move'],
    examples: [
      [
        'codex-login store init --store postgres://db.example.com/codex --new-keys keys.json',
        'tables, roles, keys',
      ],
      ['codex-login store doctor --store env:CODEX_LOGIN_STORE', 'would an acknowledged commit last?'],
      [
        'codex-login store move --from openclaw --to env:CODEX_LOGIN_STORE',
        'the login of this machine becomes a shared one',
      ],
    ],
    load: () => import('../store.ts'),
  },
];
