/**
 * The callback's sockets: both address families on one port, bound before anything opens, gone when the login ends.
 * It decides ports; what a client may cost, `bounded-server` decides, and what is answered, `app`.
 */

import type { AddressInfo } from 'node:net';

import { LoopbackError, type PortAttempt } from '../words/errors.ts';
import { type BoundedServer, type RequestHandler, startBoundedServer } from './bounded-server.ts';

export interface Listener {
  /** The registered redirect URI, with the port that is bound. */
  readonly redirectUri: string;
  readonly port: number;
  readonly addresses: readonly { address: string; port: number }[];
  /** What a person should know: a port that was taken, and by whom, or an address family this host lacks. */
  readonly note?: string;
  /** Whether somebody is connected. */
  isBusy(): boolean;
  /** Stops listening and destroys every open connection. */
  close(): Promise<void>;
}

/** How often another free port is tried when the system's choice is taken in the other family. */
const FREE_PORT_ATTEMPTS = 10;

/**
 * Binds the first redirect URI whose port is free in every family that `localhost` may mean (RFC 8252 §7.3, §8.3).
 * Port 0 stands for any free port. Who holds a port is looked up while the next one is bound, for a second at most.
 * @throws LoopbackError `ERR_NO_CALLBACK_PORT` with what was tried
 */
export async function listen(redirectUris: readonly string[], handler: RequestHandler): Promise<Listener> {
  const attempts: Promise<PortAttempt>[] = [];
  for (const registered of redirectUris) {
    const url = new URL(registered);
    // A URL drops its scheme's default port: no port written means 80.
    const wanted = url.port === '' ? 80 : Number(url.port);
    for (let attempt = 0; attempt < (wanted === 0 ? FREE_PORT_ATTEMPTS : 1); attempt += 1) {
      const outcome = await bind(url.hostname, wanted, handler);
      if ('reason' in outcome) {
        attempts.push(withHolder({ port: wanted, ...outcome }));
        continue;
      }
      url.port = String(outcome.port);
      return withNote({ redirectUri: url.href, ...outcome }, await Promise.all(attempts));
    }
  }
  const tried = await Promise.all(attempts);
  const { sayNoPort } = await import('./port-words.ts');
  throw new LoopbackError({ attempts: tried, ...sayNoPort(tried, process.platform) });
}

/** Who it is that has the port: asked only once it could not be had. */
async function withHolder(attempt: PortAttempt): Promise<PortAttempt> {
  if (attempt.reason !== 'EADDRINUSE' || attempt.port === 0) return attempt;
  const { findPortHolder } = await import('./port-holder.ts');
  const holder = await findPortHolder(attempt);
  return holder === undefined ? attempt : { ...attempt, holder };
}

/** A port that was passed over is never passed over silently. */
async function withNote(listener: Listener, attempts: readonly PortAttempt[]): Promise<Listener> {
  const passedOver = attempts.filter(({ port }) => port !== 0);
  if (passedOver.length === 0) return listener;
  const { sayAttempt } = await import('./port-words.ts');
  const notes = passedOver.map((attempt) => sayAttempt(attempt, process.platform));
  if (listener.note !== undefined) notes.push(listener.note);
  return { ...listener, note: notes.join('; ') };
}

type Bound = Omit<Listener, 'redirectUri'>;
type Unbound = Pick<PortAttempt, 'address' | 'reason'>;

async function bind(hostname: string, port: number, handler: RequestHandler): Promise<Bound | Unbound> {
  const dualStack = hostname === 'localhost';
  const servers: BoundedServer[] = [];
  const close = async () => {
    await Promise.all(servers.map((started) => started.close()));
  };
  let address = dualStack ? '127.0.0.1' : hostname.replace(/^\[|\]$/g, '');
  try {
    const first = await startBoundedServer(address, port, handler);
    servers.push(first);
    const bound = (first.server.address() as AddressInfo).port;
    address = dualStack ? '::1' : address;
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
    return { address, reason: error instanceof Error && 'code' in error ? String(error.code) : 'unknown' };
  }
}

/** A browser tries `::1` first for localhost: whoever held it alone would receive the code. No IPv6 at all is harmless. */
async function addIpv6(
  servers: BoundedServer[],
  port: number,
  handler: RequestHandler,
): Promise<string | undefined> {
  try {
    servers.push(await startBoundedServer('::1', port, handler));
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return 'this host has no IPv6';
    throw error;
  }
}
