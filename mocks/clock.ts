/**
 * What time the mock believes it is, and what happens later by that time. The only place in mocks that reads the machine's clock
 * or sets its timers; it decides no lifetimes.
 */

/** Milliseconds since the Unix epoch, whenever asked. */
export interface MockClock {
  now(): number;
  /** Runs something so many milliseconds later; returns what forgets it. Without it the machine's timers are used. */
  later?(durationMs: number, run: () => void): () => void;
}

/** A clock that stands still until a test moves it. */
export interface VirtualClock extends MockClock {
  /**
   * Moves the time on by milliseconds, or by a duration such as `30s`, `5m`, `2h` or `10d`, and does what is due by then: a slow
   * answer is sent at its time.
   * @throws RangeError for a negative number or another notation
   */
  advance(by: number | string): void;
  later(durationMs: number, run: () => void): () => void;
}

/** The machine's clock. */
export const realClock: Required<MockClock> = {
  now: () => Date.now(),
  later(durationMs, run) {
    const timer = setTimeout(run, durationMs);
    return () => clearTimeout(timer);
  },
};

/**
 * A clock for tests.
 * @param start milliseconds since the epoch; the real time by default, so that a client on the real clock
 *   agrees with it until the first `advance`
 */
export function createVirtualClock(start: number = realClock.now()): VirtualClock {
  let now = start;
  const waiting = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    later(durationMs, run) {
      const entry = { at: now + durationMs, run };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
    advance(by) {
      const end = now + (typeof by === 'number' ? checked(by) : parseDuration(by));
      for (;;) {
        const [next] = [...waiting].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        waiting.delete(next);
        now = next.at;
        next.run();
      }
      now = end;
    },
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function parseDuration(text: string): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return checked(Number(count) * (UNIT_MS[unit] ?? Number.NaN));
}

function checked(durationMs: number): number {
  if (Number.isFinite(durationMs) && durationMs >= 0) return durationMs;
  throw new RangeError(
    'A duration is a number of milliseconds, or a whole number with s, m, h or d: 30s, 10d.',
  );
}
