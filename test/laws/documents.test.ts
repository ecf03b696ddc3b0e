/** The pages hang together: every link leads somewhere, the index has every page, and what is said of a file is so. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { REQUIREMENTS } from '../../scripts/compliance/requirements.mjs';
import { PAGES, readPage } from '../support/documents.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const prose = (page: string) => readPage(page).replace(/^```[\s\S]*?^```$/gm, '');

/** The anchors of a page, as GitHub makes them of its headings: a second one of the same name has a number. */
function anchorsOf(page: string): Set<string> {
  const times = new Map<string, number>();
  return new Set(
    [...prose(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
      const slug = heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\-_ ]/gu, '')
        .replaceAll(' ', '-');
      const before = times.get(slug) ?? 0;
      times.set(slug, before + 1);
      return before === 0 ? slug : `${slug}-${before}`;
    }),
  );
}

describe('the pages', () => {
  test('lead somewhere with every link', () => {
    const dead = PAGES.flatMap((page) =>
      [...prose(page).matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)]
        .map(([, link = '', attribute = '']) => link || attribute)
        .filter((link) => !/^https?:/.test(link))
        .filter((link) => {
          const [file = '', anchor] = link.split('#');
          const target = file === '' ? page : normalize(join(dirname(page), file)).replaceAll('\\', '/');
          if (!existsSync(join(root, target))) return true;
          return anchor !== undefined && !anchorsOf(target).has(anchor);
        })
        .map((link) => `${page}: ${link}`),
    );
    expect(dead).toEqual([]);
  });

  test('are all in the index, which the README names', () => {
    const index = readPage('docs/README.md');
    const missing = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
      .map((page) => page.slice('docs/'.length))
      .filter((name) => !index.includes(`](${name})`));
    expect(missing).toEqual([]);
    expect(readPage('README.md')).toContain('](docs/README.md)');
  });

  test('name files that are there', () => {
    const gone = PAGES.flatMap((page) =>
      [
        ...prose(page).matchAll(
          /`((?:src|mocks|test|scripts|examples|bin|bench|docs|\.github)\/[\w./-]+\.\w+)`/g,
        ),
      ]
        .map(([, file = '']) => file)
        .filter((file) => !existsSync(join(root, file)))
        .map((file) => `${page}: ${file}`),
    );
    expect(gone).toEqual([]);
  });
});

describe('docs/README.md', () => {
  const index = readPage('docs/README.md');

  test('answers what those who read the code ask first', () => {
    for (const question of [
      '`state` compared',
      'is locked, and when',
      'dies between exchange and commit',
      'add a provider',
      'test my own command line',
    ])
      expect(index).toMatch(new RegExp(`^\\*\\*[^*]*${question}[^*]*\\*\\* \\S`, 'm'));
  });

  test('names functions that are in the files it names', () => {
    const answers = index.split('## Questions')[1]?.split('\n\n') ?? [];
    const checked = answers.flatMap((answer) => {
      const text = [...answer.matchAll(/`(src\/[\w./-]+\.ts)`/g)]
        .map(([, file = '']) => readFileSync(join(root, file), 'utf8'))
        .join('\n');
      return text === '' ? [] : [...answer.matchAll(/`(\w+)\(\)`/g)].map(([, name = '']) => ({ name, text }));
    });
    expect(checked.length).toBeGreaterThan(1);
    expect(checked.filter(({ name, text }) => !text.includes(name)).map(({ name }) => name)).toEqual([]);
  });
});

describe('docs/threat-model.md', () => {
  const rows = [
    ...prose('docs/threat-model.md').matchAll(
      /^\| (.+) \| ([NWUSPDC](?:, [NWUSPDC])*) \| (.+) \| (.+) \|(.*) \|$/gm,
    ),
  ].map(([, threat = '', by = '', done = '', shown = '', left = '']) => ({ threat, by, done, shown, left }));

  test('says of every threat what is done, and which test shows it', () => {
    expect(rows.length).toBeGreaterThan(25);
    const known = new Set(REQUIREMENTS.map(({ id }) => id));
    for (const { threat, done, shown } of rows) {
      const evidence = shown.split(', ').map((word) => /^(?:\[([\w-]+)\]\(.*\)|`(test\/.+)`)$/.exec(word));
      expect({
        threat,
        done,
        evidence: evidence.map(
          (found) =>
            found !== null && (known.has(found[1] ?? '') || existsSync(join(root, found[2] ?? 'none'))),
        ),
      }).toEqual({
        threat,
        done: expect.stringMatching(/.{15,}/),
        evidence: evidence.map(() => true),
      });
    }
  });

  test('knows every actor that a threat comes from', () => {
    const actors = [...prose('docs/threat-model.md').matchAll(/^- \*\*(\w)\*\*, /gm)].map(
      ([, letter]) => letter,
    );
    expect(actors).toEqual(['N', 'W', 'U', 'S', 'P', 'D', 'C']);
    expect([...new Set(rows.flatMap(({ by }) => by.split(', ')))].sort()).toEqual([...actors].sort());
  });
});
