/** docs/api.md is what the declarations say now, and every public name says what it is. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { apiPage, doorsOf } from '../../scripts/api/page.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/api.md'), 'utf8');

describe('docs/api.md', () => {
  let built: string;
  let doors: ReturnType<typeof doorsOf>;

  // From the sources as they are, and not from a build of yesterday.
  beforeAll(() => {
    built = mkdtempSync(join(tmpdir(), 'codex-login-'));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const options = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', built];
    execFileSync(process.execPath, [compiler, ...options], { cwd: root });
    doors = doorsOf(built);
  });
  afterAll(() => rmSync(built, { recursive: true, force: true }));

  test('is what npm run docs would write', () => {
    expect(page).toBe(apiPage(doors));
  });

  test('describes every door of the package, and every name once', () => {
    expect(doors.map(({ door }) => door)).toEqual(['.', './store', './testing', './testing/vitest']);
    for (const { names } of doors) {
      expect(new Set(names.map(({ name }) => name)).size).toBe(names.length);
      for (const { name } of names) expect(page).toMatch(new RegExp(`^### ${name}$`, 'm'));
    }
  });

  test('says of every public name, in a sentence, what it is', () => {
    const silent = doors.flatMap(({ door, names }) =>
      names
        .filter(({ doc }) => !/^[\w`][^@]{12,}[.:]/.test(doc))
        .map(({ name, doc }) => ({ door, name, doc })),
    );
    expect(silent).toEqual([]);
  });

  test('says of a function that throws a LoginError with which code', () => {
    const vague = doors
      .flatMap(({ names }) => names.filter(({ kind }) => kind === 'function'))
      .filter(({ doc }) =>
        /@throws (?:Login|Token|Credential|Identity)Error(?! as | discriminated)/.test(doc),
      )
      .filter(({ doc }) => !doc.split('@throws')[1]?.includes('`ERR_'))
      .map(({ name, doc }) => ({ name, doc }));
    expect(vague).toEqual([]);
  });

  test('leads to a heading with every link', () => {
    const taken = new Map<string, number>();
    const anchors = [...page.matchAll(/^#{1,3} (.+)$/gm)].map(([, heading = '']) => {
      const slug = heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-');
      const times = taken.get(slug) ?? 0;
      taken.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    });
    for (const [, target] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(target);
  });
});
