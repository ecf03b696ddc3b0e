import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Which room may import which: down the tower only, and the hands never one another. */
const WORDS = ['words', 'bind'];
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  words: [],
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
  agents: [...WORDS, 'store', 'openclaw', 'system'],
  resolver: [...WORDS, 'provider', 'oauth', 'store'],
  refresh: [...WORDS, 'oauth', 'store'],
  credential: [...WORDS, 'provider', 'system', 'oauth', 'store', 'network', 'agents', 'resolver', 'refresh'],
  'require-credential': [...WORDS, 'oauth', 'store', 'refresh', 'credential'],
  verification: [...WORDS, 'require-credential'],
  login: [
    ...WORDS,
    'provider',
    'system',
    'oauth',
    'loopback',
    'store',
    'openclaw',
    'network',
    'agents',
    'resolver',
    'credential',
  ],
  'shared-login': [...WORDS, 'system', 'store', 'rendezvous', 'resolver', 'login'],
  logout: [...WORDS, 'oauth', 'store', 'openclaw', 'agents', 'resolver', 'credential'],
  synchronize: [
    ...WORDS,
    'provider',
    'system',
    'oauth',
    'store',
    'openclaw',
    'agents',
    'resolver',
    'refresh',
    'credential',
    'require-credential',
  ],
  fleet: [...WORDS, 'system', 'store', 'openclaw', 'agents'],
  doctor: [...WORDS, 'provider', 'system', 'oauth', 'store', 'openclaw', 'network', 'agents', 'resolver'],
  index: [
    ...WORDS,
    'provider',
    'store',
    'network',
    'agents',
    'resolver',
    'require-credential',
    'login',
    'shared-login',
    'logout',
    'synchronize',
    'doctor',
  ],
  cli: [
    ...WORDS,
    'provider',
    'surroundings',
    'system',
    'oauth',
    'store',
    'network',
    'agents',
    'resolver',
    'refresh',
    'require-credential',
    'verification',
    'login',
    'shared-login',
    'logout',
    'synchronize',
    'fleet',
    'doctor',
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
    'src/store/schema.ts',
    'src/words/schemas/agreed.ts',
    'src/words/schemas/answers.ts',
    'src/words/schemas/credential.ts',
    'src/words/schemas/doctor.ts',
    'src/words/schemas/envelope.ts',
    'src/words/schemas/index.ts',
    'src/words/schemas/login.ts',
    'src/words/schemas/store.ts',
    'src/words/schemas/synchronize.ts',
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
    const { dependencies, devDependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
      read('package.json'),
    );
    // Go with the package, as one file each (docs/dependencies.md).
    expect(devDependencies).toMatchObject({ express: expect.any(String), open: expect.any(String) });
    // Loaded only for a store in PostgreSQL, and installed by whoever has one. Were it in `peerDependencies` as well, npm would fetch
    // what it knows of it, and of everything that it depends on, for everybody.
    expect({ peerDependenciesMeta, peerDependencies }).toEqual({
      peerDependenciesMeta: { pg: { optional: true }, vitest: { optional: true } },
      peerDependencies: undefined,
    });
    // Loaded by the build alone, for the JSON Schemas: no file that is published imports it (test/e2e/embedding.test.ts).
    expect(devDependencies).toHaveProperty('zod');
    expect([...Object.keys(dependencies), 'express', 'open', 'pg', 'zod'].sort()).toEqual(
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
    ['globalThis.fetch', /\bglobalThis\.fetch/, ['src/system.ts', 'src/words/ports.ts']],
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
