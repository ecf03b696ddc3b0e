/** The stand-in browser's way through a TLS front: CONNECT, then TLS that believes the front's certificate and no other. */

import { request } from 'node:http';
import { connect, type TLSSocket } from 'node:tls';

/** What a client needs to know of a front. */
export interface FrontDoor {
  readonly proxyUrl: string;
  readonly caCertificate: string;
}

/** @throws where the proxy refuses, or the certificate is not believed */
export function openTunnel({ proxyUrl, caCertificate }: FrontDoor, hostname: string): Promise<TLSSocket> {
  const { hostname: host, port, username, password } = new URL(proxyUrl);
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  const headers = username === '' ? {} : { 'Proxy-Authorization': `Basic ${credentials.toString('base64')}` };
  return new Promise((resolve, reject) => {
    request({ host, port, method: 'CONNECT', path: `${hostname}:443`, headers, agent: false })
      .once('connect', ({ statusCode }, socket) => {
        if (statusCode !== 200) {
          socket.destroy();
          reject(new Error(`The proxy answered CONNECT with ${statusCode}.`));
          return;
        }
        const secure = connect({ socket, servername: hostname, ca: caCertificate }, () => resolve(secure));
        secure.once('error', reject);
      })
      .once('error', reject)
      .end();
  });
}
