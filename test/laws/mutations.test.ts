import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { mutations } from '../../scripts/mutations.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What keeps a mutation from being tried as it is meant, without running anything. */
function faultOf([what, file, edits, testFile, testName]: (typeof mutations)[number]): string | undefined {
  if (!/^(?:src|mocks)\//.test(file) || !existsSync(join(root, file))) return `${what}: there is no ${file}`;
  if (!testFile.endsWith('.test.ts') || !existsSync(join(root, testFile)))
    return `${what}: there is no ${testFile}`;
  if (testName === '' || edits.length === 0) return `${what}: it names no test, or changes nothing`;
  let text = readFileSync(join(root, file), 'utf8');
  for (const [find, replace] of edits) {
    const times = text.split(find).length - 1;
    if (times !== 1) return `${what}: "${find.trim().split('\n')[0]}" occurs ${times} times in ${file}`;
    if (find === replace) return `${what}: it changes nothing`;
    text = text.replace(find, () => replace);
  }
  return undefined;
}

describe('what is broken on purpose (npm run mutate)', () => {
  test('every mutation still finds its text exactly once, and names a test that is there', () => {
    expect(mutations.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
  });

  test('each has a description of its own, by which it can be asked for', () => {
    const names = mutations.map(([what]) => what);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('every list in scripts/mutations is in the list of all', () => {
    const all = readFileSync(join(root, 'scripts/mutations.mjs'), 'utf8');
    const lists = readdirSync(join(root, 'scripts/mutations')).map((name) => name.replace('.mjs', ''));
    expect(lists.filter((name) => !all.includes(`...${name}`))).toEqual([]);
  });

  test('a mutation that no longer applies is told', () => {
    const [what, file, edits, testFile, testName] = mutations[0] as (typeof mutations)[number];
    const gone: [string, string][] = [['no such text anywhere', '']];
    expect(faultOf([what, file, gone, testFile, testName])).toMatch(/occurs 0 times/);
    expect(faultOf([what, file, [['\n', '']], testFile, testName])).toMatch(/occurs \d{2,} times/);
    expect(faultOf([what, file, edits, 'test/none.test.ts', testName])).toMatch(/there is no test\/none/);
  });
});
