/**
 * The callback's sockets: both address families on one port, bound before anything opens, gone when the login ends.
 * It decides ports and limits; what is answered, `app` decides.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { LoopbackError } from '../errors.ts';
import { SECURITY_HEADERS } from './headers.ts';

// On Node ≥ 22 `import 'node:http'` costs some 25 ms at start, and this does not.
const { createServer } = process.getBuiltinModule('node:http');

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Listener {
  /** The registered redirect URI, with the port that is bound. */
  readonly redirectUri: string;
  readonly port: number;
  readonly addresses: readonly { address: string; port: number }[];
  /** What a person should know: a port that was taken, or an address family this host lacks. */
  readonly note?: string;
  /** Whether somebody is connected. */
  isBusy(): boolean;
  /** Stops listening and destroys every open connection. */
  close(): Promise<void>;
}

/** Connections that have sent no complete request head; past this the oldest makes room for the newest (R-FLOOD). */
const MOST_IDLE_CONNECTIONS = 128;
const LARGEST_HEAD_BYTES = 16 * 1024;
const HEAD_TIMEOUT_MS = 5_000;
/** How long a client that was refused may go on sending: a reset would take the answer away from it. */
const DRAIN_MS = 1_000;
/** How often another free port is tried when the system's choice is taken in the other family. */
const FREE_PORT_ATTEMPTS = 10;

/**
 * Binds the first redirect URI whose port is free in every family that `localhost` may mean (RFC 8252 §7.3, §8.3).
 * Port 0 stands for any free port.
 * @throws LoopbackError `ERR_NO_CALLBACK_PORT` with what was tried
 */
export async function listen(redirectUris: readonly string[], handler: RequestHandler): Promise<Listener> {
  const attempts: { port: number; reason: string }[] = [];
  for (const registered of redirectUris) {
    const url = new URL(registered);
    // A URL drops its scheme's default port: no port written means 80.
    const wanted = url.port === '' ? 80 : Number(url.port);
    for (let attempt = 0; attempt < (wanted === 0 ? FREE_PORT_ATTEMPTS : 1); attempt += 1) {
      const outcome = await bind(url.hostname, wanted, handler);
      if ('reason' in outcome) {
        attempts.push({ port: wanted, reason: outcome.reason });
        continue;
      }
      url.port = String(outcome.port);
      return withNote({ redirectUri: url.href, ...outcome }, attempts);
    }
  }
  const tried = attempts.map(({ port, reason }) => `${port} (${reason})`).join(', ');
  throw new LoopbackError({
    attempts,
    summary: `No port for the sign-in's callback could be had: ${tried}.`,
    hint: 'Another sign-in may be waiting: end it, or see what holds the port, then run the command again.',
  });
}

/** A port that was passed over is never passed over silently. */
function withNote(listener: Listener, attempts: readonly { port: number; reason: string }[]): Listener {
  const taken = attempts
    .filter(({ port }) => port !== 0)
    .map(({ port, reason }) => `port ${port} could not be had (${reason})`);
  const notes = [...taken, ...(listener.note === undefined ? [] : [listener.note])];
  return notes.length === 0 ? listener : { ...listener, note: notes.join('; ') };
}

type Bound = Omit<Listener, 'redirectUri'>;
type Started = { readonly server: Server; readonly open: ReadonlySet<Socket>; close(): Promise<void> };

async function bind(
  hostname: string,
  port: number,
  handler: RequestHandler,
): Promise<Bound | { reason: string }> {
  const dualStack = hostname === 'localhost';
  const servers: Started[] = [];
  const close = async () => {
    await Promise.all(servers.map((started) => started.close()));
  };
  try {
    const first = await startServer(dualStack ? '127.0.0.1' : hostname, port, handler);
    servers.push(first);
    const bound = (first.server.address() as AddressInfo).port;
    const note = dualStack ? await addIpv6(servers, bound, handler) : undefined;
    const addresses = servers.map(({ server }) => {
      const { address, port } = server.address() as AddressInfo;
      return { address, port };
    });
    return {
      port: bound,
      addresses,
      isBusy: () => servers.some(({ open }) => open.size > 0),
      close,
      ...(note === undefined ? {} : { note }),
    };
  } catch (error) {
    await close();
    return { reason: error instanceof Error && 'code' in error ? String(error.code) : 'unknown' };
  }
}

/** A browser tries `::1` first for localhost: whoever held it alone would receive the code. No IPv6 at all is harmless. */
async function addIpv6(
  servers: Started[],
  port: number,
  handler: RequestHandler,
): Promise<string | undefined> {
  try {
    servers.push(await startServer('::1', port, handler));
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return 'this host has no IPv6';
    throw error;
  }
}

async function startServer(host: string, port: number, handler: RequestHandler): Promise<Started> {
  const server = createServer({
    // A missing Host is the handler's to refuse, with the headers of every answer (R-HOST, R-HEADERS).
    requireHostHeader: false,
    maxHeaderSize: LARGEST_HEAD_BYTES,
    headersTimeout: HEAD_TIMEOUT_MS,
    requestTimeout: HEAD_TIMEOUT_MS,
    connectionsCheckingInterval: 1_000,
    keepAlive: false,
  });
  const open = new Set<Socket>();
  const idle = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    idle.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      idle.delete(socket);
    });
    const [oldest] = idle;
    if (idle.size > MOST_IDLE_CONNECTIONS) oldest?.destroy();
  });
  const answer: RequestHandler = (request, response) => {
    idle.delete(request.socket);
    handler(request, response);
  };
  server.on('request', answer);
  // What a client expects changes nothing: without these two Node answers by itself.
  server.on('checkContinue', answer);
  server.on('checkExpectation', answer);
  server.on('connect', (_request, socket) => refuse(socket, '405 Method Not Allowed'));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    refuse(socket, UNREADABLE[error.code ?? ''] ?? '400 Bad Request'),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true, ipv6Only: host.includes(':') }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  return { server, open, close };
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
