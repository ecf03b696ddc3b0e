import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { createInvitation } from '../../../src/cli/invitation.ts';
import { createQrCode } from '../../../src/cli/qr-code.ts';
import { DARK, LIGHT, scan } from '../../support/scanner.ts';
import { watched } from '../../support/watched-terminal.ts';

const page = 'https://auth.openai.com/codex/device';

// What this run's own terminal can do is none of these tests' business.
beforeEach(() => {
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'CI', 'TMUX', 'STY', 'COLORFGBG', 'FORCE_HYPERLINK'])
    vi.stubEnv(name, '');
  vi.stubEnv('TERM', 'xterm-256color');
  vi.stubEnv('WT_SESSION', 'x');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a link of our own', () => {
  const linked = `\u001b]8;;${page}\u001b\\the page\u001b]8;;\u001b\\`;

  test('reaches a terminal that knows links, between our own colours', () => {
    const { terminal, written } = watched({ color: true });
    const { cyan } = terminal.colors;
    terminal.say(`Open ${cyan(terminal.link(page, 'the page'))} now`);
    expect(written.stderr).toBe(`Open \u001b[36m${linked}\u001b[39m now\n`);
  });

  test.each([
    ['a pipe', { color: true, isTTY: false }, {}],
    ['a terminal that knows none', { color: true }, { WT_SESSION: '' }],
    ['--no-color', { color: false }, {}],
    ['NO_COLOR', { color: true }, { NO_COLOR: '1' }],
    ['a dumb terminal', { color: true }, { TERM: 'dumb' }],
  ] as const)('is its text in %s', (_, options, environment) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const { terminal, written } = watched(options);
    terminal.say(`Open ${terminal.link(page)}`);
    expect(written.stderr).toBe(`Open ${page}\n`);
  });

  test('is told from a link that a server or a store has put into a text', () => {
    const { terminal, written } = watched({ color: true });
    const theirs = '\u001b]8;;https://evil.example/\u001b\\the page\u001b]8;;\u001b\\';
    terminal.say(`${theirs} ${terminal.link(page, `the page${theirs}`)}`);
    terminal.answer(theirs);
    expect(`${written.stderr}${written.stdout}`).not.toContain('\u001b]8;;https://evil');
    expect(written.stderr.split('\u001b')).toHaveLength(5);
  });
});

describe('the line that forwards the port', () => {
  const forward = 'ssh -p 2222 -L 1455:localhost:1455 robin@2001:db8::4';
  const invite = async (options: Parameters<typeof watched>[0], device: boolean | 'none' = false) => {
    const { terminal, written } = watched(options);
    const place = {
      kind: 'ssh',
      reason: 'this is an SSH session',
      canOpenBrowser: false,
      canAsk: true,
      callbackReachable: 'with-forwarding',
      suggested: 'paste',
      overrides: [],
      advice: ['Forward the port from the machine where your browser is.'],
      forward,
    } as const;
    await createInvitation(terminal, {
      pastes: () => false,
      device,
      browser: 'your browser',
      surroundings: async () => place,
    }).browser({ v: 1, type: 'browser', time: '2026-11-24T12:00:00.000Z', opened: false });
    return written.stderr;
  };

  test.each([
    ['a terminal of 40 columns', { columns: 40 }],
    ['a pipe', { isTTY: false }],
  ])('stays in one piece in %s, while prose is wrapped', async (_, options) => {
    const invitation = await invite(options);
    expect(invitation.split('\n')).toContain(`  ${forward}`);
    expect(invitation).not.toContain('\u00a0');
  });

  test('has a device code beside it, but for a provider that has none', async () => {
    expect(await invite({})).toContain('login --device');
    expect(await invite({}, 'none')).not.toContain('--device');
  });
});

describe('a QR code on a terminal', () => {
  test.each([
    ['in colours', true, LIGHT],
    ['without', false, DARK],
  ])('can be scanned %s', async (_, color, theme) => {
    const { terminal, written } = watched({ color });
    expect(terminal.draw(await createQrCode(page))).toBe(true);
    expect(written.stdout).toBe('');
    expect(scan(written.stderr.trimEnd().split('\n'), theme)).toBe(page);
    if (!color) expect(written.stderr).not.toContain('\u001b');
  });

  test.each([
    ['a pipe', { isTTY: false }, 'xterm'],
    ['--json', { json: true }, 'xterm'],
    ['a narrow terminal', { columns: 30 }, 'xterm'],
    ['a dumb terminal', {}, 'dumb'],
  ])('is not drawn in %s, and that is told', async (_, options, TERM) => {
    vi.stubEnv('TERM', TERM);
    const { terminal, written } = watched(options);
    expect(terminal.draw(await createQrCode(page))).toBe(false);
    expect(written).toEqual({ stdout: '', stderr: '' });
  });
});

describe('the clipboard of a terminal', () => {
  test('is offered the text, in base64, and nothing of it can end the sequence', () => {
    const { terminal, written } = watched();
    expect(terminal.offerToClipboard('http://localhost:1455/x')).toBe(true);
    expect(written.stderr).toBe('\u001b]52;c;aHR0cDovL2xvY2FsaG9zdDoxNDU1L3g=\u0007');
  });

  test('is reached through GNU screen', () => {
    vi.stubEnv('STY', '1.pts-0');
    const { terminal, written } = watched();
    terminal.offerToClipboard('x');
    expect(written.stderr).toBe('\u001bP\u001b]52;c;eA==\u0007\u001b\\');
  });

  test.each([{ isTTY: false }, { json: true }])('is none in %o', (options) => {
    const { terminal, written } = watched(options);
    expect(terminal.offerToClipboard('x')).toBe(false);
    expect(written.stderr).toBe('');
  });
});
