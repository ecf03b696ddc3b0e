/**
 * The production ports: the one place that knows the real clock, the real environment and the person's real browser.
 */

import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readlinkSync, readSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { setTimeout as timer } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { Surroundings } from './surroundings.ts';
import type {
  Clock,
  Environment,
  Fetch,
  OpenUrl,
  OpenUrlOutcome,
  Pipe,
  Probe,
  RandomBytes,
} from './words/ports.ts';

/** What a timer of Node can hold: one that is set for longer ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock of this machine; `monotonic` does not follow when it is set. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(durationMs, signal) {
    let left = durationMs;
    for (; left > LONGEST_TIMER_MS; left -= LONGEST_TIMER_MS)
      await timer(LONGEST_TIMER_MS, undefined, signal ? { signal } : {});
    await timer(left, undefined, signal ? { signal } : {});
  },
};

export const systemRandomBytes: RandomBytes = (length) => nodeRandomBytes(length);

export const systemFetch: Fetch = (input, init) => globalThis.fetch(input, init);

/**
 * For a program that is over after a few requests: the parser of fetch is WebAssembly, and V8 compiles it once to begin with and
 * once more to be fast, which takes 25 MB for the moment. Before the first fetch; a library has no business to call it.
 */
export function sparePeakMemory(): void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  // The first implies the others where it is given on the command line, and not here.
  for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'])
    setFlagsFromString(flag);
  // What was compiled is kept at the end (bin/codex-login.cjs), and V8 takes it back only under the same flags.
  process.prependOnceListener('exit', () => {
    for (const flag of ['--no-liftoff-only', '--wasm-tier-up', '--wasm-dynamic-tiering'])
      setFlagsFromString(flag);
  });
}

export const systemEnvironment: Environment = process.env;

/** Who runs this process, as far as it bears on what its other processes can reach. */
export interface Person {
  /** Undefined where people have no numbers: on Windows. */
  readonly uid: number | undefined;
  /** XDG_RUNTIME_DIR: theirs alone, as long as they are here. */
  readonly runtimeDirectory: string | undefined;
  readonly temporaryDirectory: string;
  /** Which network `localhost` is in, where this machine has several; empty where that is not known. */
  readonly network: string;
}

export const systemPerson = (): Person => ({
  uid: process.getuid?.(),
  runtimeDirectory: systemEnvironment.XDG_RUNTIME_DIR,
  temporaryDirectory: tmpdir(),
  network: networkNamespace(),
});

function networkNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/net');
  } catch {
    return '';
  }
}

/** This machine and this process, for a person to read. */
export const systemProcessName = (): string => `${hostname()} (process ${process.pid})`;

export const systemHomeDirectory = (): string => homedir();

/** What a sign of the place can be read from; such files hold a few lines. */
const LONGEST_SIGN_BYTES = 64 * 1024;

export const systemProbe: Probe = {
  readText(path) {
    try {
      const file = openSync(path, 'r');
      try {
        const bytes = Buffer.alloc(LONGEST_SIGN_BYTES);
        return bytes.toString('utf8', 0, readSync(file, bytes));
      } finally {
        closeSync(file);
      }
    } catch {
      return undefined;
    }
  },
  exists: (path) => existsSync(path),
  get terminal() {
    return { input: isatty(0), output: isatty(2) };
  },
};

/** Where the person sits. @param port where the callback is listened for */
export async function systemSurroundings(port?: number): Promise<Surroundings> {
  const { readSurroundings } = await import('./surroundings.ts');
  return readSurroundings(systemEnvironment, process.platform, systemProbe, port);
}

/** How long a helper program gets to say that it failed. What lives longer has opened something. */
const OPEN_VERDICT_MS = 1500;

/**
 * Opens https and loopback URLs in the person's browser, through `open`: no shell, the URL as one argument.
 * Nothing is started where no window could appear.
 */
export const systemOpenUrl: OpenUrl = async (url, signal) => {
  const { canOpenBrowser, reason } = await systemSurroundings();
  return canOpenBrowser || whyNotOpened(url) !== undefined
    ? await systemOpenUrlAnyway(url, signal)
    : { opened: false, reason };
};

/** The same where the person says that a window appears after all: https and loopback URLs, whatever the place looks like. */
export const systemOpenUrlAnyway: OpenUrl = async (url, signal) => {
  const reason = whyNotOpened(url);
  return reason === undefined ? await startBrowser(url, signal) : { opened: false, reason };
};

async function startBrowser(url: string, signal?: AbortSignal): Promise<OpenUrlOutcome> {
  try {
    const { default: open } = await import('open');
    const { opener } = await systemSurroundings();
    const child = await open(url, opener === undefined ? {} : { app: { name: opener } });
    return await new Promise<OpenUrlOutcome>((resolve) => {
      const settle = (outcome: OpenUrlOutcome) => {
        clearTimeout(verdict);
        resolve(outcome);
      };
      const verdict = setTimeout(() => resolve({ opened: true }), OPEN_VERDICT_MS);
      signal?.addEventListener('abort', () => settle({ opened: true }), { once: true });
      child.once('error', (error) => settle({ opened: false, reason: whatFailed(error) }));
      const exited = (status: number | null) =>
        settle(
          status === 0 || status === null
            ? { opened: true }
            : { opened: false, reason: `the browser helper ended with status ${status}` },
        );
      if (child.exitCode !== null) exited(child.exitCode);
      else child.once('exit', exited);
    });
  } catch (error) {
    return { opened: false, reason: whatFailed(error) };
  }
}

function whyNotOpened(url: string): string | undefined {
  const { protocol, hostname } = new URL(url);
  const loopback = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  const allowed = protocol === 'https:' || (protocol === 'http:' && loopback);
  return allowed ? undefined : 'the URL is neither https nor loopback';
}

function whatFailed(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return `the browser helper could not be started (${code})`;
}

/** How long a program gets that is given a text: it takes it and ends, or never will. */
const PIPE_LIMIT_MS = 2000;

export const systemPipe: Pipe = async (program, args, input) => {
  const { spawn } = await import('node:child_process');
  return await new Promise<boolean>((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], windowsHide: true });
    const limit = setTimeout(() => child.kill('SIGKILL'), PIPE_LIMIT_MS);
    const settle = (ended: boolean) => {
      clearTimeout(limit);
      resolve(ended);
    };
    child.once('error', () => settle(false));
    child.once('exit', (status) => settle(status === 0));
    // One that ends without reading is told by its status.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
};
