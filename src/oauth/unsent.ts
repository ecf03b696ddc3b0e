/**
 * Another attempt, where the one before cannot have reached the server: a code works once, so everything else is final
 * (R-6749-4, R-7636-5).
 */

import { readConnectionFailure } from '../words/connection-error.ts';
import type { Clock } from '../words/ports.ts';

/** What is waited before the second and the third attempt, in milliseconds. */
const PAUSES_MS = [250, 1_000] as const;

/** The outcome of the first attempt that sent something; three attempts at most. */
export async function untilSent<T>(
  attempt: () => Promise<T>,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await attempt();
    } catch (thrown) {
      const { nothingSent, mayPass } = readConnectionFailure(thrown);
      if (!nothingSent || !mayPass || signal.aborted) throw thrown;
    }
    await clock.sleep(pauseMs, signal);
  }
  return attempt();
}
