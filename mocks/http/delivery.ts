/**
 * Sends an answer over the real socket, whole or with the fault it asks for.
 * It decides nothing: which answer, and which fault, comes with the value.
 */

import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type MockClock, realClock } from '../clock.ts';
import { navigate } from '../person/navigation.ts';
import type { Answer } from './answer.ts';

/** Sends answers; `close` forgets those that still wait for their time. */
export interface Courier {
  send(response: ServerResponse, answer: Answer): void;
  close(): void;
}

/** A courier for one server. Every answer gets an `x-request-id`, as OpenAI's have, and the server's time. */
export function createCourier(clock: MockClock): Courier {
  const waiting = new Set<() => void>();
  const dates = createDates(clock);

  function later(durationMs: number, run: () => void): void {
    const start = clock.later?.bind(clock) ?? realClock.later;
    const forget = start(durationMs, () => {
      waiting.delete(forget);
      run();
    });
    waiting.add(forget);
  }

  function writeHead(response: ServerResponse, { status, headers, body }: Answer, date: string): void {
    response.writeHead(status, {
      ...headers,
      Date: date,
      'Content-Length': Buffer.byteLength(body),
      'X-Content-Type-Options': 'nosniff',
      'X-Request-Id': `req_${randomBytes(12).toString('hex')}`,
    });
  }

  function sendWhole(response: ServerResponse, answer: Answer, date = dates()): void {
    writeHead(response, answer, date);
    response.end(answer.body);
  }

  /** The head promises the whole body; half of it comes. */
  function sendHalf(response: ServerResponse, answer: Answer, then: () => void): void {
    writeHead(response, answer, dates());
    const half = Buffer.from(answer.body).subarray(0, Math.floor(Buffer.byteLength(answer.body) / 2));
    response.write(half, then);
  }

  return {
    send(response, answer) {
      const { delivery = 'whole' } = answer;
      if (delivery === 'never') return;
      if (delivery === 'reset') return void response.socket?.resetAndDestroy();
      if (delivery === 'truncated') return sendHalf(response, answer, () => void response.socket?.destroy());
      if (delivery === 'stalled') return sendHalf(response, answer, () => undefined);
      if (answer.visits !== undefined) navigate(answer.visits, false).catch(() => undefined);
      if (delivery === 'whole') return sendWhole(response, answer);
      const date = dates();
      later(delivery.afterMs, () => sendWhole(response, answer, date));
    },
    close() {
      for (const forget of waiting) forget();
      waiting.clear();
    },
  };
}

/** The time as HTTP has it, made once a second. */
function createDates(clock: MockClock): () => string {
  let second = Number.NaN;
  let text = '';
  return () => {
    const now = Math.floor(clock.now() / 1000);
    if (now !== second) text = new Date(now * 1000).toUTCString();
    second = now;
    return text;
  };
}
