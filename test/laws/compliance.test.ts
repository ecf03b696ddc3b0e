/** docs/compliance.md: every requirement with a test that passed, or the reason why none can; no id that nobody asks for. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { compliancePage } from '../../scripts/compliance/page.mjs';
import { filesWithIds, outOfDate } from '../../scripts/compliance/reporter.mjs';
import { idsIn, isEvidence, REQUIREMENTS } from '../../scripts/compliance/requirements.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const page = read('docs/compliance.md');
const ids = REQUIREMENTS.map(({ id }) => id);
const files = (folder: string) =>
  (readdirSync(join(root, folder), { recursive: true }) as string[])
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => /\.(?:ts|mjs)$/.test(name));
/** What the page has under the heading of an id. */
const under = (id: string) => page.split(`\n### ${id}\n`)[1]?.split('\n### ')[0] ?? '';
const row = (id: string) => page.split('\n').find((line) => line.startsWith(`| [${id}](`)) ?? '';

describe('docs/compliance.md', () => {
  test('asks for each requirement once, in words that name its source', () => {
    expect(ids).toHaveLength(new Set(ids).size);
    expect(REQUIREMENTS.filter(({ source, asks }) => source === '' || asks.length < 30)).toEqual([]);
    expect(ids.filter((id) => idsIn(id)[0] !== id)).toEqual([]);
  });

  test.each(REQUIREMENTS)(
    'has a passing test of $id, broken on purpose, or the reason why there is none',
    (of) => {
      const { id, source, asks, exception } = of;
      expect(row(id)).toContain(`| ${source} | ${asks} |`);
      expect(under(id)).toContain(asks);
      if (exception !== undefined) return expect(exception.length).toBeGreaterThan(40);
      expect(row(id)).toMatch(/\| passed(?:, some not run here)? \| yes \|$/);
      expect(under(id)).toMatch(/^- passed: \w/m);
    },
  );

  test('names tests in files that name the id themselves', () => {
    for (const id of ids) {
      const named = [...under(id).matchAll(/^`(test\/[^`]+)`$/gm)].map(([, file = '']) => file);
      expect(named.filter((file) => !isEvidence(file) || !idsIn(read(file)).includes(id))).toEqual([]);
    }
  });

  test('knows every id that a test, the mock or a mutation names', () => {
    const unknown = ['test', 'mocks', 'src', 'scripts']
      .flatMap(files)
      .filter((file) => file !== 'test/laws/compliance.test.ts')
      .flatMap((file) => idsIn(read(file)).map((id) => ({ file, id })))
      .filter(({ id }) => !ids.includes(id));
    expect(unknown).toEqual([]);
  });
});

describe('the comparison of the page with a run', () => {
  const ran = (name: string, state: 'passed' | 'skipped' | 'failed' = 'passed', line = 1) => ({
    file: 'test/unit/logout.test.ts',
    line,
    name,
    state,
  });
  const before = compliancePage([ran('logout > R-7009-1 revokes')], '2026-01-01, Node.js 20');

  test('overlooks the day, the machine, and what could not be run there', () => {
    const after = compliancePage([ran('logout > R-7009-1 revokes', 'skipped')], '2027-02-02, Node.js 24');
    expect(after).toContain('**not run here**');
    expect(outOfDate(before, after)).toBeUndefined();
  });

  test.each([
    ['a test that is gone', []],
    ['a test that is new', [ran('logout > R-7009-1 revokes'), ran('logout > R-7009-1 twice', 'passed', 2)]],
    ['another name', [ran('logout > R-7009-1 revokes again')]],
    ['another id', [ran('logout > R-7009-2 revokes')]],
  ])('notices %s', (_, tests) => {
    expect(outOfDate(before, compliancePage(tests, ''))).toContain('npm run compliance');
  });

  test('shows the rows of a table as one test, and a failed one as failed', () => {
    const two = [ran('R-7009-1 of [a](b) `c`'), ran('R-7009-1 of d', 'failed')];
    expect(compliancePage(two, '')).toContain('- failed: of \\[a\\](b) \\`c\\` *(one of several)*\n');
  });

  test('counts no test of the mock, and looks into every file that names an id', () => {
    const ofMock = { ...ran('R-7009-1 refuses'), file: 'test/mocks/token.test.ts' };
    expect(compliancePage([ofMock], '')).not.toContain('test/mocks/');
    expect(filesWithIds()).toContain('test/unit/logout.test.ts');
  });
});
