/** Every option of every command, as data: what it takes, and what help and a shell's completion say of it. */

import { providers } from '../provider/providers.ts';

export interface OptionDescription {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  /** What stands for the value in help, e.g. `<seconds>`. */
  readonly value?: string;
  readonly help: string;
  /** What a shell offers for the value; missing: nothing, since only the person knows it. */
  readonly offers?: Offers;
}

/** Words, and paths beside them; `choices` are the names that the command lists itself. */
export interface Offers {
  readonly words?: readonly string[] | 'choices';
  readonly paths?: 'files' | 'directories';
}

export const OPTIONS = {
  browser: {
    type: 'boolean',
    help: "open your browser although none seems to be here; with --demo: sign in yourself, on the mock server's page",
  },
  'no-browser': { type: 'boolean', help: 'open nothing; print the URL and wait' },
  device: { type: 'boolean', help: 'sign in with a code that you enter on another device' },
  qr: { type: 'boolean', help: 'the same, with the page as a QR code too' },
  copy: { type: 'boolean', help: 'put the address, or the code, on your clipboard' },
  paste: {
    type: 'boolean',
    help: 'read the address that the browser ends at from standard input, also without a terminal',
  },
  alone: {
    type: 'boolean',
    help: 'do not follow a sign-in of yours that waits in another terminal; start another one',
  },
  timeout: { type: 'string', value: '<seconds>', help: 'how long you may take to sign in (600)' },
  'profile-id': { type: 'string', value: '<id>', help: 'store under this id instead of <provider>:<e-mail>' },
  replace: { type: 'boolean', help: 'with --profile-id: replace another account that has this id' },
  workspace: {
    type: 'string',
    value: '<id>',
    help: 'sign in to this workspace, or one of several (comma-separated); another one is refused',
  },
  'min-ttl': {
    type: 'string',
    value: '<seconds>',
    help: 'refresh when less is left of it (five minutes, or a tenth of its lifetime)',
  },
  'force-refresh': { type: 'boolean', help: 'refresh whatever is left of it' },
  format: {
    type: 'string',
    value: 'token|json|header',
    help: 'what is printed (token)',
    offers: { words: ['token', 'json', 'header'] },
  },
  verify: {
    type: 'boolean',
    help: 'ask the server whether each login is alive, by a refresh, which is stored',
  },
  local: { type: 'boolean', help: 'remove only: ask no server' },
  once: { type: 'boolean', help: 'once, for cron: then end' },
  'no-refresh': { type: 'boolean', help: 'only read the shared store: others refresh what is in it' },
  interval: {
    type: 'string',
    value: '<seconds>',
    help: 'how long a change in the shared store may go unnoticed (30)',
  },
  force: { type: 'boolean', help: 'remove although the server did not revoke' },
  only: { type: 'boolean', help: 'use only this profile: the order becomes just this one' },
  demo: {
    type: 'boolean',
    help: 'the whole login on this machine: mock server, temporary store, nothing of yours touched',
  },
  scenario: {
    type: 'string',
    value: '<name>',
    help: 'make the mock server misbehave in a named way',
    offers: { words: 'choices' },
  },
  approve: {
    type: 'string',
    value: 'auto|page|manual',
    help: 'who approves a sign-in at the mock server: nobody, a person on its page, its control port (auto)',
    offers: { words: ['auto', 'page', 'manual'] },
  },
  'control-port': {
    type: 'string',
    value: '<n>',
    help: 'control the mock server over HTTP on this port of 127.0.0.1 (0: any free one)',
  },
  clock: {
    type: 'string',
    value: 'virtual',
    help: 'the time of the mock server stands still until its control port moves it on',
    offers: { words: ['virtual'] },
  },
  lenient: {
    type: 'string',
    value: '<names>',
    help: 'what the mock server shall not be strict about, by name, with commas between',
  },
  profile: {
    type: 'string',
    value: '<name>',
    help: 'what kind of server the mock is: openai-codex, openai-chatgpt, generic-oidc (openai-codex)',
    offers: { words: ['openai-codex', 'openai-chatgpt', 'generic-oidc'] },
  },
  'fixed-ports': { type: 'boolean', help: 'the mock server accepts only the registered redirect URIs' },
  'tls-front': {
    type: 'boolean',
    help: 'the mock server stands in for https://auth.openai.com, behind a CONNECT proxy with a throw-away CA',
  },
  fix: { type: 'boolean', help: 'repair what can be repaired, after a backup of every file that changes' },
  'dry-run': { type: 'boolean', help: 'show what --fix would change, tokens masked, and change nothing' },
  agent: {
    type: 'string',
    value: '<id>',
    help: 'one OpenClaw agent (main, and a login reaches every other agent too)',
  },
  openclaw: {
    type: 'string',
    value: '<dir>',
    help: 'the OpenClaw that is meant (the one your shell would find)',
    offers: { paths: 'directories' },
  },
  store: {
    type: 'string',
    value: '<where>',
    help: 'a file like auth-profiles.json, a postgres:// URL or env:<NAME> for one, or "openclaw" (default)',
    offers: { words: ['openclaw'], paths: 'files' },
  },
  'store-key': {
    type: 'string',
    value: '<name>',
    help: 'which store in PostgreSQL (what the URL says behind #, or main)',
  },
  'new-keys': {
    type: 'string',
    value: '<file>',
    help: 'make a key ring in this file; with migrate: put newer keys into it, and seal under them',
    offers: { paths: 'files' },
  },
  to: {
    type: 'string',
    value: '<where>',
    help: 'the store that is written: that of this host for sync (openclaw, default), or where the profiles move to',
    offers: { words: ['openclaw'], paths: 'files' },
  },
  from: {
    type: 'string',
    value: '<where>',
    help: 'the store that the profiles leave, as --store takes it',
    offers: { words: ['openclaw'], paths: 'files' },
  },
  provider: {
    type: 'string',
    value: '<id>',
    help: 'whom to sign in with, and its name in the store (openai-codex); openai-chatgpt is experimental: docs/providers.md',
    offers: { words: Object.keys(providers) },
  },
  issuer: { type: 'string', value: '<url>', help: 'another authorization server of the same layout' },
  'client-id': { type: 'string', value: '<id>', help: 'the public client registered there' },
  discover: { type: 'boolean', help: "take the endpoints from the issuer's metadata" },
  port: {
    type: 'string',
    value: '<n>',
    help: 'the port of the callback, with a loopback issuer or a provider that takes any; 0: any free one',
  },
  'ca-file': {
    type: 'string',
    value: '<pem>',
    help: 'certificates to trust as well, for a network that inspects TLS',
    offers: { paths: 'files' },
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
