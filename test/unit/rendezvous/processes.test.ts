import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { meetingPlace } from '../../support/meeting.ts';

interface Word {
  ready?: true;
  role?: string;
  first?: number;
}
interface Meeter {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Its next word. */
  hear(): Promise<Word>;
}

function startMeeter(directory: string): Meeter {
  const script = fileURLToPath(new URL('../../support/meeter.mjs', import.meta.url));
  const built = join(inject('installed'), 'node_modules/codex-login');
  const child = fork(script, [built, directory, 'target']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const words: Word[] = [];
  const waiting: ((word: Word) => void)[] = [];
  child.on('message', (word: Word) => {
    const next = waiting.shift();
    if (next) next(word);
    else words.push(word);
  });
  const hear = async () => words.shift() ?? new Promise<Word>((resolve) => waiting.push(resolve));
  return { child, pid: child.pid ?? 0, hear };
}

describe.skipIf(process.platform === 'win32')('eight processes that start at once', () => {
  test('have one first among them, and when it is killed exactly one takes over, until none is left', async () => {
    const directory = meetingPlace().runtimeDirectory;
    let living = Array.from({ length: 8 }, () => startMeeter(directory));
    await Promise.all(living.map(({ hear }) => hear()));
    for (const { child } of living) child.send('go');
    while (living.length > 0) {
      const words = await Promise.all(living.map(({ hear }) => hear()));
      const [first, ...more] = living.filter((_, index) => words[index]?.role === 'first');
      expect(more).toEqual([]);
      const others = living.filter((meeter) => meeter !== first);
      expect(words.filter(({ role }) => role === 'follower')).toEqual(
        others.map(() => ({ role: 'follower', first: first?.pid })),
      );
      first?.child.kill('SIGKILL');
      living = others;
    }
    // What the last one left is one dead socket: the next takes its place.
    const next = startMeeter(directory);
    await next.hear();
    next.child.send('go');
    expect(await next.hear()).toEqual({ role: 'first' });
    expect(readdirSync(join(directory, 'codex-login'))).toHaveLength(1);
  });
});
