/**
 * The production ports: the one place that knows the real clock, the real environment and the person's real browser.
 */

import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { setTimeout as timer } from 'node:timers/promises';

import type { Clock, Environment, Fetch, OpenUrl, OpenUrlOutcome, RandomBytes } from './ports.ts';

/** What a timer of Node can hold: one that is set for longer ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(durationMs, signal) {
    let left = durationMs;
    for (; left > LONGEST_TIMER_MS; left -= LONGEST_TIMER_MS)
      await timer(LONGEST_TIMER_MS, undefined, signal ? { signal } : {});
    await timer(left, undefined, signal ? { signal } : {});
  },
};

export const systemRandomBytes: RandomBytes = (length) => nodeRandomBytes(length);

export const systemFetch: Fetch = (input, init) => globalThis.fetch(input, init);

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

export const systemHomeDirectory = (): string => homedir();

/** How long a helper program gets to say that it failed. What lives longer has opened something. */
const OPEN_VERDICT_MS = 1500;

/**
 * Opens https and loopback URLs in the person's browser, through `open`: no shell, the URL as one argument.
 * Nothing is started where no window could appear.
 */
export const systemOpenUrl: OpenUrl = async (url, signal) => {
  const reason = whyNoWindow(url, process.platform, systemEnvironment);
  if (reason !== undefined) return { opened: false, reason };
  try {
    const { default: open } = await import('open');
    const child = await open(url);
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
};

/** Why a browser could not show this URL here, decided without starting anything; undefined where one may. */
export function whyNoWindow(
  url: string,
  platform: NodeJS.Platform,
  environment: Environment,
): string | undefined {
  const { protocol, hostname } = new URL(url);
  const loopback = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  if (protocol !== 'https:' && !(protocol === 'http:' && loopback))
    return 'the URL is neither https nor loopback';
  if (environment.BROWSER !== undefined && environment.BROWSER !== '') return undefined;
  if (environment.CODESPACES) return 'this is a Codespace';
  if (environment.REMOTE_CONTAINERS) return 'this is a container';
  if (environment.SSH_CONNECTION || environment.SSH_CLIENT || environment.SSH_TTY)
    return 'this is an SSH session';
  if (platform !== 'linux' || environment.WSL_DISTRO_NAME) return undefined;
  return environment.DISPLAY || environment.WAYLAND_DISPLAY ? undefined : 'there is no display here';
}

function whatFailed(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return `the browser helper could not be started (${code})`;
}
