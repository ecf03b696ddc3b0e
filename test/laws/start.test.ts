import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, test } from 'vitest';

import { loadedWith } from '../../scripts/build/loaded-with.mjs';
import { COMMANDS } from '../../src/cli/commands.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const loadedBy = (...entries: string[]) => {
  const { files, packages } = loadedWith(...entries.map((entry) => join(root, entry)));
  return { files: files.map((file) => relative(root, file)), packages };
};

/** What is loaded with each command beside what `bin` loads: rooms of `src`, and files of `cli`. Whatever else it needs it asks for later. */
const LOADED: Readonly<Record<string, readonly string[]>> = {
  login: [
    'bind',
    'agents/credential-store',
    'words/deadline',
    'in-turn',
    'invitation',
    'login',
    'login/options',
    'loopback',
    'network',
    'oauth',
    'openclaw',
    'login/person',
    'progress',
    'provider',
    'rendezvous',
    'login/report',
    'shared-login',
    'store',
    'login/workspace',
  ],
  status: [
    'credential-context',
    'agents/credential-store',
    'network',
    'oauth',
    'openclaw',
    'provider',
    'refresh',
    'resolver',
    'store',
  ],
  token: [
    'credential/chosen',
    'credential-context',
    'credential/error',
    'credential/options',
    'agents/credential-store',
    'words/deadline',
    'network',
    'oauth',
    'openclaw',
    'provider',
    'refresh',
    'require-credential',
    'resolver',
    'store',
  ],
  order: ['agents/credential-store', 'oauth', 'openclaw', 'resolver', 'store'],
  logout: [
    'agents/around',
    'words/connection-error',
    'credential-context',
    'credential/error',
    'credential/options',
    'agents/credential-store',
    'words/deadline',
    'agents/follow-login',
    'credential/issued-by',
    'logout',
    'network',
    'oauth',
    'openclaw',
    'provider',
    'refresh',
    'resolver',
    'store',
  ],
  doctor: [
    'agents/credential-store',
    'doctor',
    'findings',
    'words/findings',
    'agents/follow-login',
    'network',
    'oauth',
    'openclaw',
    'provider',
    'resolver',
    'store',
  ],
  mock: ['mock-options'],
  store: [
    'agents/credential-store',
    'findings',
    'words/findings',
    'fleet',
    'agents/follow-login',
    'openclaw',
    'words/outage',
    'set-up-words',
    'store',
  ],
  sync: [
    'agents/around',
    'credential/chosen',
    'credential-context',
    'credential/error',
    'credential/options',
    'agents/credential-store',
    'words/deadline',
    'agents/follow-login',
    'network',
    'oauth',
    'openclaw',
    'provider',
    'refresh',
    'require-credential',
    'resolver',
    'store',
    'synchronize',
  ],
  completion: ['completion'],
};

/** How many files of ours stand before the first address. */
const LARGEST_LOGIN = 76;

describe('what a login loads before its address is printed', () => {
  const { files, packages } = loadedBy('src/cli/bin.ts', 'src/cli/login.ts');

  test.each([
    ['help', ['src/cli/help.ts', 'src/cli/topics.ts']],
    ['where the person sits', ['src/surroundings.ts']],
    [
      'the look ahead and the wait',
      ['src/login/preflight.ts', 'src/login/ways.ts', 'src/cli/paste-prompt.ts'],
    ],
    [
      'what comes after the answer',
      ['src/login/preparation.ts', 'src/oauth/redemption.ts', 'src/login/record-grant.ts', 'src/resolver.ts'],
    ],
    ['pages and their server', ['src/loopback/app.ts', 'src/loopback/pages.ts']],
    ['the schema of the events', ['src/words/events.ts']],
    ['a store that was not asked for', ['src/agents/agent-store.ts', 'src/openclaw/sdk-store.ts']],
  ])('is not %s', (_, late) => {
    expect(late.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(late.filter((file) => files.includes(file))).toEqual([]);
  });

  test('is no package, and no more files than it was', () => {
    expect(packages).toEqual([]);
    expect(files.length).toBeLessThanOrEqual(LARGEST_LOGIN);
  });
});

describe('what each command loads at once', () => {
  const base = loadedBy('src/cli/bin.ts').files;
  const fileOf = (command: string) => `src/cli/${command}.ts`;

  test('there is a line for every command', () => {
    expect(Object.keys(LOADED).sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
  });

  test.each(Object.entries(LOADED))('%s', (command, rooms) => {
    const { files, packages } = loadedBy('src/cli/bin.ts', fileOf(command));
    const more = files.filter((file) => !base.includes(file) && file !== fileOf(command));
    const inRooms = more.map(
      (file) => /^src\/(?:cli\/)?((?:words|login|agents|credential)\/[^/.]+|[^/.]+)/.exec(file)?.[1] ?? file,
    );
    expect({ packages, rooms: [...new Set(inRooms)].sort() }).toEqual({
      packages: [],
      rooms: [...rooms].sort(),
    });
  });
});

describe('what the built program loads', () => {
  const program = join(inject('installed'), 'node_modules/codex-login/bin/codex-login.cjs');

  function loaded(args: readonly string[], until?: string) {
    const directory = temporaryDirectory();
    const report = join(directory, 'loaded.json');
    const store = join(directory, 'auth-profiles.json');
    const profile = { type: 'token', provider: 'openai-codex', token: 'secret' };
    writeFileSync(
      store,
      JSON.stringify({ version: 1, profiles: { p: profile }, order: { 'openai-codex': ['p'] } }),
    );
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: directory,
      LOADED: report,
      ...(until === undefined ? {} : { UNTIL: until }),
    };
    const hook = join(dirname(fileURLToPath(import.meta.url)), '../support/loaded.cjs');
    const options = { env, cwd: directory, encoding: 'utf8', timeout: 20_000 } as const;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['-r', hook, program, ...args, '--store', store],
      options,
    );
    return {
      status,
      stderr,
      ...(JSON.parse(readFileSync(report, 'utf8')) as Record<'own' | 'packages' | 'natives', string[]>),
    };
  }
  const COSTLY = [
    'child_process',
    'cluster',
    'crypto',
    'dns',
    'http',
    'net',
    'perf_hooks',
    'stream',
    'tls',
    'tty',
    'worker_threads',
  ];
  const costly = (natives: readonly string[]) => natives.filter((name) => COSTLY.includes(name));

  test.each(['token', 'status'])(
    '%s of a credential that is good: three files, and nothing of a network',
    (command) => {
      const { status, own, packages, natives } = loaded([command]);
      expect({ status, own: own.sort(), packages, natives: costly(natives) }).toEqual({
        status: 0,
        own: ['bin.cjs', 'credential.cjs', 'rolldown-runtime.cjs'],
        packages: [],
        natives: [],
      });
    },
  );

  test('a login, before its address: three files, sockets and hashes, and neither HTTP nor what a cluster needs', () => {
    const args = [
      'login',
      '--issuer',
      'http://127.0.0.1:9',
      '--port',
      '0',
      '--no-browser',
      '--json',
      '--timeout',
      '1',
    ];
    const { own, packages, natives } = loaded(args, 'authorization_url');
    expect({ own: own.sort(), packages, natives: costly(natives) }).toEqual({
      own: ['bin.cjs', 'login.cjs', 'rolldown-runtime.cjs'],
      packages: [],
      natives: ['crypto', 'net', 'stream'],
    });
  });

  test('a login, after its address: what answers the browser comes before what its answer needs', () => {
    const server = ['--issuer', 'http://127.0.0.1:9', '--port', '0', '--no-browser', '--json'];
    const { own } = loaded(['login', ...server, '--timeout', '1']);
    const late = own.filter((name) => ['app.cjs', 'preparation.cjs'].includes(name));
    expect(late).toEqual(['app.cjs', 'preparation.cjs']);
  });
});
