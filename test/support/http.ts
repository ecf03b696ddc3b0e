/** Requests as no well-behaved client sends them: any Host, any method, any bytes. */

import { request } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** One request to a loopback port; the Host is what a browser would send unless `headers` say otherwise. */
export function send(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; address?: string } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, address = '127.0.0.1' } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: address, port, path, method, agent: false, headers: { host: `localhost:${port}`, ...headers } },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      },
    );
    outgoing.on('error', reject).end();
  });
}

/** Opens a connection and sends these bytes; what comes back until the other side ends, or the connection breaks. */
export function sendBytes(port: number, bytes: string | Buffer): { socket: Socket; answer: Promise<string> } {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  let received = '';
  const answer = new Promise<string>((resolve) => {
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
    });
    socket.on('error', () => undefined).on('close', () => resolve(received));
  });
  return { socket, answer };
}
