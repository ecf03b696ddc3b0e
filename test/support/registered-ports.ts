/**
 * The registered callback ports, 1455 and 1457, of which the machine has one each: whoever runs tests with them takes turns, in
 * this run and in others. Where somebody else holds them the tests are skipped, and say so.
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';

const LOCK = join(tmpdir(), 'codex-login-test-ports-1455-1457');
const LONGEST_TURN_MS = 100_000;

/** To be called at the top of a file: its tests have both ports to themselves. */
export function useRegisteredPorts(): void {
  let taken: string | undefined;
  beforeAll(async () => {
    const until = Date.now() + LONGEST_TURN_MS;
    while (!lock() && Date.now() < until) await pause(100);
    for (const port of [1455, 1457])
      if (await isTaken(port)) taken = `port ${port} is held by another program`;
  });
  afterAll(() => unlock());
  beforeEach((context) => {
    if (taken !== undefined) context.skip(taken);
  });
}

/** Holds one of them, as another program would, until the test ends. */
export async function holdPort(port: 1455 | 1457): Promise<void> {
  const servers = ['127.0.0.1', '::1'].map(async (host) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.once('error', () => resolve()).listen(port, host, resolve));
    onTestFinished(() => void server.close());
  });
  await Promise.all(servers);
}

function lock(): boolean {
  try {
    mkdirSync(LOCK);
    writeFileSync(join(LOCK, 'pid'), String(process.pid));
    return true;
  } catch {
    if (!isAlive(holder())) rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}

function unlock(): void {
  if (holder() === process.pid) rmSync(LOCK, { recursive: true, force: true });
}

function holder(): number | undefined {
  try {
    return Number(readFileSync(join(LOCK, 'pid'), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/** Somebody without a number yet is just arriving. */
function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
