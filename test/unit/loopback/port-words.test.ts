import { describe, expect, test } from 'vitest';
import { sayAttempt, sayNoPort } from '../../../src/loopback/port-words.ts';
import type { PortAttempt } from '../../../src/words/errors.ts';

const taken = (more: Partial<PortAttempt> = {}): PortAttempt => ({
  port: 1455,
  address: '127.0.0.1',
  reason: 'EADDRINUSE',
  ...more,
});

describe('why a port could not be had', () => {
  test.each<[string, PortAttempt, NodeJS.Platform, string]>([
    [
      'a named program',
      taken({ holder: { pid: 9, command: 'nc' } }),
      'linux',
      'port 1455 is held by nc (pid 9)',
    ],
    [
      'another sign-in',
      taken({ holder: { pid: 9, command: 'codex' } }),
      'linux',
      'port 1455 is held by codex (pid 9): another sign-in is waiting there',
    ],
    [
      'one address family',
      taken({ address: '::1', holder: { pid: 9, command: 'nc' } }),
      'linux',
      'port 1455 is held on ::1 by nc (pid 9)',
    ],
    [
      'nobody that is named',
      taken(),
      'linux',
      'port 1455 is held by a program that the system does not name',
    ],
    [
      'a reserved range',
      taken({ reason: 'EACCES' }),
      'win32',
      'port 1455 is reserved by Windows for something else',
    ],
    [
      'a privileged port',
      taken({ port: 80, reason: 'EACCES' }),
      'linux',
      'port 80 is for privileged programs only',
    ],
    [
      'an address that is not here',
      taken({ address: '::1', reason: 'EADDRNOTAVAIL' }),
      'linux',
      'port 1455 could not be had because this host has no ::1',
    ],
    ['anything else', taken({ reason: 'EMFILE' }), 'linux', 'port 1455 could not be had (EMFILE)'],
  ])('is a sentence of its own: %s', (_, attempt, platform, sentence) => {
    expect(sayAttempt(attempt, platform)).toBe(sentence);
  });

  test('says how to see the ranges that Windows reserves, which is not what helps against a program', () => {
    const reserved = sayNoPort([taken({ reason: 'EACCES' })], 'win32');
    expect(reserved.hint).toContain('netsh interface ipv4 show excludedportrange protocol=tcp');
    expect(sayNoPort([taken()], 'win32').hint).not.toContain('netsh');
  });

  test('names every holder and the step that fits it', () => {
    const { summary, hint } = sayNoPort(
      [
        taken({ holder: { pid: 9, command: 'openclaw' } }),
        taken({ port: 1457, holder: { pid: 10, command: 'nc' } }),
      ],
      'linux',
    );
    expect(summary).toBe(
      "No port for the sign-in's callback could be had: port 1455 is held by openclaw (pid 9): another sign-in is waiting there; port 1457 is held by nc (pid 10).",
    );
    expect(hint).toBe(
      'Finish or end the other sign-in (pid 9). End what holds the port, if it can be missed (pid 10). Then run the command again.',
    );
  });
});
