/**
 * A gateway that is already running serves from a snapshot of the credentials: told to look again, and believed only when it
 * says so itself. It decides what is true of the gateway; when to ask, the story decides.
 */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import type { Environment } from '../ports.ts';
import { foreignText } from '../redact.ts';

/** Whether a running gateway has read what was stored; `stale`: it has not, and `hint` is the next step. */
export type GatewayOutcome =
  /** No gateway is running here. */
  | { readonly state: 'absent' }
  /** The gateway confirmed that it has read the credentials again. */
  | { readonly state: 'reloaded' }
  /** A gateway may be running with the old credentials; `hint` has the command to run. */
  | { readonly state: 'stale'; readonly hint: string; readonly needsRestart?: true };

export interface GatewayContext {
  /** The configuration file that the gateway runs with: its lock is named after it. */
  configurationPath: string;
  /** `gateway.port` of the configuration. Default: 18789. */
  port?: number | undefined;
  /** How the installed OpenClaw is started; undefined where none is in reach. */
  program?: (() => Promise<{ node: string; script: string }>) | undefined;
  environment: Environment;
  /** Where a gateway may keep its lock: versions of 2026.9 below their state, earlier ones where the system keeps such things. */
  temporaryDirectories: readonly string[];
  /** How long the gateway may take, in milliseconds. Default: 20,000. */
  timeoutMs?: number | undefined;
  /** Ends the asking: what is true of the gateway is then not known. */
  signal?: AbortSignal | undefined;
}

const DEFAULT_PORT = 18_789;
const CONNECT_TIMEOUT_MS = 500;
const RELOAD_COMMAND = 'openclaw secrets reload';

/** Asks a running gateway to read the credentials again. Never rejects: what cannot be confirmed is `stale`. */
export async function reloadGateway(context: GatewayContext): Promise<GatewayOutcome> {
  if (!(await isGatewayRunning(context))) return { state: 'absent' };
  const stale = (why: string, next = `Run: ${RELOAD_COMMAND}`): GatewayOutcome => ({
    state: 'stale',
    hint: `A gateway is running and may still use the old credential (${why}). ${next}`,
  });
  const { program, environment, timeoutMs = 20_000, signal } = context;
  if (program === undefined) return stale('no OpenClaw is in reach to ask it');
  const answer = await ask(await program(), environment, timeoutMs, signal);
  return answer.ok ? { state: 'reloaded' } : stale(answer.why, answer.next);
}

/** By its lock, whose process is alive; else by its port, because a gateway may have a temporary directory of its own. */
export async function isGatewayRunning({
  configurationPath,
  port,
  environment,
  temporaryDirectories,
}: GatewayContext): Promise<boolean> {
  const uid = process.getuid?.();
  const hash = createHash('sha256').update(configurationPath).digest('hex').slice(0, 8);
  const folder = uid === undefined ? 'openclaw' : `openclaw-${uid}`;
  const locks = temporaryDirectories.map((base) => join(base, folder, `gateway.${hash}.lock`));
  if (locks.some((lock) => isAlive(readPid(lock)))) return true;
  const chosen = Number(environment.OPENCLAW_GATEWAY_PORT ?? port ?? DEFAULT_PORT);
  return Number.isInteger(chosen) && chosen > 0 && chosen < 65_536 ? answers(chosen) : false;
}

function readPid(lock: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(lock, 'utf8')) as { pid?: unknown };
    return typeof pid === 'number' ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: CONNECT_TIMEOUT_MS });
    const settle = (running: boolean) => {
      socket.destroy();
      resolve(running);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}

/** Through the installed program, which knows the gateway's address and its token. Its exit status proves nothing. */
function ask(
  { node, script }: { node: string; script: string },
  environment: Environment,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<{ ok: true } | { ok: false; why: string; next?: string }> {
  return new Promise((resolve) => {
    const child = spawn(node, [script, 'secrets', 'reload', '--json'], {
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      // Ctrl-C is for us, and the answer to it is `signal`.
      detached: process.platform !== 'win32',
      ...(signal === undefined ? {} : { signal }),
    });
    let said = '';
    let complained = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (said.length < 65_536) said += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (complained.length < 65_536) complained += chunk;
    });
    child.once('error', (error) =>
      resolve({
        ok: false,
        why: signal?.aborted
          ? 'it was not waited for'
          : `it could not be asked: ${foreignText(String('code' in error ? error.code : error.name), 40)}`,
      }),
    );
    child.once('close', () => {
      if (confirms(said)) resolve({ ok: true });
      else resolve({ ok: false, ...(UNAPPROVED.test(complained) ? NOT_ALLOWED : UNCONFIRMED) });
    });
  });
}

const UNCONFIRMED = { why: 'it did not confirm a reload' };
/** From 2026.5 to 2026.6 whoever has sent the gateway a message first is not allowed to reload it, with its own token or not. */
const UNAPPROVED = /scope upgrade pending|pairing required/;
const NOT_ALLOWED = {
  why: "OpenClaw's own command is not approved to reload it",
  next: `Restart the gateway; or approve the request in its Control UI, under devices, and run: ${RELOAD_COMMAND}`,
};

/**
 * What a confirmation is worth where the provider had no credential before. From generation D on, a gateway that was started without one
 * confirms, and goes on without it until it is restarted (measured with 2026.8.2 and 2026.9.6); every later one it does read.
 */
export function afterFirstCredential(outcome: GatewayOutcome): GatewayOutcome {
  if (outcome.state !== 'reloaded') return outcome;
  const hint =
    'A gateway that was started before its first credential of this provider does not use it, although it says that it has read it. Restart the gateway.';
  return { state: 'stale', hint, needsRestart: true };
}

/** `{"ok":true,…}`, after whatever else the program printed. */
function confirms(said: string): boolean {
  const start = said.search(/^\{/m);
  if (start === -1) return false;
  try {
    const answer: unknown = JSON.parse(said.slice(start));
    return typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === true;
  } catch {
    return false;
  }
}
