/** The commands about a credential, as data: to get one, use it, look at it and give it up. */

import { type Command, ISSUER, SERVER, STORE } from '../command.ts';

export const CREDENTIAL_COMMANDS: readonly Command[] = [
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
      'workspace',
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
    load: () => import('../login.ts'),
  },
  {
    name: 'logout',
    task: 'Sign in',
    summary: 'end a login at its server, and remove it from the store',
    usage: 'logout [profile-id] [options]',
    details:
      'The profile that would be used, unless one is named. What the server does not revoke is kept, unless --force says otherwise.',
    options: ['local', 'force', ...STORE, ...ISSUER],
    positionals: { least: 0, most: 1 },
    examples: [
      ['codex-login logout', 'the login that is used now'],
      ['codex-login logout openai-codex:me@example.com', 'this one'],
      ['codex-login logout --local', 'without a server: its tokens stay valid there'],
    ],
    load: () => import('../logout.ts'),
  },
  {
    name: 'token',
    task: 'Use',
    summary: 'print one valid access token, refreshed when it must be',
    usage: 'token [options]',
    details:
      'For scripts, and for programs that call another one for their token: nothing else is printed, and nothing is asked.\nHowever many processes do so at once, each refresh token is presented once (docs/refresh.md).',
    options: ['min-ttl', 'force-refresh', 'format', 'profile-id', ...STORE, ...ISSUER],
    optionHelp: { 'profile-id': 'this profile (the one that OpenClaw would try first)' },
    positionals: { least: 0, most: 0 },
    examples: [
      ['codex-login token --format header', 'as a header: curl -H "$(…)"'],
      ['codex-login token --min-ttl 3600', 'good for an hour at least'],
      ['codex-login token --json', 'with its expiry, for a script'],
    ],
    load: () => import('../token.ts'),
  },
  {
    name: 'sync',
    task: 'Use',
    summary: 'keep an access token of a shared store in the OpenClaw of this host, without its refresh token',
    usage: 'sync --store <shared> [--to <where>] [--once]',
    details:
      'For several hosts with one login: it is in the shared store, one of them refreshes it there, and each has the access token only.\nRuns until it is stopped; what it does and does not promise is in docs/sync.md.',
    options: ['to', 'once', 'no-refresh', 'interval', 'profile-id', ...STORE, ...ISSUER],
    optionHelp: {
      store: 'the shared store: a postgres:// URL, env:<NAME>, or a file like auth-profiles.json',
      to: 'the store of this host: a file, or "openclaw" (default)',
      agent: 'one agent of the OpenClaw of this host (main, and every other agent follows)',
      openclaw: 'the OpenClaw of this host (the one that your shell would find)',
      'profile-id': 'this profile of the shared store (the one that would be tried first)',
    },
    positionals: { least: 0, most: 0 },
    examples: [
      ['codex-login sync --store env:CODEX_LOGIN_STORE', 'until it is stopped, e.g. as a service'],
      ['codex-login sync --store /mnt/shared/auth-profiles.json --once', 'from cron, every few minutes'],
    ],
    load: () => import('../sync.ts'),
  },
  {
    name: 'status',
    task: 'Look',
    summary: 'show each profile: stored, routable (and if not, why), when it expires',
    usage: 'status [options]',
    options: ['verify', ...STORE, ...ISSUER],
    positionals: { least: 0, most: 0 },
    examples: [
      ['codex-login status --verify', 'is each login alive at its server?'],
      ['codex-login status', 'what would OpenClaw use now?'],
      ['codex-login status --json', 'the same for a script; exit status 9: nothing usable'],
    ],
    load: () => import('../status.ts'),
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
    load: () => import('../order.ts'),
  },
];
