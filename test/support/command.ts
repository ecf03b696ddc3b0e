/** The packed command line as a child process. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';

import type { LoginEvent } from '../../src/words/events.ts';

export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
  /** stdout as JSON lines. */
  events: Line[];
}
export type Line = Record<string, unknown> & { type: string };

export interface RunningCommand {
  readonly child: ChildProcess;
  /** The first JSON line of this type; rejects when the command ends without one. */
  line<Type extends string>(type: Type): Promise<Extract<LoginEvent, { type: Type }> & Line>;
  /** The first line of stdout that matches. */
  text(pattern: RegExp): Promise<RegExpExecArray>;
  /** The same of stderr. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

/** Starts the installed command; it is killed when the test ends. The environment holds a home of its own and no display. */
export function startCommand(
  args: readonly string[],
  options: { home: string; env?: NodeJS.ProcessEnv; node?: string[] },
): RunningCommand {
  const program = join(inject('installed'), 'node_modules/codex-login/bin/codex-login.cjs');
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [...(options.node ?? []), program, ...args], {
    env: {
      PATH: onlyNode(PATH),
      HOME: options.home,
      // Logins of this run meet here, and no others.
      XDG_RUNTIME_DIR: inject('installed'),
      NO_COLOR: '1',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watch of watchers) watch();
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    changed();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    changed();
  });
  const events = () =>
    stdout
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status) => resolve({ status, stdout, stderr, events: events() }));
  });
  const until = <T>(find: () => T | undefined | null): Promise<T> =>
    new Promise((resolve, reject) => {
      const watch = () => {
        const found = find();
        if (found === undefined || found === null) return;
        watchers.delete(watch);
        resolve(found);
      };
      watchers.add(watch);
      watch();
      ended.then(({ status }) =>
        reject(new Error(`ended with ${status} before it said so:\n${stdout}\n${stderr}`)),
      );
    });
  return {
    child,
    line: (type) => until(() => events().find((line) => line.type === type) as never),
    text: (pattern) => until(() => pattern.exec(stdout)),
    said: (pattern) => until(() => pattern.exec(stderr)),
    ended,
  };
}

/** Runs the installed command to its end. */
export function runCommand(
  args: readonly string[],
  options: { home: string; env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  return startCommand(args, options).ended;
}

/** No OpenClaw that happens to be installed here shall decide a test. */
function onlyNode(path: string): string {
  return path
    .split(':')
    .filter((directory) => /^(?:\/usr)?\/s?bin$/.test(directory))
    .join(':');
}
