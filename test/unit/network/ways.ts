/** Servers at the end of a way, for the tests of the network: TLS with a throw-away certificate, and names that lead to them. */

import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type LookupFunction, type Server } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  startAuthorizationServer,
  startTlsFront,
  type TlsFront,
  type TlsFrontOptions,
} from '../../../mocks/index.ts';
import { createCertificateAuthority } from '../../../mocks/tls/certificates.ts';

export const ISSUER = 'https://auth.openai.com';

/** The mock behind its TLS front, both gone when the test ends. */
export async function startFront(options: Partial<TlsFrontOptions> = {}) {
  const server = await startAuthorizationServer({ issuer: ISSUER });
  const front: TlsFront = await startTlsFront({ server, ...options });
  onTestFinished(() => Promise.all([front.close(), server.close()]).then(() => undefined));
  return { server, front };
}

/** A server with a certificate of an authority of its own, for this name; it answers every request with its path. */
export async function startTlsServer(name: string, authorityName = 'Inspection CA', notAfter?: number) {
  const authority = createCertificateAuthority(authorityName, Date.now());
  const { certificate, privateKey } = authority.issue([name], notAfter);
  const asked: string[] = [];
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = createHttpsServer({ cert: certificate, key }, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end(request.url);
  });
  const port = await listen(server);
  onTestFinished(() => server.closeAllConnections());
  return { port, asked, certificate: authority.certificate };
}

/** Listens on a free port of 127.0.0.1 until the test ends. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A name server that knows every name as this machine, or answers with this error, and counts. */
export function names(code?: string) {
  const asked: string[] = [];
  const lookup: LookupFunction = (name, options, callback) => {
    asked.push(name);
    if (code !== undefined) {
      const error = Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code, syscall: 'getaddrinfo' });
      queueMicrotask(() => callback(error, '', 0));
    } else if (options.all) queueMicrotask(() => callback(null, [{ address: '127.0.0.1', family: 4 }]));
    else queueMicrotask(() => callback(null, '127.0.0.1', 4));
  };
  return { lookup, asked };
}
