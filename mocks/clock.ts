/**
 * What time the mock believes it is. The only place in mocks that reads the machine's clock; it decides no
 * lifetimes.
 */

/** Milliseconds since the Unix epoch, whenever asked. */
export interface MockClock {
  now(): number;
}

/** A clock that stands still until a test moves it. */
export interface VirtualClock extends MockClock {
  /**
   * Moves the time on by milliseconds, or by a duration such as `30s`, `5m`, `2h` or `10d`.
   * @throws RangeError for a negative number or another notation
   */
  advance(by: number | string): void;
}

/** The machine's clock. */
export const realClock: MockClock = { now: () => Date.now() };

/**
 * A clock for tests.
 * @param start milliseconds since the epoch; the real time by default, so that a client on the real clock
 *   agrees with it until the first `advance`
 */
export function createVirtualClock(start: number = realClock.now()): VirtualClock {
  let now = start;
  return {
    now: () => now,
    advance(by) {
      now += typeof by === 'number' ? checked(by) : parseDuration(by);
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
