/**
 * Who may use the remote control: a program on this machine that speaks HTTP, and no web page, not even one whose name was rebound to
 * this machine. It knows no operations.
 */

import type { IncomingMessage } from 'node:http';

/** A refusal, with its status. */
export class ControlError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

/**
 * A browser says where a request comes from (Origin, Sec-Fetch-Site) and which name it asked for (Host); a POST in JSON it sends only
 * after a question that is never answered here.
 * @throws ControlError
 */
export function checkControlRequest({ headers, method, socket }: IncomingMessage): void {
  const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${socket.localPort}`);
  if (!hosts.includes(headers.host ?? '')) throw new ControlError(421, `The Host must be ${hosts[0]}.`);
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined)
    throw new ControlError(403, 'Web pages may not use this.');
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (method === 'POST' && mediaType !== 'application/json')
    throw new ControlError(415, 'Send JSON: Content-Type: application/json.');
}
