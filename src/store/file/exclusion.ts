/**
 * OpenClaw's own locks for as long as a refresh takes: taken in its sequence, renewed so that nobody takes them for abandoned,
 * and let go after 90 s whatever happens. Which locks they are, the store knows; what is done meanwhile, its caller.
 */

import type { Clock } from '../../words/ports.ts';
import type { SidecarLock } from './sidecar-lock.ts';

/** A server that sits on a request for longer must not keep a login from being stored. */
export const EXCLUDE_AT_MOST_MS = 90_000;
/** OpenClaw holds a lock for abandoned after 30 s. */
export const RENEW_EVERY_MS = 10_000;

/**
 * Takes the locks one after the other and runs `use`; all are let go when it ends.
 * @param use gets the last one, as long as it is held
 */
export async function underLocks<T>(
  takers: readonly (() => Promise<SidecarLock>)[],
  use: (last: () => SidecarLock | undefined) => Promise<T>,
  clock: Clock,
): Promise<T> {
  const taken: SidecarLock[] = [];
  const ended = new AbortController();
  const release = () => {
    for (const lock of taken.splice(0).reverse()) lock.release();
  };
  try {
    for (const take of takers) taken.push(await take());
    void renew(taken, clock, ended.signal).then(release, () => undefined);
    return await use(() => taken.at(-1));
  } finally {
    ended.abort();
    release();
  }
}

/** What a commit does under its lock may take longer than a lock is believed: other agents' locks are waited for, a gateway is asked. */
export async function whileRenewed(lock: SidecarLock, clock: Clock, run: () => Promise<void>): Promise<void> {
  const ended = new AbortController();
  const soon = clock.sleep(RENEW_EVERY_MS, ended.signal);
  void soon.then(() => renew([lock], clock, ended.signal)).catch(() => undefined);
  try {
    await run();
  } finally {
    ended.abort();
  }
}

/** Resolves when they have been held for long enough; rejects when `ended` is aborted. */
async function renew(locks: readonly SidecarLock[], clock: Clock, ended: AbortSignal): Promise<void> {
  for (let heldMs = 0; heldMs < EXCLUDE_AT_MOST_MS; heldMs += RENEW_EVERY_MS) {
    for (const lock of locks) lock.renew();
    await clock.sleep(RENEW_EVERY_MS, ended);
  }
}
