/**
 * The TLS ends of one front: which certificate a client is shown, the right one or one of the wrong ones. The authority that
 * signs the right one is made here, new every time.
 */

import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { realClock } from '../clock.ts';
import { type Certificate, createCertificateAuthority } from './certificates.ts';
import type { TunnelScenarioName } from './tunnel-faults.ts';

export interface TlsEnds {
  /** What has to be trusted, as PEM. */
  readonly caCertificate: string;
  /** Shakes hands on a connection; `onSecure` is called if that works out. HTTP/1.1 is all that is offered. */
  accept(socket: Socket, fault: TunnelScenarioName | undefined, onSecure: (secure: TLSSocket) => void): void;
}

/** @param names the DNS names that the right certificate is for */
export function createTlsEnds(names: readonly string[]): TlsEnds {
  const now = realClock.now();
  // A name of its own for each authority: programs that keep certificates tell them apart by it.
  const authority = createCertificateAuthority(`Throw-away test CA ${randomBytes(4).toString('hex')}`, now);
  const made = new Map<string, Certificate>();

  function certificateUnder(fault: TunnelScenarioName | undefined): Certificate {
    if (fault === 'tls-expired') return authority.issue(names, now - 60_000);
    if (fault === 'tls-wrong-name') return authority.issue(['wrong.name.example']);
    if (fault === 'tls-unknown-ca') return createCertificateAuthority('Unknown test CA', now).issue(names);
    return authority.issue(names);
  }

  return {
    caCertificate: authority.certificate,
    accept(socket, fault, onSecure) {
      const known = made.get(fault ?? '') ?? certificateUnder(fault);
      made.set(fault ?? '', known);
      const { certificate: cert, privateKey } = known;
      const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
      createServer({ cert, key, ALPNProtocols: ['http/1.1'] }, onSecure)
        .on('tlsClientError', () => socket.destroy())
        .emit('connection', socket);
    },
  };
}
