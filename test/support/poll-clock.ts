/** The real clock, but for the interval between two polls: that passes at once, or when it is let go. Nothing in a test sleeps. */

import { systemClock } from '../../src/system.ts';
import { aborted } from '../../src/words/deadline.ts';
import type { Clock } from '../../src/words/ports.ts';

export interface PollClock extends Clock {
  /** From now on the interval does not pass. */
  hold(): void;
  /** From now on it passes at once. */
  letGo(): void;
}

/** What the mock announces, and demands, unless it is told otherwise. */
const INTERVAL_MS = 5_000;

export function createPollClock(): PollClock {
  let skippedMs = 0;
  let letGo: () => void = () => undefined;
  let going = Promise.resolve();
  return {
    now: () => systemClock.now() + skippedMs,
    async sleep(durationMs, signal) {
      if (durationMs !== INTERVAL_MS) return systemClock.sleep(durationMs, signal);
      await Promise.race([going, ...(signal === undefined ? [] : [aborted(signal)])]);
      signal?.throwIfAborted();
      skippedMs += durationMs;
    },
    hold() {
      going = new Promise((resolve) => {
        letGo = resolve;
      });
    },
    letGo: () => letGo(),
  };
}
