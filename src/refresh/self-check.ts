/**
 * Whether this process has been awake since it claimed: whoever was stopped in between must not present a token that may be
 * somebody else's to present by now (docs/refresh.md, step 3).
 */

import type { Clock } from '../words/ports.ts';

/** Longer than any claim takes to be acknowledged, far shorter than one lasts. */
export const LONGEST_PAUSE_MS = 5_000;

/** A moment by both clocks: the monotonic one does not count a suspended machine, the other one can be set. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export function momentOf(clock: Clock): Moment {
  const wall = clock.now();
  return { monotonic: clock.monotonic?.() ?? wall, wall };
}

/** Whether more than 5 s have passed since, by either clock. */
export function hasPaused(since: Moment, clock: Clock): boolean {
  const { monotonic, wall } = momentOf(clock);
  return Math.max(monotonic - since.monotonic, wall - since.wall) > LONGEST_PAUSE_MS;
}
