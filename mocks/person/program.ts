/**
 * Runs the program under test against the mock, with a stand-in for the person: the authorization URL that it prints is opened. It
 * keeps all that the program shows for the guard, and judges nothing.
 */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

import type { VisitedPage } from './navigation.ts';
import { createUserAgent, type UserAgent } from './user-agent.ts';

/** How a program under test is run. Its default: this environment, this directory, and a browser that does as it is told. */
export interface ProgramOptions {
  /** On top of this process's environment; undefined takes a variable away. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Its working directory; this one's by default. */
  cwd?: string;
  /** What is written to its standard input, which then ends. Without it there is none. */
  input?: string;
  /** The browser that opens the URL; one that does as it is told by default. */
  userAgent?: UserAgent;
  /** Milliseconds after which it is killed; 30,000 by default. */
  timeoutMs?: number;
}

/** What it did, in the form that `guardSecrets` takes. */
export interface ProgramRun {
  /** Null where it was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly argv: readonly string[];
  /** Its arguments and its environment as they were whenever it printed something (Linux only). */
  readonly texts: Readonly<Record<string, string>>;
  /** The last page that the browser showed; absent where no URL was printed, or no page came. */
  readonly page?: VisitedPage;
}

/**
 * Runs it to its end.
 * @param server whose authorization URL is waited for
 * @param command the program and its arguments
 * @throws the system's error where it cannot be started
 */
export function runProgram(
  server: { readonly issuer: string },
  [program, ...args]: readonly [string, ...string[]],
  options: ProgramOptions = {},
): Promise<ProgramRun> {
  const { env = {}, cwd, input, userAgent = createUserAgent(), timeoutMs = 30_000 } = options;
  const argv = [program, ...args];
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => undefined).end(input);
  const limit = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const shown = { stdout: '', stderr: '' };
  const looks = { cmdline: new Set<string>(), environ: new Set<string>() };
  let opened = false;

  function look(): void {
    for (const file of ['cmdline', 'environ'] as const)
      looks[file].add(readIfThere(`/proc/${child.pid}/${file}`));
    const url = authorizationUrlIn(`${shown.stdout}\n${shown.stderr}`, server.issuer);
    if (url === undefined || opened) return;
    opened = true;
    void userAgent.openUrl(url);
  }

  return new Promise((resolve, reject) => {
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
        shown[stream] += chunk;
        look();
      });
    // One that ends at once is gone by the time that its words arrive.
    child.once('spawn', look);
    child.once('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.once('close', (status) => {
      clearTimeout(limit);
      const page = userAgent.lastPage();
      resolve({
        status,
        ...shown,
        argv,
        texts: {
          'the arguments of a running program': [...looks.cmdline].join('\n'),
          'the environment of a running program': [...looks.environ].join('\n'),
        },
        ...(page === undefined ? {} : { page }),
      });
    });
  });
}

/** A whole one: what is printed after it has begun. */
function authorizationUrlIn(text: string, issuer: string): string | undefined {
  return text
    .split(/[\s"'<>]/)
    .slice(0, -1)
    .find((word) => word.startsWith(`${issuer}/`) && word.includes('response_type=code'));
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
