/** A place of one's own for logins to meet, and what may stand there. */

import { linkSync, mkdirSync, realpathSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { joinRendezvous, type RendezvousOptions } from '../../src/rendezvous/join.ts';
import type { MeetingPlace } from '../../src/rendezvous/meeting-directory.ts';
import { systemClock } from '../../src/system.ts';
import type { LoginEvent } from '../../src/words/events.ts';
import { temporaryDirectory } from './temporary.ts';

/** Its logins meet in `<runtimeDirectory>/codex-login`. */
export function meetingPlace(): MeetingPlace & { runtimeDirectory: string } {
  const runtimeDirectory = realpathSync(temporaryDirectory());
  return { uid: process.getuid?.(), runtimeDirectory, temporaryDirectory: runtimeDirectory };
}

/** Joins, and parts when the test ends. */
export async function meet(
  place: MeetingPlace,
  options: Partial<RendezvousOptions & { target: string }> = {},
) {
  const { target = 'target', ...rest } = options;
  const signal = new AbortController().signal;
  const joined = await joinRendezvous(target, {
    place,
    pid: process.pid,
    clock: systemClock,
    signal,
    ...rest,
  });
  onTestFinished(() => {
    if (joined.role === 'first') joined.close();
    if (joined.role === 'follower') joined.leave();
  });
  return joined;
}

/** A socket at this path: somebody listens, or, after `die`, nobody does any more. */
export async function standAt(directory: string, name: string, onConnection: (socket: Socket) => void) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const made = join(temporaryDirectory(), 's');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(made, resolve));
  // Node.js removes the name that it listens on, as a process that is killed does not.
  linkSync(made, join(directory, name));
  const die = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  onTestFinished(() => die());
  return { die };
}

export const told = (type: 'listening' | 'waiting' | 'result' | 'error' | 'browser', more: object = {}) =>
  ({ v: 1, time: '2026-11-24T12:00:00.000Z', type, ...BODIES[type], ...more }) as LoginEvent;

const BODIES = {
  listening: { redirectUri: 'http://localhost:1455/auth/callback', addresses: [] },
  waiting: {},
  browser: { opened: true },
  error: { ok: false, code: 'ERR_ACCESS_DENIED', message: 'Denied.', hint: 'Again.', exitCode: 3 },
  result: {
    ok: true,
    profileId: 'a',
    expires: 1,
    store: 's',
    order: ['a'],
    lastGood: 'a',
    routable: true,
  },
};
