/**
 * One connection, hop by hop: name, proxy, CONNECT, TLS. The preflight and the requests take the same way, so that what the one
 * finds is what the others would meet. It decides which certificate is believed; nobody else does.
 */

import { request } from 'node:http';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';

import { type ConnectionError, type Hop, readConnectionFailure } from '../words/connection-error.ts';
import {
  brokeOff,
  type Destination,
  handshakeFailure,
  refusedByProxy,
  unreachable,
  untrusted,
  unusableProxy,
} from './failure.ts';
import type { HttpProxy, Route } from './route.ts';

export interface WayOptions {
  readonly url: URL;
  readonly route: Route;
  /** What to believe; without one, what Node.js believes. */
  readonly trust?: SecureContext | undefined;
  /** How names are looked up; the system's way by default. */
  readonly lookup?: LookupFunction | undefined;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
  /** Hears which hop is next. */
  readonly onHop?: (hop: Hop) => void;
}

/** Where this URL leads, for the sentences. */
export function destinationOf({ url, route }: Pick<WayOptions, 'url' | 'route'>): Destination {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  return { host, port, ...(route.kind === 'proxy' ? { proxy: route.proxy } : {}) };
}

/**
 * A connection on which the first byte of the request can be sent: TLS with a believed certificate for an https URL.
 * @throws ConnectionError at the hop that failed; `signal.reason`
 */
export async function openWay(options: WayOptions): Promise<Socket> {
  const { url, route, signal, onHop } = options;
  const to = destinationOf(options);
  signal.throwIfAborted();
  if (route.kind === 'unusable') throw unusableProxy(to, route.variable, route.reason);
  let socket = await connectTo(options, to);
  try {
    if (route.kind === 'proxy') {
      if (route.proxy.secure) {
        onHop?.('proxy-tls');
        socket = await shakeHands(socket, route.proxy.host, 'proxy-tls', options, to);
      }
      onHop?.('proxy');
      await askProxy(socket, to, route.proxy, signal);
    }
    if (url.protocol !== 'https:') return socket;
    onHop?.('tls');
    return await shakeHands(socket, to.host, 'tls', options, to);
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
}

/** TCP, to the server or to the proxy. */
function connectTo({ route, lookup, signal, onHop }: WayOptions, to: Destination): Promise<Socket> {
  const { host, port } = route.kind === 'proxy' ? route.proxy : to;
  const prefix = route.kind === 'proxy' ? 'proxy-' : '';
  onHop?.(`${prefix}name`);
  const socket = connect({ host, port, ...(lookup === undefined ? {} : { lookup }) });
  socket.once('lookup', () => onHop?.(`${prefix}connection`));
  return settle(socket, 'connect', signal, (thrown) => unreachable(to, codeOf(thrown)));
}

/** CONNECT (RFC 9110 §9.3.6): after a 2xx answer the connection is the server's. */
function askProxy(socket: Socket, to: Destination, proxy: HttpProxy, signal: AbortSignal): Promise<void> {
  const authority = `${isIP(to.host) === 6 ? `[${to.host}]` : to.host}:${to.port}`;
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown) => {
      socket.destroy();
      reject(signal.aborted ? signal.reason : brokeOff('proxy', to, codeOf(thrown)));
    };
    const abort = () => fail(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    request({
      createConnection: () => socket,
      method: 'CONNECT',
      path: authority,
      headers: {
        Host: authority,
        ...(proxy.authorization === undefined ? {} : { 'Proxy-Authorization': proxy.authorization }),
      },
    })
      .once('error', fail)
      .once('connect', ({ statusCode = 0 }, _, head: Buffer) => {
        signal.removeEventListener('abort', abort);
        if (head.length > 0) socket.unshift(head);
        if (statusCode >= 200 && statusCode < 300) resolve();
        else reject(refusedByProxy(to, proxy, statusCode));
      })
      .end();
  });
}

/**
 * TLS. The check of the certificate is not left to the socket, which would be gone with the name of the issuer; it is made here,
 * and whatever the environment says about checking.
 */
async function shakeHands(
  socket: Socket,
  host: string,
  hop: 'tls' | 'proxy-tls',
  { trust, signal }: WayOptions,
  to: Destination,
): Promise<TLSSocket> {
  const tls = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(trust === undefined ? {} : { secureContext: trust }),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: false,
  });
  await settle(tls, 'secureConnect', signal, (thrown) => handshakeFailure(hop, to, codeOf(thrown)));
  if (tls.authorized) return tls;
  const { issuer } = tls.getPeerCertificate();
  tls.destroy();
  throw untrusted(hop, to, String(tls.authorizationError), nameOf(issuer));
}

/** The socket once it has got so far; it is destroyed otherwise. */
function settle<Kind extends Socket>(
  socket: Kind,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  failure: (thrown: unknown) => ConnectionError,
): Promise<Kind> {
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy();
    const done = (thrown?: unknown) => {
      signal.removeEventListener('abort', abort);
      socket.off('error', done).off('close', done).off(event, ready);
      // What the socket says afterwards, with nobody listening, would end the process.
      socket.on('error', () => undefined);
      socket.destroy();
      reject(signal.aborted ? signal.reason : failure(thrown));
    };
    const ready = () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', done).off('close', done);
      resolve(socket);
    };
    socket.once(event, ready).once('error', done).once('close', done);
    signal.addEventListener('abort', abort, { once: true });
  });
}

function codeOf(thrown: unknown): string {
  return readConnectionFailure(thrown).code ?? 'ECONNRESET';
}

/** The organization behind a name, and the authority within it. */
function nameOf(name: { O?: string | string[]; CN?: string | string[] } | undefined): string | undefined {
  const parts = [name?.CN, name?.O].flatMap((part) => part ?? []);
  return parts.length === 0 ? undefined : [...new Set(parts)].join(', ');
}
