import { describe, expect, test } from 'vitest';

import { parseArguments, wholeNumber } from '../../../src/cli/arguments.ts';
import { COMMANDS, EVERYWHERE } from '../../../src/cli/commands.ts';
import { OPTIONS } from '../../../src/cli/options.ts';

describe('the command line', () => {
  test('without a command is login', () => {
    expect(parseArguments(['--no-browser', '--port', '0'])).toMatchObject({
      command: { name: 'login' },
      options: { 'no-browser': true, port: '0' },
    });
    expect(parseArguments([]).command.name).toBe('login');
  });

  test.each([
    ['a command that does not exist', ['logn'], 'There is no command "logn".'],
    ['an option that does not exist', ['login', '--colour'], "Unknown option '--colour'."],
    ['an option of another command', ['status', '--only'], '"status" has no option --only.'],
    ['an argument too many', ['status', 'x'], '"status" does not take "x".'],
    ['an argument too few', ['order'], '"order" needs to know what to do.'],
    ['an option without its value', ['login', '--store'], "Option '--store <value>' argument missing."],
  ])('refuses %s in one sentence, with exit status 2', (_, argv, summary) => {
    expect(() => parseArguments(argv)).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', exitCode: 2, summary }),
    );
  });

  test('repeats nothing of what was typed that a terminal could act on', () => {
    expect(() => parseArguments([`x\u001b[31m${'y'.repeat(500)}`])).toThrow(
      expect.objectContaining({ summary: expect.not.stringMatching(/\p{C}|y{60}/u) }),
    );
  });

  test.each(['', 'x', '-1', '1.5', '65536', '1e3', '0x10'])('takes no %j for a port', (port) => {
    expect(() => wholeNumber({ port }, 'port', 0, 65_535)).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE' }),
    );
  });

  test.each([
    ['--store', 'postgres://me:planted@h/x'],
    ['--store', 'postgresql://:planted@h/x'],
    ['--from', 'postgres://h/x?sslmode=disable&password=planted'],
    ['--to', 'POSTGRES://h/x?sslpassword=planted'],
    ['--store', 'postgres://h/x?p%61ssword=planted'],
    ['--store', ' postgres://me:planted@h/x'],
    ['--issuer', 'postgres://me:planted@h/x'],
  ])('take no password in a URL, which others can read there: %s %s', (option, url) => {
    const command = option === '--store' ? ['token'] : ['store', 'move'];
    expect(() => parseArguments([...command, option, url])).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message: expect.not.stringContaining('planted') }),
    );
  });

  test.each([
    [['postgres://me:planted@h/x']],
    [['status', 'postgres://me:planted@h/x']],
    [['logout', 'postgres://me:planted@h/x']],
    [['help', 'postgres://me:planted@h/x']],
  ])('repeat no password that stands where none is looked for: %j', (argv) => {
    expect(() => parseArguments(argv)).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message: expect.not.stringContaining('planted') }),
    );
  });

  test.each([
    'postgres://me@h/x',
    'postgres://me:@h/x',
    'postgres://[::1]:5432/x',
    './me:here@there',
    'env:STORE',
  ])('take a URL without one: %s', (url) => {
    expect(parseArguments(['token', '--store', url]).options.store).toBe(url);
  });

  test('describes every option that a command takes, and takes every option that is described', () => {
    const taken = new Set([...EVERYWHERE, ...COMMANDS.flatMap(({ options }) => options)]);
    expect([...taken].sort()).toEqual(Object.keys(OPTIONS).sort());
  });
});
