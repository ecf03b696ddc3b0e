/** A clock that stands still until it is told to go on: nothing in a test sleeps. */

import type { Clock } from '../../src/words/ports.ts';

export interface VirtualClock extends Clock {
  /** Moves time on and wakes whoever slept that long. */
  advance(durationMs: number): Promise<void>;
  /** Resolves once this many sleepers wait. */
  sleepers(count: number): Promise<void>;
}

export function createVirtualClock(start: number = Date.parse('2026-11-24T12:00:00Z')): VirtualClock {
  let now = start;
  const waiting = new Set<{ until: number; wake: () => void }>();
  const watchers = new Set<() => void>();
  return {
    now: () => now,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = {
          until: now + durationMs,
          wake: () => {
            waiting.delete(sleeper);
            resolve();
          },
        };
        waiting.add(sleeper);
        signal?.addEventListener('abort', () => {
          waiting.delete(sleeper);
          reject(signal.reason);
        });
        for (const watch of watchers) watch();
      }),
    async advance(durationMs) {
      now += durationMs;
      for (const sleeper of [...waiting]) if (sleeper.until <= now) sleeper.wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
    sleepers: (count) =>
      new Promise((resolve) => {
        const watch = () => {
          if (waiting.size < count) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
  };
}
