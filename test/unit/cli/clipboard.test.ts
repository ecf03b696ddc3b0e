import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { type ClipboardPorts, copyText } from '../../../src/cli/clipboard.ts';
import { systemPipe } from '../../../src/system.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const link = 'http://localhost:1455/AbCdEfGhIjKlMnOpQrStUv';

/** A host where only these programs do what they are for. */
function host(options: Partial<ClipboardPorts> & { works?: readonly string[]; offers?: boolean }) {
  const { works = [], offers = true, ...ports } = options;
  const started: (readonly string[])[] = [];
  const offered: string[] = [];
  const copy = (text: string) =>
    copyText(text, {
      environment: {},
      platform: 'linux',
      place: { kind: 'desktop' },
      pipe: async (program, args, input) => {
        started.push([program, ...args]);
        expect(input).toBe(text);
        return works.includes(program);
      },
      terminal: {
        offerToClipboard: (text) => {
          if (offers) offered.push(text);
          return offers;
        },
      },
      ...ports,
    });
  return { copy, started, offered };
}

describe('copying to the clipboard', () => {
  test.each<[string, Parameters<typeof host>[0], string, readonly string[]]>([
    ['on macOS', { platform: 'darwin', works: ['/usr/bin/pbcopy'] }, 'pbcopy', ['/usr/bin/pbcopy']],
    [
      'on Windows, by the whole path',
      {
        platform: 'win32',
        environment: { SystemRoot: 'D:\\Windows' },
        works: ['D:\\Windows\\System32\\clip.exe'],
      },
      'clip.exe',
      ['D:\\Windows\\System32\\clip.exe'],
    ],
    ['in WSL', { place: { kind: 'wsl' }, works: ['clip.exe'] }, 'clip.exe', ['clip.exe']],
    [
      'in WSL without the PATH of Windows',
      { place: { kind: 'wsl' }, works: ['/mnt/c/Windows/System32/clip.exe'] },
      'clip.exe',
      ['/mnt/c/Windows/System32/clip.exe'],
    ],
    [
      'on Wayland',
      { environment: { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' }, works: ['wl-copy', 'xclip'] },
      'wl-copy',
      ['wl-copy'],
    ],
    [
      'on X11',
      { environment: { DISPLAY: ':0' }, works: ['xclip'] },
      'xclip',
      ['xclip', '-selection', 'clipboard'],
    ],
    [
      'on X11 with xsel',
      { environment: { DISPLAY: ':0' }, works: ['xsel'] },
      'xsel',
      ['xsel', '--input', '--clipboard'],
    ],
    [
      'in Termux',
      { place: { kind: 'termux' }, works: ['termux-clipboard-set'] },
      'termux-clipboard-set',
      ['termux-clipboard-set'],
    ],
    [
      'over SSH in tmux',
      {
        place: { kind: 'ssh' },
        environment: { TMUX: '/tmp/t,1,0', DISPLAY: ':10' },
        works: ['tmux', 'xclip'],
      },
      'tmux',
      ['tmux', 'load-buffer', '-w', '-'],
    ],
  ])('%s goes through a program, and never through its arguments', async (_, options, by, last) => {
    const { copy, started, offered } = host(options);
    expect(await copy(link)).toEqual({ copied: true, by });
    expect(started.at(-1)).toEqual(last);
    expect(started.flat().join(' ')).not.toContain(link);
    expect(offered).toEqual([]);
  });

  test.each(['ssh', 'vscode-remote', 'codespace', 'container', 'no-display'] as const)(
    'from afar (%s) asks the terminal, and starts nothing that has the clipboard of another machine',
    async (kind) => {
      const { copy, started, offered } = host({
        place: { kind },
        environment: { DISPLAY: ':10' },
        works: ['xclip'],
      });
      expect(await copy(link)).toEqual({ copied: 'perhaps', by: 'your terminal' });
      expect(started).toEqual([]);
      expect(offered).toEqual([link]);
    },
  );

  test('says so where there is neither a program nor a terminal', async () => {
    const { copy } = host({ platform: 'darwin', offers: false });
    expect(await copy(link)).toEqual({
      copied: false,
      reason: 'there is no program for it here, and no terminal',
    });
  });

  test.each(['', 'a\nb', 'a\u001b[31m', 'ä', 'x'.repeat(4097)])(
    'takes nothing but a short line of ASCII: %j',
    async (text) => {
      const { copy, started, offered } = host({ platform: 'darwin' });
      expect(await copy(text)).toMatchObject({ copied: false });
      expect([...started, ...offered]).toEqual([]);
    },
  );
});

describe.runIf(process.platform !== 'win32')('a program that is given a text', () => {
  const program = (script: string) => {
    const path = join(temporaryDirectory(), 'program');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  test('gets it by stdin, and its end is waited for', async () => {
    const told = join(temporaryDirectory(), 'told');
    expect(await systemPipe(program(`cat > ${told}; echo "$@" >> ${told}`), ['-x'], link)).toBe(true);
    expect(readFileSync(told, 'utf8')).toBe(`${link}-x\n`);
  });

  test.each([
    ['ends with a status', () => program('exit 3')],
    ['does not exist', () => join(temporaryDirectory(), 'missing')],
    ['may not be started', () => temporaryDirectory()],
    ['does not read, and dies', () => program('kill -9 $$')],
  ])('and %s has not taken it', async (_, path) => {
    expect(await systemPipe(path(), [], 'x'.repeat(200_000))).toBe(false);
  });

  test('and never ends is ended after two seconds', async () => {
    const before = performance.now();
    expect(await systemPipe(program('exec sleep 60'), [], link)).toBe(false);
    expect(performance.now() - before).toBeLessThan(6_000);
  });
});
