import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { findPortHolder, isSignIn } from '../../../src/loopback/port-holder.ts';
import { holderInLsof, inodesIn, pidInNetstat } from '../../../src/loopback/socket-tables.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, inode: number | string, state = '0A') =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000 100 0 0 10 0\n`;
const ANY6 = '00000000000000000000000000000000';

/** A `/proc` with one process that has socket 4242. */
function fakeProc(process: { exe?: string; comm?: string; cmdline?: string[]; tcp?: string; tcp6?: string }) {
  const proc = temporaryDirectory();
  mkdirSync(join(proc, 'self/net'), { recursive: true });
  mkdirSync(join(proc, '4711/fd'), { recursive: true });
  mkdirSync(join(proc, '17'));
  writeFileSync(join(proc, 'self/net/tcp'), HEADER + (process.tcp ?? row('0100007F:05AF', 4242)));
  writeFileSync(join(proc, 'self/net/tcp6'), HEADER + (process.tcp6 ?? ''));
  symlinkSync('/dev/null', join(proc, '4711/fd/0'));
  symlinkSync('socket:[4242]', join(proc, '4711/fd/7'));
  if (process.exe) symlinkSync(process.exe, join(proc, '4711/exe'));
  writeFileSync(join(proc, '4711/comm'), `${process.comm ?? 'MainThread'}\n`);
  writeFileSync(join(proc, '4711/cmdline'), [...(process.cmdline ?? []), ''].join('\0'));
  return { proc, platform: 'linux' } as const;
}
const place = { address: '127.0.0.1', port: 1455 };

describe('who holds a port', () => {
  test.runIf(process.platform === 'linux')('is found in this very system, by its pid and name', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    expect(await findPortHolder({ address: '127.0.0.1', port })).toMatchObject({ pid: process.pid });
    expect(await findPortHolder({ address: '::1', port })).toBeUndefined();
  });

  test.each([
    ['the address itself', 'tcp', '0100007F:05AF', '127.0.0.1', true],
    ['all of IPv4', 'tcp', '00000000:05AF', '127.0.0.1', true],
    ['both families at once', 'tcp6', `${ANY6}:05AF`, '127.0.0.1', true],
    ['all of IPv6', 'tcp6', `${ANY6}:05AF`, '::1', true],
    ['::1', 'tcp6', '00000000000000000000000001000000:05AF', '::1', true],
    [
      '::1 alone, where 127.0.0.1 is meant',
      'tcp6',
      '00000000000000000000000001000000:05AF',
      '127.0.0.1',
      false,
    ],
    ['another address of this machine', 'tcp', '0200007F:05AF', '127.0.0.1', false],
    ['another port', 'tcp', '0100007F:05B1', '127.0.0.1', false],
  ] as const)('is whoever is bound to %s', (_, __, local, address, held) => {
    expect(inodesIn(HEADER + row(local, 4242), address, 1455)).toEqual(held ? ['4242'] : []);
  });

  test('is nobody where only a connection lingers after its end', () => {
    expect(inodesIn(HEADER + row('0100007F:05AF', 0, '06'), '127.0.0.1', 1455)).toEqual([]);
  });

  test.each<[string, Parameters<typeof fakeProc>[0], string]>([
    ['the file that runs', { exe: '/usr/sbin/nginx', cmdline: ['nginx: master --key=hunter2'] }, 'nginx'],
    ['a file that was replaced since', { exe: '/opt/codex (deleted)' }, 'codex'],
    ['what the system calls it, where the file is hidden', { comm: 'sshd' }, 'sshd'],
    ['node', { exe: '/usr/bin/node', cmdline: ['node', '/srv/app.js', '--token=hunter2'] }, 'node'],
    [
      'codex-login, which node runs',
      { exe: '/usr/bin/node', cmdline: ['node', '--no-warnings', '/usr/local/bin/codex-login', 'login'] },
      'codex-login',
    ],
    [
      'codex, by its package',
      { exe: '/usr/bin/node22', cmdline: ['node', '/l/node_modules/@openai/codex/bin/main.mjs'] },
      'codex',
    ],
    [
      'openclaw, by the name it gives itself',
      { exe: '/usr/bin/node', cmdline: ['openclaw-gateway'] },
      'openclaw',
    ],
    [
      'node, in the home of somebody called pi',
      { exe: '/usr/bin/node', cmdline: ['node', '/home/pi/a.js'] },
      'node',
    ],
  ])('is told as %s, and never with an argument', async (_, process, command) => {
    expect(await findPortHolder(place, fakeProc(process))).toEqual({ pid: 4711, command });
  });

  test('is told without escape sequences and in bounds, whatever the program is called', async () => {
    const exe = `/opt/${'x'.repeat(80)}\u001b[31m\u202eevil\nline`;
    const found = await findPortHolder(place, fakeProc({ exe: exe.slice(0, 5) + exe.slice(75) }));
    expect(found?.command).toMatch(/^[\x20-\x7e]+$/);
    const long = await findPortHolder(place, fakeProc({ exe }));
    expect(long?.command).toHaveLength(40);
  });

  test('is not known where the system shows nothing, and that is no failure', async () => {
    expect(await findPortHolder(place, { platform: 'linux', proc: '/nowhere' })).toBeUndefined();
    expect(await findPortHolder(place, { platform: 'aix' })).toBeUndefined();
  });

  test('is not waited for longer than the limit', async () => {
    const hangs = (_: string, __: readonly string[], signal: AbortSignal) =>
      new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const sources = { platform: 'darwin', run: hangs, limitMs: 5 } as const;
    expect(await findPortHolder(place, sources)).toBeUndefined();
    expect(await findPortHolder(place, { ...fakeProc({ exe: '/bin/nc' }), limitMs: 0 })).toBeUndefined();
  });
});

describe('what other systems say (fixtures: nothing of it was run there)', () => {
  const LSOF = 'p88\ncnginx\nf6\nn192.168.0.2:1455\np4711\ncCode Helper\nf12\nn127.0.0.1:1455\n';

  test('macOS: lsof', async () => {
    const asked: string[] = [];
    const run = async (file: string, args: readonly string[]) => {
      asked.push([file, ...args].join(' '));
      return LSOF;
    };
    expect(await findPortHolder(place, { platform: 'darwin', run })).toEqual({
      pid: 4711,
      command: 'Code Helper',
    });
    expect(asked).toEqual(['/usr/sbin/lsof -nP -iTCP:1455 -sTCP:LISTEN -Fpcn']);
    expect(holderInLsof('p1\ncmac\nf3\nn*:1455\n', '::1', 1455)).toEqual({ pid: 1, command: 'mac' });
    expect(holderInLsof('', '::1', 1455)).toBeUndefined();
  });

  const NETSTAT = [
    'Aktive Verbindungen',
    '',
    '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
    '  TCP    127.0.0.1:51455        0.0.0.0:0              ABHÖREN          11',
    '  TCP    127.0.0.1:1455         127.0.0.1:50111        HERGESTELLT      12',
    '  TCP    127.0.0.1:1455         0.0.0.0:0              ABHÖREN          4711',
  ].join('\r\n');

  test('Windows: netstat in any language, then tasklist', async () => {
    const run = async (file: string) =>
      file.endsWith('netstat.exe') ? NETSTAT : '"openclaw.exe","4711","Console","1","40,000 K"\r\n';
    const holder = await findPortHolder(place, { platform: 'win32', run });
    expect(holder).toEqual({ pid: 4711, command: 'openclaw.exe' });
    expect(isSignIn(holder?.command ?? '')).toBe(true);
    expect(pidInNetstat('  TCP    [::1]:1455    [::]:0    LISTENING    9\r\n', '::1', 1455)).toBe(9);
    expect(pidInNetstat(NETSTAT, '::1', 1455)).toBeUndefined();
  });

  test('Windows: a pid without a name is still told', async () => {
    const run = async (file: string) => {
      if (file.endsWith('netstat.exe')) return NETSTAT;
      throw new Error('tasklist is switched off here');
    };
    expect(await findPortHolder(place, { platform: 'win32', run })).toEqual({
      pid: 4711,
      command: 'a program',
    });
  });
});
