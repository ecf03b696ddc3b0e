/**
 * Sends an answer over the real socket, whole or with the fault it asks for.
 * It decides nothing: which answer, and which fault, comes with the value.
 */

import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import type { Answer } from './answer.ts';
import type { MockClock } from './clock.ts';

/** Sends answers; `close` forgets those that still wait for their time. */
export interface Courier {
  send(response: ServerResponse, answer: Answer): void;
  close(): void;
}

/** A courier for one server. Every answer gets an `x-request-id`, as OpenAI's have, and the server's time. */
export function createCourier(clock: MockClock): Courier {
  const timers = new Set<NodeJS.Timeout>();

  function later(durationMs: number, run: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, durationMs);
    timers.add(timer);
  }

  return {
    send(response, answer) {
      const { delivery = 'whole' } = answer;
      response.setHeader('Date', new Date(clock.now()).toUTCString());
      if (delivery === 'never') return;
      if (delivery === 'reset') return void response.socket?.resetAndDestroy();
      if (delivery === 'truncated') return sendHalf(response, answer);
      if (delivery === 'whole') return sendWhole(response, answer);
      later(delivery.afterMs, () => sendWhole(response, answer));
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

function sendWhole(response: ServerResponse, answer: Answer): void {
  writeHead(response, answer);
  response.end(answer.body);
}

/** The head promises the whole body; the connection ends after half of it. */
function sendHalf(response: ServerResponse, answer: Answer): void {
  writeHead(response, answer);
  const half = Buffer.from(answer.body).subarray(0, Math.floor(Buffer.byteLength(answer.body) / 2));
  response.write(half, () => response.socket?.destroy());
}

function writeHead(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, {
    ...headers,
    'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': `req_${randomBytes(12).toString('hex')}`,
  });
}
