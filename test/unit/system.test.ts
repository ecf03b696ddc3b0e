import { expect, onTestFinished, test } from 'vitest';

import { systemClock, systemOpenUrl, whyNoWindow } from '../../src/system.ts';

const page = 'https://auth.example/oauth/authorize';

test.each<[string, NodeJS.Platform, Record<string, string>, string | undefined]>([
  ['on a desktop', 'linux', { DISPLAY: ':0' }, undefined],
  ['on Wayland', 'linux', { WAYLAND_DISPLAY: 'wayland-0' }, undefined],
  ['on macOS', 'darwin', {}, undefined],
  ['in WSL', 'linux', { WSL_DISTRO_NAME: 'Debian' }, undefined],
  ['without a display', 'linux', {}, 'there is no display here'],
  ['over SSH', 'darwin', { SSH_CONNECTION: '1 2 3 4' }, 'this is an SSH session'],
  ['over SSH with a display', 'linux', { SSH_TTY: '/dev/pts/0', DISPLAY: ':10' }, 'this is an SSH session'],
  [
    'in a development container',
    'linux',
    { REMOTE_CONTAINERS: 'true', DISPLAY: ':0' },
    'this is a container',
  ],
  ['in a Codespace', 'linux', { CODESPACES: 'true', WAYLAND_DISPLAY: 'wayland-0' }, 'this is a Codespace'],
  [
    'in a Codespace whose BROWSER opens at home',
    'linux',
    { CODESPACES: 'true', BROWSER: '/x/browser.sh' },
    undefined,
  ],
])(
  'whether a window could appear %s is decided without starting anything',
  (_, platform, environment, reason) => {
    expect(whyNoWindow(page, platform, environment)).toBe(reason);
  },
);

test.each([
  'file:///etc/passwd',
  'javascript:alert(1)',
  'http://example.com/',
  'http://localhost.evil.example/',
])('R-8252-1 %s is never opened: https and loopback only', async (url) => {
  expect(await systemOpenUrl(url)).toEqual({
    opened: false,
    reason: 'the URL is neither https nor loopback',
  });
});

// A timer of Node holds 24.8 days; one that is set for longer ends at once, with a warning on stderr.
test.each([30 * 24 * 60 * 60 * 1000, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY])(
  'a sleep of %d ms lasts until it is aborted, and Node has nothing to warn of',
  async (ms) => {
    const warnings: string[] = [];
    const listener = ({ name }: Error) => void warnings.push(name);
    process.on('warning', listener);
    onTestFinished(() => void process.off('warning', listener));
    const controller = new AbortController();
    const sleep = systemClock.sleep(ms, controller.signal).then(
      () => 'over',
      () => 'aborted',
    );
    await systemClock.sleep(20);
    controller.abort();
    expect(await sleep).toBe('aborted');
    expect(warnings).toEqual([]);
  },
);
