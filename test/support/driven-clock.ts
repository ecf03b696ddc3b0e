/** A clock that goes on by itself to whoever wakes next, as soon as no request is under way: nothing in a test sleeps. */

import type { Clock, Fetch } from '../../src/words/ports.ts';

export interface DrivenClock extends Clock {
  /** The same fetch; time stands still until its answer is read, or `release` was called. */
  watch(fetch: Fetch): Fetch;
  /** What is under way will never be answered: time goes on without it. */
  release(): void;
}

/** How many turns of the event loop nothing may have happened in before time goes on. */
const QUIET_TURNS = 8;

export function createDrivenClock(start: number = Date.parse('2026-11-24T12:00:00Z')): DrivenClock {
  let now = start;
  const underWay = new Set<object>();
  let happened = 0;
  const sleepers = new Set<{ until: number; wake: () => void }>();

  async function drive(): Promise<void> {
    happened += 1;
    const seen = happened;
    for (let turn = 0; turn < QUIET_TURNS; turn += 1) await new Promise(setImmediate);
    if (seen !== happened || underWay.size > 0) return;
    const [next] = [...sleepers].sort((a, b) => a.until - b.until);
    if (next === undefined) return;
    now = Math.max(now, next.until);
    next.wake();
    void drive();
  }

  return {
    now: () => now,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const end = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', abort);
          void drive();
        };
        const sleeper = {
          until: now + durationMs,
          wake: () => {
            end();
            resolve();
          },
        };
        sleepers.add(sleeper);
        const abort = () => {
          end();
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', abort);
        void drive();
      }),
    watch: (fetch) => async (url, init) => {
      const request = {};
      underWay.add(request);
      try {
        const response = await fetch(url, init);
        const { status, headers } = response;
        return new Response(await response.arrayBuffer(), { status, headers });
      } finally {
        underWay.delete(request);
        void drive();
      }
    },
    release() {
      underWay.clear();
      void drive();
    },
  };
}
