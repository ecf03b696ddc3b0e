import { describe, expect, test } from 'vitest';

import { HYPERLINK, hyperlink, knowsHyperlinks } from '../../../src/cli/hyperlink.ts';

describe('a hyperlink', () => {
  test.each<[string, Record<string, string>]>([
    ['iTerm', { TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.5.10' }],
    ['WezTerm', { TERM_PROGRAM: 'WezTerm', TERM_PROGRAM_VERSION: '20240203-110809-5046fc22' }],
    ['VS Code', { TERM_PROGRAM: 'vscode', TERM_PROGRAM_VERSION: '1.96.2' }],
    ['Ghostty', { TERM_PROGRAM: 'ghostty', TERM_PROGRAM_VERSION: '1.1.3' }],
    ['GNOME Terminal', { TERM: 'xterm-256color', VTE_VERSION: '7800' }],
    ['Konsole', { KONSOLE_VERSION: '220401' }],
    ['kitty', { TERM: 'xterm-kitty' }],
    ['kitty with another TERM', { TERM: 'xterm-256color', KITTY_WINDOW_ID: '1' }],
    ['Alacritty', { TERM: 'alacritty' }],
    ['foot', { TERM: 'foot-extra' }],
    ['Windows Terminal', { WT_SESSION: '0d6e2b1c' }],
    ['DomTerm', { DOMTERM: 'version=3.2' }],
    [
      'tmux 3.4',
      { TERM: 'tmux-256color', TMUX: '/tmp/t,1,0', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: '3.4' },
    ],
    ['whoever forces it', { TERM: 'dumb', CI: '1', FORCE_HYPERLINK: '1' }],
  ])('is written for %s', (_, environment) => {
    expect(knowsHyperlinks(environment, true)).toBe(true);
  });

  test.each<[string, Record<string, string>, boolean?]>([
    ['an unknown terminal', { TERM: 'xterm-256color' }],
    ['an old iTerm', { TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.0.15' }],
    ['an old VS Code', { TERM_PROGRAM: 'vscode', TERM_PROGRAM_VERSION: '1.71.0' }],
    ['Terminal of macOS', { TERM_PROGRAM: 'Apple_Terminal', TERM_PROGRAM_VERSION: '455' }],
    ['the VTE that crashes', { VTE_VERSION: '5000' }],
    [
      'tmux 3.3 in kitty',
      { TMUX: '/tmp/t,1,0', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: '3.3a', KITTY_WINDOW_ID: '1' },
    ],
    ['screen in GNOME Terminal', { STY: '1.pts-0', TERM: 'screen.xterm-256color', VTE_VERSION: '7800' }],
    ['a dumb terminal', { TERM: 'dumb', WT_SESSION: 'x' }],
    ['CI', { CI: 'true', TERM_PROGRAM: 'ghostty' }],
    ['NO_COLOR', { NO_COLOR: '1', WT_SESSION: 'x' }],
    ['whoever forbids it', { FORCE_HYPERLINK: '0', WT_SESSION: 'x' }],
    ['a pipe', { WT_SESSION: 'x' }, false],
  ])('is not written for %s', (_, environment, isTerminal = true) => {
    expect(knowsHyperlinks(environment, isTerminal)).toBe(false);
  });

  test('is the sequence of OSC 8 with its text between', () => {
    const link = hyperlink('https://auth.example/device?x=1', 'the page');
    expect(link).toBe('\u001b]8;;https://auth.example/device?x=1\u001b\\the page\u001b]8;;\u001b\\');
    expect(link.split(HYPERLINK)).toEqual(['', link, '']);
  });

  test.each([
    'https://auth.example/\u001b\\\u001b[2J',
    'https://auth.example/\u0007',
    'https://auth.example/ x',
    'https://auth.example/ä',
    'file:///etc/passwd',
    'javascript:alert(1)',
    `https://auth.example/${'x'.repeat(3000)}`,
  ])('is none, but its text, where the URL could end the sequence or lead elsewhere: %j', (url) => {
    expect(hyperlink(url, 'the page')).toBe('the page');
  });
});
