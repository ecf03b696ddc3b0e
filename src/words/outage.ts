/**
 * Commits through an outage of the store: what may have happened is run again and recognises its own effect, and what could not be
 * stored is tried again while that makes sense. It decides nothing about what is committed.
 */

import { StoreError } from './errors.ts';
import type { Clock } from './ports.ts';

export interface Patience {
  readonly clock: Clock;
  /** How long it is tried, in milliseconds. */
  readonly forMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Which failures may pass. */
  readonly passes: (failure: StoreError) => boolean;
  /** Hears of the first failure. */
  readonly onOutage?: ((failure: StoreError) => void) | undefined;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** @throws what the last attempt threw; `signal.reason` */
export async function throughOutages<T>(commit: () => Promise<T>, patience: Patience): Promise<T> {
  const { clock, forMs, signal, passes, onOutage } = patience;
  for (let waitedMs = 0, pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await commit();
    } catch (thrown) {
      if (!(thrown instanceof StoreError) || waitedMs >= forMs || !passes(thrown)) throw thrown;
      if (waitedMs === 0) onOutage?.(thrown);
    }
    const jitteredMs = pauseMs * (0.5 + Math.random());
    await clock.sleep(jitteredMs, signal);
    waitedMs += jitteredMs;
  }
}

/** A server that is away may come back; what it may have done, it is asked. */
export function isOutage({ code, outcome }: StoreError): boolean {
  return code === 'ERR_STORE_UNREACHABLE' || outcome === 'unknown';
}
