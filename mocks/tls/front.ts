/**
 * The mock's second front door: a CONNECT proxy on 127.0.0.1 that ends TLS for the issuer's own name, so that a program with
 * that name compiled in meets the mock. It forwards bytes and answers nothing itself; any other name is refused, so that
 * nothing leaves the machine.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { realClock } from '../clock.ts';
import { createTlsEnds } from './ends.ts';
import { createTunnelFaults, type TunnelScenarioName } from './tunnel-faults.ts';

/** Which server a TLS front stands before, and under which names. */
export interface TlsFrontOptions {
  /** The server behind it, started with `issuer: 'https://auth.openai.com'`, or with another https issuer. */
  server: { readonly issuer: string; readonly port: number };
  /** The names it stands in for, each on port 443; the issuer's own by default. */
  hostnames?: readonly string[];
  /** The proxy's port; 0 by default: a free one. */
  port?: number;
  /** `user:password`: the proxy answers 407 without them (RFC 7617). They are part of `proxyUrl` then. */
  credentials?: string;
  /** Where the certificate to trust is put; by default in a temporary directory, which goes with `close`. */
  caFile?: string;
  /** A fault for the front's whole life. */
  scenario?: TunnelScenarioName;
  /** Called with every request's journal entry, before it is answered. */
  onTunnel?: (entry: TunnelEntry) => void;
}

/** One request to the proxy. */
export interface TunnelEntry {
  /** `name:port` as asked for; the URL, where the request was no CONNECT. */
  target: string;
  method: string;
  /** What the proxy answered; 0 where it answers nothing. */
  status: number;
  /** Milliseconds since the epoch. */
  time: number;
  /** `tunnel`, `refused: another name`, `refused: no CONNECT`, `refused: credentials`, or the fault's name. */
  outcome: string;
}

/** A running CONNECT proxy with a certificate of its own making. Whoever started it closes it. */
export interface TlsFront {
  /** For HTTPS_PROXY. */
  readonly proxyUrl: string;
  readonly port: number;
  /** The throw-away authority's certificate, as PEM. New with every start. */
  readonly caCertificate: string;
  /** A file that holds it. */
  readonly caFile: string;
  /**
   * What a program's environment needs on top of what it has: the proxy in every spelling, and the certificate for Node.js and
   * for Codex. Loopback is left direct. Node.js older than 24 reads no proxy variable by itself.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** Oldest first. */
  readonly journal: { readonly entries: readonly TunnelEntry[] };
  /** Arms a fault for the next tunnel to a name it stands in for, or the next `times`. */
  scenario(name: TunnelScenarioName, options?: { times?: number }): void;
  /** Stops listening, ends every tunnel and removes the certificate's temporary file. */
  close(): Promise<void>;
  /** `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A proxy that is ready, with keys and certificates of its own.
 * @throws RangeError where the server's issuer is not https and no names are given; the system's error where the port is taken
 */
export async function startTlsFront(options: TlsFrontOptions): Promise<TlsFront> {
  const { server, credentials } = options;
  const hostnames = options.hostnames ?? namesOf(server.issuer);
  const faults = createTunnelFaults();
  if (options.scenario !== undefined) faults.arm(options.scenario, Number.POSITIVE_INFINITY);
  const entries: TunnelEntry[] = [];
  const sockets = new Set<Socket>();
  const ends = createTlsEnds(hostnames);
  const keep = <Kind extends Socket>(socket: Kind): Kind => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket)) as Kind;
  };

  const proxy = createServer((request, response) => {
    record(request, 403, 'refused: no CONNECT');
    response.writeHead(403, { 'Content-Type': 'text/plain' }).end('Only CONNECT is served here.\n');
  });
  proxy.on('connection', keep);
  proxy.on('connect', (request, socket, head) => {
    if (!(socket instanceof Socket)) return;
    if (!hostnames.some((name) => request.url === `${name}:443`)) return refuse(403, 'refused: another name');
    if (!mayPass(request, credentials)) return refuse(407, 'refused: credentials');
    const fault = faults.take();
    const refusal = /^connect-(\d+)$/.exec(fault ?? '')?.[1];
    if (refusal !== undefined) return refuse(Number(refusal), fault ?? '');
    if (fault === 'connect-hang' || fault === 'connect-reset') {
      record(request, 0, fault);
      if (fault === 'connect-reset') socket.resetAndDestroy();
      return;
    }
    record(request, 200, fault ?? 'tunnel');
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.unshift(head);
    if (fault === 'tls-hang') return;
    if (fault === 'tls-reset') return void socket.once('data', () => socket.resetAndDestroy());
    ends.accept(socket, fault, (secure) => {
      const behind = keep(connect(server.port, '127.0.0.1'));
      keep(secure).pipe(behind).pipe(secure);
      secure.once('close', () => behind.destroy());
      // A reset stays a reset: it is one of the server's own faults.
      behind.once('error', () => socket.resetAndDestroy());
    });

    function refuse(status: number, outcome: string): void {
      record(request, status, outcome);
      const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="mock"\r\n' : '';
      socket.end(`HTTP/1.1 ${status} ${PHRASE[status]}\r\n${challenge}Content-Length: 0\r\n\r\n`);
    }
  });

  function record(request: IncomingMessage, status: number, outcome: string): void {
    const { method = '', url: target = '' } = request;
    const entry = { target, method, status, time: realClock.now(), outcome };
    entries.push(entry);
    options.onTunnel?.(entry);
  }

  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject);
    proxy.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = proxy.address() as AddressInfo;
  const { caCertificate } = ends;
  const directory =
    options.caFile === undefined ? mkdtempSync(join(tmpdir(), 'codex-login-mock-')) : undefined;
  const caFile = options.caFile ?? join(directory ?? '', 'ca.pem');
  writeFileSync(caFile, caCertificate);
  const proxyUrl = `http://${credentials === undefined ? '' : `${credentials}@`}127.0.0.1:${port}`;

  const close = async () => {
    const closed = new Promise<void>((resolve) => proxy.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  };
  return {
    proxyUrl,
    port,
    caCertificate,
    caFile,
    environment: environmentFor(proxyUrl, caFile),
    journal: { entries },
    scenario: (name, { times = 1 } = {}) => faults.arm(name, times),
    close,
    [Symbol.asyncDispose]: close,
  };
}

const PHRASE: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  407: 'Proxy Authentication Required',
  502: 'Bad Gateway',
};

function namesOf(issuer: string): readonly string[] {
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'https:') return [hostname];
  throw new RangeError(
    `The TLS front stands in for an https issuer, and this server calls itself ${issuer}. Start it with issuer: 'https://auth.openai.com', or name the hostnames.`,
  );
}

function mayPass(request: IncomingMessage, credentials: string | undefined): boolean {
  if (credentials === undefined) return true;
  return request.headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`;
}

function environmentFor(proxyUrl: string, caFile: string): Record<string, string> {
  const direct = 'localhost,127.0.0.1,::1';
  const proxy = { HTTPS_PROXY: proxyUrl, HTTP_PROXY: proxyUrl, NO_PROXY: direct };
  return {
    ...proxy,
    // Many programs prefer the lower case ones, which may be set where this one runs.
    ...Object.fromEntries(Object.entries(proxy).map(([name, value]) => [name.toLowerCase(), value])),
    NODE_USE_ENV_PROXY: '1',
    NODE_EXTRA_CA_CERTS: caFile,
    CODEX_CA_CERTIFICATE: caFile,
  };
}
