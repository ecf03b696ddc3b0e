import { describe, expect, test, vi } from 'vitest';

import { runCommand } from '../support/command.ts';
import { isInstalled, offeredBy, SHELL_LIMIT_MS, type Shell } from '../support/shells.ts';
import { temporaryDirectory } from '../support/temporary.ts';

vi.setConfig({ testTimeout: SHELL_LIMIT_MS + 5_000 });

describe('codex-login completion', () => {
  test.each<Shell>(['bash', 'zsh', 'fish'])('prints on stdout what %s understands', async (shell) => {
    const home = temporaryDirectory();
    const { status, stdout, stderr } = await runCommand(['completion', shell], { home });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('codex-login');
  });

  test.each<Shell>(['bash', 'zsh', 'fish'])('as installed completes in %s', async (shell) => {
    const { stdout } = await runCommand(['completion', shell], { home: temporaryDirectory() });
    expect(offeredBy(shell, stdout, 'codex-login order ', temporaryDirectory())).toEqual([
      'clear',
      'get',
      'set',
    ]);
  });

  test.beforeEach(({ task, skip }) => {
    const missing = (['bash', 'zsh', 'fish'] as const).find(
      (shell) => task.name === `as installed completes in ${shell}` && !isInstalled(shell),
    );
    if (missing !== undefined) skip(`${missing} is not installed: its completion was not tried`);
  });

  test('for another shell says which there are', async () => {
    const { status, stderr } = await runCommand(['completion', 'tcsh'], { home: temporaryDirectory() });
    expect(status).toBe(2);
    expect(stderr).toContain('There is completion for bash, zsh and fish.');
  });
});

test('help on a topic is an answer: on stdout, whole and plain in a pipe', async () => {
  const { status, stdout, stderr } = await runCommand(['help', 'headless'], {
    home: temporaryDirectory(),
    env: { SSH_CONNECTION: '203.0.113.7 51234 198.51.100.4 22', USER: 'robin' },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^ {4}ssh -L 1455:localhost:1455 robin@198\.51\.100\.4$/m);
  expect(stdout).toContain('This is an SSH session');
});

test('help on an error is its paragraph, which the package carries', async () => {
  const { status, stdout, stderr } = await runCommand(['help', 'ERR_STORE_LOCKED'], {
    home: temporaryDirectory(),
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^ERR_STORE_LOCKED\n {2}StoreError · exit status 7\n {2}Another program holds/);
  expect(stdout).toMatch(/^ {2}Next step: /m);
});
