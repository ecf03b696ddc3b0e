import { inspect } from 'node:util';
import { expect, test } from 'vitest';

import { toLoginError } from '../../../src/words/errors.ts';

const secret = 'rt_planted-secret-planted-secret';

test('an error that nobody expected keeps its kind, and files and lines of where it was made, for --verbose', () => {
  const error = toLoginError(
    Object.assign(new TypeError(`x is not a function: ${secret}`), { code: 'ERR_X' }),
  );
  expect(error.summary).toBe('Something unexpected went wrong: TypeError (ERR_X).');
  const [first, ...frames] = (error.stack ?? '').split('\n');
  expect(first).toBe('TypeError (ERR_X)');
  expect(frames[0]).toMatch(/^ {4}at .*errors\.test\.ts:\d+:\d+$/);
  for (const frame of frames) expect(frame).toMatch(/^ {4}at (?:file:|node:|\/)[^\s()?]+:\d+:\d+$/);
});

test.each<[string, () => unknown]>([
  ['its message', () => new Error(`refused: ${secret}`)],
  [
    'several lines of message',
    () => new Error(`refused:\n    at ${secret} (/x/${secret}.js:1:1)\nmore ${secret}`),
  ],
  [
    'a message that was put in later',
    () => Object.assign(new Error(`a\n    at /x/${secret}.js:1:1`), { message: 'other' }),
  ],
  [
    'the query of an address',
    () => Object.assign(new Error('m'), { stack: `Error: m\n    at f (file:///x.js?${secret}:1:1)` }),
  ],
  ['a stack that is none', () => Object.assign(new Error('m'), { stack: secret })],
  ['a thing that is no error', () => secret],
])('R-9700-3 an error that nobody expected loses %s', (_, make) => {
  const error = toLoginError(make());
  expect(error.code).toBe('ERR_UNEXPECTED');
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('planted');
});
