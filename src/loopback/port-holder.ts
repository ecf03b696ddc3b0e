/**
 * Which program has a port that could not be had: its pid and its name, where the system tells them to this person.
 * Never a program's arguments, which may hold secrets. It asks, within a second; `socket-tables` reads the answers.
 */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { PortHolder } from '../words/errors.ts';
import { foreignText } from '../words/redact.ts';
import { commandInTasklist, holderInLsof, inodesIn, pidInNetstat } from './socket-tables.ts';

/** How the system is asked; for tests another one. */
export interface HolderSources {
  readonly platform: NodeJS.Platform;
  /** `/proc` */
  readonly proc: string;
  /** Runs a program without a shell and resolves to what it says; rejects when it fails or `signal` aborts. */
  run(file: string, args: readonly string[], signal: AbortSignal): Promise<string>;
  readonly limitMs: number;
}

/** A sign-in does not wait longer for the name of whoever is in its way. */
const LIMIT_MS = 1_000;
const LONGEST_NAME = 40;
/** Programs that listen on these ports for one thing only. */
const SIGN_INS: readonly string[] = ['codex-login', 'codex', 'openclaw', 'pi'];
const INTERPRETERS = /^(?:node|nodejs|bun|deno)(?:-?\d[\d.]*)?(?:\.exe)?$/;

const SYSTEM: HolderSources = {
  platform: process.platform,
  proc: '/proc',
  run: runProgram,
  limitMs: LIMIT_MS,
};

/** Undefined where the system does not tell, or not within the limit: that is no failure. Never rejects. */
export async function findPortHolder(
  { address, port }: { address: string; port: number },
  sources: Partial<HolderSources> = {},
): Promise<PortHolder | undefined> {
  const asked = { ...SYSTEM, ...sources };
  const signal = AbortSignal.timeout(asked.limitMs);
  try {
    const found = await ASK[asked.platform]?.(address, port, asked, signal);
    return found && { pid: found.pid, command: foreignText(found.command, LONGEST_NAME) || 'a program' };
  } catch {
    return undefined;
  }
}

/** Whether a program of this name is on the port because somebody signs in with it. */
export function isSignIn(command: string): boolean {
  return SIGN_INS.includes(command.replace(/\.exe$/i, ''));
}

type Ask = (
  address: string,
  port: number,
  sources: HolderSources,
  signal: AbortSignal,
) => Promise<PortHolder | undefined>;

const ASK: Partial<Record<NodeJS.Platform, Ask>> = { linux: askProc, darwin: askLsof, win32: askNetstat };

async function askProc(
  address: string,
  port: number,
  { proc, limitMs }: HolderSources,
  signal: AbortSignal,
): Promise<PortHolder | undefined> {
  const until = performance.now() + limitMs;
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) =>
      readFile(join(proc, 'self/net', name), { encoding: 'latin1', signal }).catch(() => ''),
    ),
  );
  const sockets = new Set(
    tables.flatMap((table) => inodesIn(table, address, port)).map((inode) => `socket:[${inode}]`),
  );
  if (sockets.size === 0) return undefined;
  for (const name of readdirSync(proc)) {
    if (!/^\d+$/.test(name)) continue;
    if (holdsOneOf(sockets, join(proc, name, 'fd'), until))
      return { pid: Number(name), command: programOf(join(proc, name)) };
    // There may be thousands of processes, and a browser's answer is not to wait for them.
    await new Promise((resolve) => setImmediate(resolve));
    if (performance.now() > until) return undefined;
  }
  return undefined;
}

function holdsOneOf(sockets: ReadonlySet<string>, directory: string, until: number): boolean {
  const open = attempt(() => readdirSync(directory)) ?? [];
  return open.some(
    (fd) => performance.now() <= until && sockets.has(attempt(() => readlinkSync(join(directory, fd))) ?? ''),
  );
}

/** The file that runs, and for a script of one of the known programs that program's name: a closed list, never an argument. */
function programOf(directory: string): string {
  const file = attempt(() => readlinkSync(join(directory, 'exe')))?.replace(/ \(deleted\)$/, '');
  const name =
    file === undefined
      ? attempt(() => readFileSync(join(directory, 'comm'), 'utf8'))?.trim()
      : basename(file);
  if (name === undefined || !INTERPRETERS.test(name)) return name ?? '';
  const [title = '', ...rest] = (attempt(() => readFileSync(join(directory, 'cmdline'), 'utf8')) ?? '').split(
    '\0',
  );
  const script = rest.find((argument) => !argument.startsWith('-')) ?? '';
  const words = [
    // A program may have put a name of its own in the place of its arguments.
    /^openclaw\b/.exec(title)?.[0] ?? title,
    basename(script).replace(/\.[cm]?js$/, ''),
    /[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?([^\\/]+)/.exec(script)?.[1],
  ];
  return SIGN_INS.find((known) => words.includes(known)) ?? name;
}

async function askLsof(
  address: string,
  port: number,
  { run }: HolderSources,
  signal: AbortSignal,
): Promise<PortHolder | undefined> {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpcn'];
  return holderInLsof(await run('/usr/sbin/lsof', args, signal), address, port);
}

/** By their full paths: Windows would look into the current directory first. */
const WINDOWS_PROGRAMS = 'C:\\Windows\\System32\\';

async function askNetstat(
  address: string,
  port: number,
  { run }: HolderSources,
  signal: AbortSignal,
): Promise<PortHolder | undefined> {
  const table = address.includes(':') ? 'TCPv6' : 'TCP';
  const listening = await run(`${WINDOWS_PROGRAMS}netstat.exe`, ['-ano', '-p', table], signal);
  const pid = pidInNetstat(listening, address, port);
  if (pid === undefined) return undefined;
  const args = ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'];
  const named = await run(`${WINDOWS_PROGRAMS}tasklist.exe`, args, signal).catch(() => '');
  return { pid, command: commandInTasklist(named) ?? '' };
}

function runProgram(file: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const { execFile } = process.getBuiltinModule('node:child_process');
  return new Promise((resolve, reject) => {
    const options = { signal, windowsHide: true, maxBuffer: 4 * 1024 * 1024 };
    execFile(file, [...args], options, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
