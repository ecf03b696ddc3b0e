import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { showProgress } from '../../../src/cli/progress.ts';
import { readSurroundings, type Surroundings } from '../../../src/surroundings.ts';
import { systemClock, systemProbe } from '../../../src/system.ts';
import { LoginError } from '../../../src/words/errors.ts';
import type { LoginEvent } from '../../../src/words/events.ts';
import { watched } from '../../support/watched-terminal.ts';

// What this run's own terminal can do is none of these tests' business.
beforeEach(() => {
  vi.stubEnv('NO_COLOR', '');
  vi.stubEnv('TERM', 'xterm');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const title = '\u001b]0;owned\u0007';
const hostile = `${title}a\u001b[2J\u001b[8mb\u009b31mc\u202ed\u2066e\u200ff\rg\u2028h\bi\u001b(0`;

describe('a terminal', () => {
  test.each([true, false])('gets nothing but text and line breaks, whatever is said: colours %s', (color) => {
    const { terminal, written } = watched({ color });
    terminal.say(`first${hostile}\nsecond`);
    terminal.answer(`first${hostile}\nsecond`);
    for (const text of [written.stdout, written.stderr]) {
      expect(text).not.toMatch(/[^\P{Cc}\n]/u);
      expect(text).not.toMatch(/[\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      expect(text.split('\n')).toHaveLength(3);
    }
  });

  test('shows our own colours where it has any', () => {
    const { terminal, written } = watched({ color: true });
    const { bold, cyan, dim, green, red, yellow } = terminal.colors;
    const text = [bold, cyan, dim, green, red, yellow].map((paint) => paint('x')).join('');
    terminal.say(text);
    expect(text).toContain('\u001b[31m');
    expect(written.stderr).toBe(`${text}\n`);
  });

  test('gets no line of ours from a name in a store', () => {
    const { terminal, written } = watched();
    const spoof = 'id\n✔ Routable: this profile is the one that will be used.';
    const event = {
      v: 1,
      time: '2026-11-24T12:00:00.000Z',
      type: 'committed',
      store: '/s',
      generation: 'file',
      profileId: spoof,
      order: [spoof],
      lastGood: spoof,
      retired: [spoof],
    } satisfies LoginEvent;
    showProgress(terminal, { clock: systemClock, timeoutMs: 1000 }).onEvent(event);
    expect(written.stderr).not.toMatch(/^✔ Routable/m);
  });
});

describe('the line that lives', () => {
  test('has whole sentences, as many as fit', () => {
    const line = '  Waiting: 9:59 left. Stuck? Paste the last address, Enter. Ctrl-C ends it.';
    for (const [columns, shown] of [
      [80, line],
      [61, '  Waiting: 9:59 left. Stuck? Paste the last address, Enter.'],
      [40, '  Waiting: 9:59 left. Ctrl-C ends it.'],
    ] as const) {
      const { terminal, written } = watched({ columns });
      terminal.status(line);
      expect(written.stderr).toBe(shown);
    }
  });

  test('leaves the line alone that a person types while the command is in the background', () => {
    let foreground = true;
    const { terminal, written } = watched({ inForeground: () => foreground });
    terminal.status('Waiting: 2 left.');
    foreground = false;
    terminal.status('Waiting: 1 left.');
    terminal.say('Stored.');
    expect(written.stderr).toBe('Waiting: 2 left.Stored.\n');
    foreground = true;
    terminal.status('Waiting: 0 left.');
    expect(written.stderr).toBe('Waiting: 2 left.Stored.\nWaiting: 0 left.');
  });

  test('is none where the command was started in the background', () => {
    const { terminal, written } = watched({ inForeground: () => false });
    terminal.status('Waiting: 2 left.');
    expect([terminal.live, terminal.person, written.stderr]).toEqual([false, true, '']);
  });
});

describe('what has to be found out first', () => {
  const base = { v: 1, time: '2026-11-24T12:00:00.000Z' } as const;

  test('is said in its turn, and all of it before the end', async () => {
    const { terminal, written } = watched({ columns: 200 });
    let find: (place: Surroundings) => void = () => undefined;
    const place = new Promise<Surroundings>((resolve) => {
      find = resolve;
    });
    const options = { clock: systemClock, timeoutMs: 1000, surroundings: () => place };
    const { onEvent, end } = showProgress(terminal, options);
    onEvent({ ...base, type: 'browser', opened: false, reason: 'no display' });
    onEvent({ ...base, type: 'error', ok: false, code: 'ERR_X', message: 'No.', hint: 'Yes.', exitCode: 1 });
    const ended = end();
    expect(written.stderr).toBe('');
    find(readSurroundings({}, 'darwin', { ...systemProbe, exists: () => false }));
    await ended;
    expect(written.stderr).toBe(
      'No browser was opened (no display): open the page above yourself, on this machine.\n✖ No.\n  Yes. (codex-login help ERR_X)\n',
    );
    onEvent({ ...base, type: 'browser', opened: true });
    expect(written.stderr).toContain('It was opened in your browser.');
  });
});

describe('a way to the server that is blocked', () => {
  const base = { v: 1, time: '2026-11-24T12:00:00.000Z' } as const;
  const [summary, hint] = ['The proxy cannot be reached.', 'Correct HTTPS_PROXY.'];

  test('is told once where the login ends with it, and is a note where it goes on', () => {
    for (const final of [true, undefined]) {
      const { terminal, written } = watched();
      const { onEvent } = showProgress(terminal, { clock: systemClock, timeoutMs: 1000 });
      onEvent({ ...base, type: 'network', ok: false, ...(final && { final }), summary, hint });
      expect(written.stderr).toBe(final ? '' : `Note: ${summary} ${hint}\n`);
      const code = 'ERR_NETWORK';
      onEvent({ ...base, type: 'error', ok: false, code, message: summary, hint, exitCode: 6 });
      expect(written.stderr).toContain(`✖ ${summary}\n  ${hint} (codex-login help ${code})`);
    }
  });
});

describe('a sign-in that follows another one', () => {
  const base = { v: 1, time: '2026-11-24T12:00:00.000Z' } as const;
  const url = (path: string) => `https://issuer.example/${path}`;

  test('says whom it follows, asks for no paste meanwhile, and says when it goes on by itself', () => {
    const { terminal, written } = watched();
    const { onEvent, end } = showProgress(terminal, { clock: systemClock, timeoutMs: 60_000, pastes: true });
    onEvent({ ...base, type: 'waiting', following: 4711, reason: 'somebody is first' });
    onEvent({ ...base, type: 'authorization_url', url: url('one') });
    onEvent({ ...base, type: 'browser', opened: false, reason: 'not asked for' });
    expect(written.stderr).toContain('already waiting in another terminal (pid 4711): following that one.');
    expect(written.stderr).toContain(url('one'));
    expect(written.stderr).not.toMatch(/paste/i);
    onEvent({ ...base, type: 'waiting', following: null, reason: 'it has gone' });
    expect(written.stderr).toContain('it goes on here');
    onEvent({ ...base, type: 'authorization_url', url: url('two') });
    expect(written.stderr).toContain(url('two'));
    expect(written.stderr).toMatch(/Paste the last address, Enter/);
    end();
  });
});

describe('--verbose', () => {
  const error = new LoginError('ERR_UNEXPECTED', { summary: 'It broke.', hint: 'Try again.' });
  error.stack = 'TypeError\n    at /x.js:1:1 refresh_token=planted-secret';

  test('tells where an error was made, also one that a login has told already', () => {
    const { terminal, written } = watched();
    terminal.fail(error, {});
    expect(written.stderr).toBe('✖ It broke.\n  Try again. (codex-login help ERR_UNEXPECTED)\n');
    terminal.fail(error, { verbose: error });
    expect(written.stderr.match(/It broke/g)).toHaveLength(1);
    expect(written.stderr).toContain('TypeError\n    at /x.js:1:1');
  });

  test('R-9700-3 shows no secret that a stack may hold', () => {
    const { terminal, written } = watched();
    terminal.fail(error, { verbose: error });
    expect(written.stderr).toContain('refresh_token=[redacted]');
    expect(written.stderr).not.toContain('planted');
  });

  test('with --json adds no line to what is told', () => {
    const { terminal, written } = watched({ json: true });
    terminal.fail(error, { verbose: error });
    terminal.fail(error, { verbose: error });
    expect(written.stderr).toBe('');
    expect(written.stdout.trim().split('\n')).toHaveLength(1);
    expect(written.stdout).not.toContain('x.js');
  });
});
