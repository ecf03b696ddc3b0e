/** Limits on waiting, by the clock that was passed in. */

import type { Clock, Deadline } from './ports.ts';

/** A limit as a person reads it: `30 seconds`, `1 second`, `300 milliseconds`. */
export function duration(ms: number): string {
  const [count, unit] = ms < 1000 ? [ms, 'millisecond'] : [Math.round(ms / 1000), 'second'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

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

/** Resolves to undefined once `signal` is aborted. */
export function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** What `work` comes to, unless `limit` aborts first: then its reason, whether or not the work takes notice of the limit. */
export function unlessAborted<T>(work: Promise<T>, limit: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(limit.reason);
    if (limit.aborted) abort();
    limit.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => limit.removeEventListener('abort', abort));
  });
}
