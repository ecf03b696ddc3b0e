import { stripVTControlCharacters } from 'node:util';

import { expect, test } from 'vitest';

import { createColors } from '../../../src/cli/colors.ts';

test('a style goes on after another one inside it has ended', () => {
  const { bold, dim, red } = createColors(true);
  expect(red('a')).toBe('\u001b[31ma\u001b[39m');
  expect(bold(`a${dim('b')}c`)).toBe('\u001b[1ma\u001b[2mb\u001b[22m\u001b[1mc\u001b[22m');
  expect(stripVTControlCharacters(bold(`a${red('b')}c`))).toBe('abc');
});

test('without colours a text is what it was', () => {
  for (const paint of Object.values(createColors(false))) expect(paint('text')).toBe('text');
});
