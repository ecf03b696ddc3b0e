/** docs/errors.md: each code has its paragraph, with what the code itself says of class and exit status; none is left over. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { paragraphIn, withoutMarkup } from '../../src/cli/error-paragraph.ts';
import { OPTIONS } from '../../src/cli/options.ts';
import { STATUSES } from '../../src/cli/topics.ts';
import { type ErrorCode, EXIT_STATUS } from '../../src/words/errors.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const page = read('docs/errors.md');
const codes = Object.keys(EXIT_STATUS) as ErrorCode[];
/** Every class with the codes that it may have. */
const classes = [
  ...`${read('src/words/errors.ts')}${read('src/words/connection-error.ts')}`.matchAll(
    /class (\w+) extends LoginError<([^>]+)>/g,
  ),
].map(([, name = '', union = '']) => ({ name, codes: union.match(/ERR_\w+/g) ?? [] }));
/** Those which only a command ends with. */
const NEVER_THROWN: readonly ErrorCode[] = ['ERR_NOT_ROUTABLE'];

function thrownAs(code: ErrorCode): string {
  if (NEVER_THROWN.includes(code)) return 'Never thrown';
  const names = classes
    .filter((one) => (one.codes as string[]).includes(code))
    .map(({ name }) => `\`${name}\``);
  return names.length === 0 ? '`LoginError`' : names.join(' or ');
}

describe('docs/errors.md', () => {
  test('has a paragraph for every code, in the order of the exit statuses, and for no other', () => {
    const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(codes);
  });

  test.each(codes)('says of %s how it is thrown, what happened, why, and the next step', (code) => {
    const paragraph = paragraphIn(page, code) ?? '';
    const [first, ...rest] = paragraph.split('\n\n');
    expect(first).toBe(`${thrownAs(code)} · exit status ${EXIT_STATUS[code]}`);
    expect(rest.join('\n\n')).toMatch(
      /^[A-Z`][\s\S]{30,}\.\n\*\*Why:\*\* [\s\S]{20,}\.\n\*\*Next step:\*\* [\s\S]{20,}\.$/,
    );
  });

  test('has a heading for every exit status that an error ends with, in the words of the help', () => {
    const headings = [...page.matchAll(/^## Exit status (\d+): (.+)$/gm)].map(([, status, what]) => [
      Number(status),
      what,
    ]);
    expect(headings).toEqual(STATUSES.filter(([status]) => status !== 0));
    for (const [status] of headings) {
      const part = page.split(`## Exit status ${status}:`)[1]?.split('\n## ')[0] ?? '';
      expect([...part.matchAll(/^### (\w+)$/gm)].map(([, code]) => code)).toEqual(
        codes.filter((code) => EXIT_STATUS[code] === status),
      );
    }
  });

  test('names options and pages that there are', () => {
    for (const [, name = ''] of page.matchAll(/`(?:codex-login \w+ |doctor )?--([a-z][a-z-]+)/g))
      expect(Object.keys(OPTIONS)).toContain(name);
    for (const [, file = ''] of page.matchAll(/\]\(([\w-]+\.md)\)/g))
      expect(() => read(`docs/${file}`)).not.toThrow();
  });

  test('is read in a terminal without its markup', () => {
    for (const code of codes) {
      const text = withoutMarkup(paragraphIn(page, code) ?? '');
      expect(text).not.toMatch(/[*`[\]]/);
      expect(text.split('\n').map((line) => line.split(':')[0])).toEqual([
        expect.stringContaining(`exit status ${EXIT_STATUS[code]}`),
        expect.stringMatching(/^[A-Z]/),
        'Why',
        'Next step',
      ]);
    }
  });
});
