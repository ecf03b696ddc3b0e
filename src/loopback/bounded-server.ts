/**
 * One HTTP server on one address of this machine, with limits on what any client may cost it.
 * It decides limits; on which ports there is one, `listen` decides, and what is answered, `app`.
 */

import type { IncomingMessage, ServerResponse, Server as WebServer } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { bind } from '../bind.ts';
import { SECURITY_HEADERS } from './headers.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface BoundedServer {
  readonly server: Server;
  /** The connections of this moment. */
  readonly open: ReadonlySet<Socket>;
  /** Stops listening and destroys every open connection. */
  close(): Promise<void>;
}

/** Connections that have sent no complete request head; past this the oldest makes room for the newest (R-FLOOD). */
const MOST_IDLE_CONNECTIONS = 128;
const LARGEST_HEAD_BYTES = 16 * 1024;
const HEAD_TIMEOUT_MS = 5_000;
/** How long a client that was refused may go on sending: a reset would take the answer away from it. */
const DRAIN_MS = 1_000;

/**
 * Listens on this address and no other. Rejects with the system's error. What speaks HTTP is loaded once this turn of the event loop
 * is over, and takes the bound socket over; whoever connects earlier waits, unread.
 */
export async function startBoundedServer(
  host: string,
  port: number,
  handler: RequestHandler,
): Promise<BoundedServer> {
  const { createServer } = process.getBuiltinModule('node:net');
  const open = new Set<Socket>();
  const idle = new Set<Socket>();
  const early: Socket[] = [];
  const welcome = (socket: Socket) => {
    open.add(socket);
    idle.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      idle.delete(socket);
    });
    const [oldest] = idle;
    if (idle.size > MOST_IDLE_CONNECTIONS) oldest?.destroy();
  };
  // As a server of node:http has them: what comes early is no other connection than what comes later.
  const door = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (socket) => {
    welcome(socket);
    socket.once('error', () => undefined);
    early.push(socket);
  });
  await bind(door, { host, port });
  let server: Server = door;
  const takeOver = setImmediate(() => {
    const web = createWebServer((request, response) => {
      idle.delete(request.socket);
      handler(request, response);
    });
    web.on('connection', (socket) => open.has(socket) || welcome(socket));
    server = web;
    // Node.js: a server listens on the handle of another one, and a socket is handed to it by the event. Its limits count from here.
    web.listen(door, () => {
      for (const socket of early.splice(0)) {
        if (socket.destroyed) continue;
        web.emit('connection', socket);
        socket.resume();
      }
    });
  });
  const close = () =>
    new Promise<void>((resolve) => {
      clearImmediate(takeOver);
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  return { server: door, open, close };
}

function createWebServer(answer: RequestHandler): WebServer {
  // On Node ≥ 22 `import 'node:http'` costs some 25 ms at start, and this does not.
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer({
    // A missing Host is the handler's to refuse, with the headers of every answer (R-HOST, R-HEADERS).
    requireHostHeader: false,
    maxHeaderSize: LARGEST_HEAD_BYTES,
    headersTimeout: HEAD_TIMEOUT_MS,
    requestTimeout: HEAD_TIMEOUT_MS,
    connectionsCheckingInterval: 1_000,
    keepAlive: false,
  });
  server.on('request', answer);
  // What a client expects changes nothing: without these two Node answers by itself.
  server.on('checkContinue', answer);
  server.on('checkExpectation', answer);
  server.on('connect', (_request, socket) => refuse(socket, '405 Method Not Allowed'));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    refuse(socket, UNREADABLE[error.code ?? ''] ?? '400 Bad Request'),
  );
  return server;
}

const UNREADABLE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** The answer where there is no response to write to. Whatever else comes in is thrown away, for a moment. */
function refuse(socket: Duplex, status: string): void {
  // Every further piece of a request that cannot be read is one more error.
  if (socket.writableEnded) return;
  const headers = Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join('')}Content-Length: 0\r\n\r\n`);
  socket.resume();
  setTimeout(() => socket.destroy(), DRAIN_MS).unref();
}
