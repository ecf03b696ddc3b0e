/**
 * The first login's side: it tells what happens to whoever follows, and listens to nobody. No follower can end it, change it or
 * make it wait.
 */

import type { Server, Socket } from 'node:net';

import { bind } from '../bind.ts';
import type { LoginEvent } from '../words/events.ts';
import type { Workshop } from './claim.ts';
import { eventLine, greeting } from './messages.ts';

export interface First {
  readonly role: 'first';
  /** Tells every follower, now or when it comes, for as long as the login has not ended. */
  tell(event: LoginEvent): void;
  /** Gives the place up, then parts with every follower. Waits for none of them. */
  close(): void;
}

const MOST_FOLLOWERS = 64;
/** What a follower that does not read may leave in our memory, in bytes. */
const LARGEST_BACKLOG = 256 * 1024;
/** How long a follower may take to read the last words. */
const FAREWELL_MS = 1_000;

export interface Speaker extends First {
  readonly server: Server;
}

/** Listens on the workshop's socket. Rejects with the system's error. */
export async function startSpeaker(workshop: Workshop, pid: number): Promise<Speaker> {
  const { createServer } = process.getBuiltinModule('node:net');
  const followers = new Set<Socket>();
  const told: string[] = [];
  let isOver = false;
  const send = (socket: Socket, text: string) => {
    if (socket.writableLength > LARGEST_BACKLOG) socket.destroy();
    else socket.write(text);
  };
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    if (followers.size >= MOST_FOLLOWERS) return void socket.destroy();
    followers.add(socket);
    socket.once('close', () => followers.delete(socket));
    // Whoever talks is no follower.
    socket.on('data', () => socket.destroy());
    send(socket, greeting(pid) + told.join(''));
  });
  await bind(server, { path: workshop.socket });
  return {
    role: 'first',
    server,
    tell(event) {
      if (isOver) return;
      const line = eventLine(event);
      // Strays are of the moment. Once it has ended, whoever comes has come too late and signs in anew when we are gone.
      if (event.type === 'result' || event.type === 'error') {
        isOver = true;
        told.length = 0;
      } else if (event.type !== 'waiting') told.push(line);
      for (const socket of followers) send(socket, line);
    },
    close() {
      workshop.remove();
      server.close();
      for (const socket of followers) {
        socket.end();
        socket.unref();
        setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
      }
    },
  };
}
