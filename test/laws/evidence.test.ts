import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { mutations } from '../../scripts/mutations.mjs';
import { SEED } from '../interop/versions.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const evidence = read('docs/evidence.md');
const [, figures = ''] = /^## Figures\n([\s\S]*?)^## /m.exec(evidence) ?? [];
const [, table = ''] = /^const parts = \{([\s\S]*?)\};/m.exec(read('scripts/soak.mjs')) ?? [];
const parts = [...table.matchAll(/^ {2}'?([\w-]+)'?[:,]/gm)].map(([, name]) => name);

describe('docs/evidence.md', () => {
  test('holds figures and no placeholder', () => {
    expect(evidence.match(/@\w+@|\b(?:TODO|TBD|FIXME|XXX)\b/)).toBeNull();
    expect(figures).toContain('| what | figure | as claimed |');
    expect(figures.split('\n').filter((line) => line.startsWith('| ')).length).toBeGreaterThan(parts.length);
  });

  test('names the parts that scripts/soak.mjs has, all of them and no other', () => {
    const [, named = ''] = /these parts: ([\w, -]+)$/m.exec(evidence) ?? [];
    expect(named.split(', ')).toEqual(parts);
    const asked = [...evidence.matchAll(/npm run soak -- ([a-z -]+?)(?: {2}|`|$)/gm)];
    expect(asked.length).toBeGreaterThan(0);
    for (const [, words = ''] of asked) expect(parts).toEqual(expect.arrayContaining(words.split(' ')));
  });

  test('names scripts, files and mutations that are there', () => {
    const { scripts } = JSON.parse(read('package.json'));
    for (const [, name = ''] of evidence.matchAll(/npm run ([\w:]+)/g))
      expect(scripts).toHaveProperty([name]);
    for (const [, file = ''] of evidence.matchAll(/`((?:src|test|scripts)\/[\w./*-]+)`/g))
      expect([file, existsSync(join(root, file))]).toEqual([file, true]);
    for (const [, word = ''] of evidence.matchAll(/npm run mutate -- ([\w/]+)/g))
      expect(mutations.filter(([what, file]) => what.includes(word) || file.includes(word))).not.toEqual([]);
  });

  test('rests on the OpenClaw that the real functions are of', () => {
    expect(read('scripts/soak/openclaw-process.mjs')).toContain(`const SEED = '${SEED}';`);
    if (figures.includes('OpenClaw 20')) expect(figures).toContain(`OpenClaw ${SEED}`);
  });
});
