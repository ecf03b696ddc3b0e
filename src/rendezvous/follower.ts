/** A follower's side: it hears the first login's events until there are no more, and says nothing. */

import type { Socket } from 'node:net';

import { startDeadline } from '../words/deadline.ts';
import type { LoginEvent } from '../words/events.ts';
import type { Clock } from '../words/ports.ts';
import { linesOf, parseGreeting, parseLine } from './messages.ts';

export interface Follower {
  readonly role: 'follower';
  readonly first: { readonly pid: number };
  /** From the first's beginning, in order. Ends when the first has gone, whatever became of it; to be read once. */
  readonly events: AsyncIterable<LoginEvent>;
  /** Stops listening. The first takes no notice. */
  leave(): void;
}

/**
 * `dead`: nobody stands behind the socket any more. `passing`: somebody does, and is on the way out or has no room.
 * `silent`: somebody does who says nothing, like a process that was stopped.
 */
export type Meeting = Follower | { readonly role: 'dead' | 'passing' | 'silent' };

/** How long the first may take to greet, in milliseconds: one that loads its libraries on a busy machine takes seconds. */
const GREETING_MS = 5_000;

/** Rejects when `signal` aborts. */
export async function meetFirst(path: string, clock: Clock, signal: AbortSignal): Promise<Meeting> {
  const { connect } = process.getBuiltinModule('node:net');
  const socket = connect({ path });
  const leave = () => void socket.destroy();
  const met = new AbortController();
  signal.addEventListener('abort', leave);
  socket.once('close', () => signal.removeEventListener('abort', leave));
  try {
    const refusal = await connected(socket);
    if (refusal !== undefined) return { role: DEAD.includes(refusal) ? 'dead' : 'passing' };
    const late = startDeadline(clock, GREETING_MS, met.signal).signal;
    const giveUp = () => {
      if (!met.signal.aborted) leave();
    };
    // Where this process was the one that did not come to its turn, the greeting is there and has yet to be read.
    late.addEventListener('abort', () => setImmediate(() => setImmediate(giveUp)), { once: true });
    const lines = linesOf(socket.setEncoding('utf8'));
    const { value } = await lines.next();
    if (value === undefined && late.aborted) return { role: 'silent' };
    const pid = value === undefined ? undefined : parseGreeting(value);
    if (pid === undefined) {
      leave();
      return { role: 'passing' };
    }
    return { role: 'follower', first: { pid }, events: eventsIn(lines), leave };
  } finally {
    met.abort();
    if (signal.aborted) leave();
    signal.throwIfAborted();
  }
}

/** What the system says of a socket that nobody listens on, that is no socket, or that is gone. */
const DEAD: readonly string[] = ['ECONNREFUSED', 'ENOTSOCK', 'EPROTOTYPE', 'ENOENT'];

/** Resolves to the system's code where the connection was refused. */
function connected(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(undefined));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    socket.once('close', () => resolve('closed'));
  });
}

async function* eventsIn(lines: AsyncIterable<string>): AsyncGenerator<LoginEvent, void, undefined> {
  // Whoever only finds that nobody is there has no need of it.
  const { parseEvent } = await import('./parse-event.ts');
  for await (const line of lines) {
    // What this version does not know is passed over: the first may be a newer one.
    const event = parseEvent(parseLine(line));
    if (event !== undefined) yield event;
  }
}
