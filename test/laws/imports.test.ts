import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Which room may import which: down the tower only, and the hands never one another. */
const WORDS = [
  'errors',
  'exit-status',
  'connection-error',
  'events',
  'findings',
  'ports',
  'redact',
  'deadline',
  'bind',
];
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  errors: ['exit-status'],
  'exit-status': [],
  ports: [],
  redact: [],
  findings: ['redact'],
  'connection-error': ['errors', 'redact'],
  events: ['connection-error', 'findings'],
  deadline: ['ports'],
  outage: ['errors', 'ports'],
  bind: [],
  provider: WORDS,
  surroundings: WORDS,
  system: [...WORDS, 'surroundings'],
  oauth: [...WORDS, 'provider'],
  loopback: WORDS,
  rendezvous: WORDS,
  store: [...WORDS, 'system'],
  openclaw: WORDS,
  network: [...WORDS, 'provider', 'system'],
  report: WORDS,
  'follow-login': [...WORDS, 'store', 'openclaw'],
  'agent-stores': [...WORDS, 'store', 'openclaw'],
  'agent-store': [...WORDS, 'store', 'openclaw', 'follow-login', 'agent-stores'],
  'credential-store': [...WORDS, 'store', 'openclaw', 'system', 'agent-store'],
  fleet: [...WORDS, 'outage', 'store', 'system', 'agent-store', 'credential-store', 'follow-login'],
  workspace: [...WORDS, 'oauth', 'provider'],
  'login-options': [
    ...WORDS,
    'network',
    'provider',
    'store',
    'system',
    'credential-store',
    'follow-login',
    'workspace',
  ],
  'record-grant': [
    ...WORDS,
    'outage',
    'oauth',
    'store',
    'openclaw',
    'login-options',
    'follow-login',
    'report',
    'issued-by',
  ],
  'login-result': [...WORDS, 'oauth', 'login-options', 'record-grant', 'resolver', 'follow-login'],
  resolver: [...WORDS, 'oauth', 'store', 'login-options'],
  'issued-by': [...WORDS, 'oauth', 'provider', 'store'],
  refresh: [...WORDS, 'outage', 'oauth', 'store'],
  'credential-error': [...WORDS, 'store'],
  'credential-options': [
    ...WORDS,
    'network',
    'provider',
    'store',
    'system',
    'credential-store',
    'follow-login',
    'refresh',
  ],
  'chosen-credential': [...WORDS, 'store', 'resolver', 'credential-error', 'credential-options'],
  'awaited-refresh': [
    ...WORDS,
    'oauth',
    'system',
    'refresh',
    'issued-by',
    'credential-options',
    'chosen-credential',
  ],
  'require-credential': [
    ...WORDS,
    'oauth',
    'store',
    'refresh',
    'awaited-refresh',
    'credential-error',
    'credential-options',
    'chosen-credential',
  ],
  ways: [...WORDS, 'oauth'],
  preflight: [...WORDS, 'login-options', 'network', 'report', 'ways'],
  person: [...WORDS, 'oauth', 'loopback', 'report', 'login-options', 'system', 'ways'],
  login: [
    ...WORDS,
    'network',
    'person',
    'preflight',
    'ways',
    'login-result',
    'provider',
    'oauth',
    'loopback',
    'store',
    'system',
    'report',
    'resolver',
    'login-options',
    'record-grant',
    'workspace',
    'issued-by',
  ],
  verification: [...WORDS, 'require-credential'],
  logout: [
    ...WORDS,
    'oauth',
    'store',
    'openclaw',
    'resolver',
    'follow-login',
    'issued-by',
    'credential-error',
    'credential-options',
  ],
  'shared-login': [...WORDS, 'rendezvous', 'store', 'system', 'report', 'resolver', 'login-options', 'login'],
  doctor: [
    ...WORDS,
    'network',
    'provider',
    'oauth',
    'store',
    'openclaw',
    'system',
    'resolver',
    'credential-store',
    'follow-login',
  ],
  synchronize: [
    ...WORDS,
    'oauth',
    'provider',
    'store',
    'openclaw',
    'system',
    'refresh',
    'resolver',
    'follow-login',
    'credential-store',
    'credential-error',
    'credential-options',
    'chosen-credential',
    'require-credential',
  ],
  index: [
    ...WORDS,
    'network',
    'provider',
    'store',
    'login',
    'shared-login',
    'resolver',
    'credential-store',
    'doctor',
    'logout',
    'require-credential',
    'synchronize',
  ],
  cli: [
    ...WORDS,
    'network',
    'surroundings',
    'provider',
    'oauth',
    'store',
    'system',
    'login',
    'shared-login',
    'resolver',
    'credential-store',
    'doctor',
    'fleet',
    'logout',
    'refresh',
    'require-credential',
    'verification',
    'synchronize',
  ],
};

/** The one room of each outside package. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  '@croct/json5-parser': ['src/openclaw/configuration-edit.ts'],
  express: ['src/loopback/app.ts'],
  'openid-client': ['src/oauth/configuration.ts', 'src/oauth/token-request.ts'],
  jose: ['src/oauth/id-token.ts'],
  json5: ['src/openclaw/configuration-file.ts'],
  open: ['src/system.ts'],
  pg: ['src/store/postgres/driver.ts'],
  undici: ['src/network/tunnelled-fetch.ts'],
  uqr: ['src/cli/qr-code.ts'],
  zod: [
    'src/events.ts',
    'src/events/answers.ts',
    'src/events/credential.ts',
    'src/events/doctor.ts',
    'src/events/envelope.ts',
    'src/events/store.ts',
    'src/events/synchronize.ts',
    'src/store/schema.ts',
  ],
  'codex-login/testing': ['src/cli/demo.ts', 'src/cli/mock-options.ts', 'src/cli/mock.ts'],
};

const files = (folder: string) =>
  (readdirSync(join(root, folder), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
/** Code without its comments: a law is about what runs. */
const code = (file: string) =>
  read(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1');

/** A type is no dependency at run time: `types: false` leaves those of the store's contract out. */
function importsOf(file: string, { types } = { types: true }): string[] {
  const text = types
    ? code(file)
    : code(file).replace(/import type [^;]+ from '[^']*store\/profile-store\.ts';/g, '');
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\s*\(\s*)'([^'\n]+)'/g)].map(
    ([, specifier = '']) => specifier,
  );
}
const roomOf = (file: string) => relative('src', file).split('/')[0]?.replace(/\.ts$/, '') ?? '';

const sources = files('src');

describe('the house', () => {
  test('imports point down only, and no hand reaches for another', () => {
    const broken = sources.flatMap((file) =>
      importsOf(file, { types: !file.startsWith('src/openclaw/') })
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => roomOf(join(dirname(file), specifier)))
        .filter((room) => room !== roomOf(file) && !ROOMS[roomOf(file)]?.includes(room))
        .map((room) => `${file} → ${room}`),
    );
    expect(broken).toEqual([]);
  });

  test('has a place in the table for every room', () => {
    expect([...new Set(sources.map(roomOf))].sort()).toEqual(Object.keys(ROOMS).sort());
  });

  test('gives every outside package one home', () => {
    const found: Record<string, string[]> = {};
    for (const file of sources) {
      for (const specifier of importsOf(file)) {
        if (specifier.startsWith('.') || specifier.startsWith('node:')) continue;
        found[specifier] = [...new Set([...(found[specifier] ?? []), file])].sort();
      }
    }
    expect(found).toEqual(HOMES);
  });

  test('depends on what it imports and on nothing else', () => {
    const { dependencies, devDependencies, peerDependenciesMeta } = JSON.parse(read('package.json'));
    // Goes with the package, as one file (docs/dependencies.md).
    expect(devDependencies).toHaveProperty('express');
    // Loaded only for a store in PostgreSQL, and installed by whoever has one.
    expect(peerDependenciesMeta.pg).toEqual({ optional: true });
    expect([...Object.keys(dependencies), 'express', 'pg'].sort()).toEqual(
      Object.keys(HOMES)
        .filter((name) => !name.startsWith('codex-login'))
        .sort(),
    );
  });

  test.each([
    ['console', /\bconsole\./, []],
    // The SDK's process is one of its own, and OpenClaw leaves things open in it.
    ['process.exit', /\bprocess\.exit\(/, ['src/cli/signals.ts', 'src/openclaw/sdk-worker.ts']],
    ['Date.now', /\bDate\.now\(/, ['src/system.ts']],
    ['process.env', /\bprocess\.env\b/, ['src/system.ts']],
    ['process.stdout', /\b(?:process\.)?(?:stdout|stderr)\.write\(/, ['src/cli/terminal.ts']],
    ['new Date()', /new Date\(\)/, []],
    ['globalThis.fetch', /\bglobalThis\.fetch/, ['src/ports.ts', 'src/system.ts']],
  ])('%s has its home and no other', (_, pattern, homes) => {
    expect(sources.filter((file) => pattern.test(code(file))).sort()).toEqual(homes);
  });

  test('never chains an error as a cause: those of openid-client quote tokens', () => {
    expect(sources.filter((file) => /\bcause:|\{ cause \}/.test(code(file)))).toEqual([]);
  });

  test('knows no provider by its name: what is special about one is in its profile', () => {
    const asked =
      /\b(?:provider|profile|asked|named|base|layout)\??\.id\b\s*[!=]==?|[!=]==?\s*(?:(?:openai|provider)\w*\.id\b|'(?:openai-codex|openai-chatgpt|generic-oidc)')/;
    // OpenClaw has renamed a provider in its store: that is a fact about OpenClaw.
    const facts = ['src/openclaw/generation.ts'];
    expect([...sources, ...files('mocks')].filter((file) => asked.test(code(file)))).toEqual(facts);
  });

  test('keeps the mock beside the tower: the two share no code', () => {
    const mocks = files('mocks');
    expect(mocks.filter((file) => importsOf(file).some((specifier) => specifier.includes('/src/')))).toEqual(
      [],
    );
    expect(
      sources.filter((file) => importsOf(file).some((specifier) => specifier.includes('mocks/'))),
    ).toEqual([]);
    const outside = new Set(
      mocks
        .flatMap((file) => importsOf(file))
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:')),
    );
    expect([...outside]).toEqual(['vitest']);
    expect(mocks.filter((file) => importsOf(file).includes('vitest'))).toEqual(['mocks/vitest.ts']);
  });

  test('has no enums, no default exports, no file of 200 lines, and no room without a name of its own', () => {
    const all = [...sources, ...files('mocks')];
    expect(all.filter((file) => /\benum\s+\w+\s*\{|export default/.test(code(file)))).toEqual([]);
    expect(all.filter((file) => read(file).split('\n').length > 200)).toEqual([]);
    expect(all.filter((file) => /(?:^|\/)(?:utils?|helpers?|common|types|misc)\.ts$/.test(file))).toEqual([]);
  });

  test('opens every file with what it owns', () => {
    expect([...sources, ...files('mocks')].filter((file) => !read(file).startsWith('/**'))).toEqual([]);
  });
});
