/** The packed command line in a terminal of its own (`script`, from util-linux), as a person sees it and types into it. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';

export interface PseudoTerminal {
  readonly child: ChildProcess;
  /** Everything the terminal was sent so far. */
  readonly output: string;
  /** Resolves once the output after the last match holds this; rejects when the command ends without it. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  type(text: string): void;
  /** As a terminal does that marks a paste. */
  paste(text: string): void;
  /** The exit status of the command, and what the terminal's settings were after it. */
  readonly ended: Promise<{ status: number; settings: string }>;
}

/** Why there is no terminal to be had here; undefined where there is one. */
export const noPseudoTerminal =
  spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'no pseudo-terminal: the program "script" of util-linux is missing';

interface TerminalOptions {
  home: string;
  env?: NodeJS.ProcessEnv;
  columns?: number;
}

/** Starts the installed command behind a shell that tells its exit status and the terminal's settings afterwards. */
export function startInTerminal(args: readonly string[], options: TerminalOptions): PseudoTerminal {
  const program = join(inject('installed'), 'node_modules/codex-login/bin/codex-login.cjs');
  return startProgramInTerminal([process.execPath, program, ...args], options);
}

/** The same with any program. */
export function startProgramInTerminal(words: readonly string[], options: TerminalOptions): PseudoTerminal {
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  // The shell hears Ctrl-C too, and goes on to tell what it was told.
  const line = `trap : INT; stty cols ${options.columns ?? 80}; ${quoted}; echo "[status $?] [settings $(stty -g)]"`;
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    env: {
      PATH: '/usr/bin:/bin',
      HOME: options.home,
      SHELL: '/bin/sh',
      TERM: 'xterm-256color',
      NO_COLOR: '1',
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  let seen = 0;
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    for (const watch of watchers) watch();
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const shows = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const watch = () => {
        const found = pattern.exec(output.slice(seen));
        if (found === null) return;
        watchers.delete(watch);
        seen += found.index + found[0].length;
        resolve(found);
      };
      watchers.add(watch);
      watch();
      closed.then(() => reject(new Error(`ended before it showed ${pattern}:\n${output}`)));
    });
  return {
    child,
    get output() {
      return output;
    },
    shows,
    type: (text) => void child.stdin.write(text),
    paste: (text) => void child.stdin.write(`\u001b[200~${text}\u001b[201~\r`),
    ended: closed.then(() => {
      const found = /\[status (\d+)\] \[settings ([^\]]+)\]/.exec(output);
      if (found === null) throw new Error(`no exit status:\n${output}`);
      return { status: Number(found[1]), settings: found[2] ?? '' };
    }),
  };
}
