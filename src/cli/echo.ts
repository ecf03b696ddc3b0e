/**
 * The terminal's echo, off while something secret is pasted. The terminal stays in cooked mode: Ctrl-C, Ctrl-Z and the line
 * discipline go on as everywhere, and nothing raw is left behind if the process is killed.
 */

import { readFileSync } from 'node:fs';

export interface Echo {
  /** Whether input is shown while it is typed. */
  set(on: boolean): void;
  /** As it was found. */
  restore(): void;
}

/** The echo of the terminal that the process's standard input is; undefined where it cannot be had, e.g. on Windows. */
export function openEcho(): Echo | undefined {
  const found = stty(['-g']);
  if (found === undefined) return undefined;
  return {
    set: (on) => void stty([on ? 'echo' : '-echo']),
    restore: () => void stty([found]),
  };
}

/** What stty says of the terminal on standard input; undefined where there is none, or no stty. */
function stty(args: string[]): string | undefined {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { status, stdout } = spawnSync('stty', args, {
    stdio: ['inherit', 'pipe', 'ignore'],
    encoding: 'utf8',
    timeout: 2_000,
  });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Whether this process is in the foreground of its terminal: one in the background is stopped as soon as it reads or changes
 * the terminal's settings, and what it writes lands in the line that a person is typing. Where the system does not say (only
 * Linux does, in `/proc/self/stat`), or there is no terminal that controls it, it is taken to be.
 */
export function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // After the name, which may hold anything: state, parent, group, session, terminal, the terminal's foreground group.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return foreground === '-1' || group === foreground;
  } catch {
    return true;
  }
}
