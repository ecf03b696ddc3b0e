import { expect, test } from 'vitest';

import { systemOpenUrl, whyNoWindow } from '../../src/system.ts';

const page = 'https://auth.example/oauth/authorize';

test.each<[string, NodeJS.Platform, Record<string, string>, string | undefined]>([
  ['on a desktop', 'linux', { DISPLAY: ':0' }, undefined],
  ['on Wayland', 'linux', { WAYLAND_DISPLAY: 'wayland-0' }, undefined],
  ['on macOS', 'darwin', {}, undefined],
  ['in WSL', 'linux', { WSL_DISTRO_NAME: 'Debian' }, undefined],
  ['without a display', 'linux', {}, 'there is no display here'],
  ['over SSH', 'darwin', { SSH_CONNECTION: '1 2 3 4' }, 'this is an SSH session'],
  ['over SSH with a display', 'linux', { SSH_TTY: '/dev/pts/0', DISPLAY: ':10' }, 'this is an SSH session'],
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
