/** Limits on waiting, by the clock that was passed in. */

import type { Clock, Deadline } from './ports.ts';

/** A deadline that starts now and is forgotten when `until` aborts: until then it keeps the process alive. */
export function startDeadline(clock: Clock, ms: number, until: AbortSignal): Deadline {
  const over = new AbortController();
  clock.sleep(ms, until).then(
    () => over.abort(),
    () => undefined,
  );
  return { signal: over.signal, ms };
}

/** Rejects with the reason once `signal` is aborted; never resolves, and is forgotten when `until` aborts. */
export function rejectOnAbort(signal: AbortSignal, until: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: until });
  });
}
