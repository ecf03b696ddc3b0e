import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { FINDINGS, finding, matters } from '../../../src/words/findings.ts';
import { DAMAGED } from '../../support/damaged-stores.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(root, 'docs/doctor.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\w+) \| (.+) \| (.+) \|( ✔)? \|$/gm)];
const source = (folder: string) =>
  (readdirSync(join(root, folder), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'))
    .join('\n');

describe('docs/doctor.md', () => {
  test('has a row for every finding that the code knows, with its severity, and for no other', () => {
    expect(Object.fromEntries(rows.map(([, id, severity]) => [id, severity]))).toEqual(FINDINGS);
    expect(rows).toHaveLength(Object.keys(FINDINGS).length);
  });

  test('says of each what it means and what to do', () => {
    for (const [, , , meaning = '', remedy = ''] of rows) {
      expect(meaning.length).toBeGreaterThan(7);
      expect(remedy).not.toBe('');
    }
  });

  test('marks as repaired what the code can repair', () => {
    const marked = rows.filter(([, , , , , mark]) => mark).map(([, id = '']) => id);
    const repaired = new Set(
      DAMAGED.flatMap(({ finds, left = [] }) => finds.filter((id) => !left.includes(id))),
    );
    expect(marked).toEqual(expect.arrayContaining([...repaired]));
  });
});

describe('the table of findings', () => {
  test.each(Object.keys(FINDINGS))('%s is found somewhere in src, and shown by a test', (id) => {
    const elsewhere = source('src').replace(readFileSync(join(root, 'src/words/findings.ts'), 'utf8'), '');
    expect(elsewhere).toContain(`'${id}'`);
    expect(source('test/unit') + source('test/support')).toMatch(new RegExp(`'${id}'|\\(${id}\\)`));
  });

  test('a finding takes its severity and its remedy from the table, unless they are given', () => {
    const said = { subject: 's', message: 'm.', reason: 'r.' };
    expect(finding('twin', { ...said, fixable: true })).toMatchObject({
      severity: 'warning',
      remedy: 'codex-login doctor --fix',
    });
    expect(finding('twin', { ...said, severity: 'info', remedy: 'x' })).toMatchObject({
      severity: 'info',
      remedy: 'x',
      fixable: false,
    });
    expect(matters([finding('symlink', said)])).toBe(false);
    expect(matters([finding('twin', said)])).toBe(true);
  });
});
