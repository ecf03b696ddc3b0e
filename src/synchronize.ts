/**
 * The access token of a login that several hosts share, in this host's own store: read from the shared one, refreshed there by one of
 * them, written here without its refresh token. It holds the order of the steps, and the pace at which they are taken again.
 */

import { type CredentialStore, openCredentialStore } from './agents/credential-store.ts';
import { realPath } from './openclaw/locate.ts';
import { openaiCodex } from './provider/openai-codex.ts';
import { drainFlights } from './refresh/under-way.ts';
import { synchronizedEvent } from './synchronize/event.ts';
import { pauseAfter, pauseBeforeRetry } from './synchronize/pace.ts';
import { readSource, type SourceOptions } from './synchronize/source.ts';
import { readHeld, type Written, writeTarget } from './synchronize/target.ts';
import { sameStoreError, sharedTargetError } from './synchronize/words.ts';
import { systemClock } from './system.ts';
import { type LoginError, toLoginError } from './words/errors.ts';
import type { SynchronizeEvent, SynchronizeEventBody } from './words/events.ts';
import type { Clock, EpochMs } from './words/ports.ts';

/** Which shared store to read, and which store of this host to write. */
export interface SynchronizeOptions extends SourceOptions {
  /**
   * Opens the store of this host, anew each time, because an update of OpenClaw may move it; it is closed after use. Default: the one of
   * OpenClaw's main agent.
   */
  openTarget?: (() => Promise<CredentialStore>) | undefined;
}

/** The same for as long as it runs: who hears of each step, and what ends it. */
export interface KeepSynchronizedOptions extends SynchronizeOptions {
  /** How long a change in the shared store may go unnoticed, in milliseconds, more or less. Default: 30,000. */
  intervalMs?: number | undefined;
  onEvent?: ((event: SynchronizeEvent) => void) | undefined;
}

/** What this host's store holds after it. */
export interface Synchronized extends Written {
  /** Where the shared store is. */
  readonly from: string;
  /** Of the access token; undefined where it does not say. */
  readonly expires?: EpochMs;
  /** Whether this call refreshed it in the shared store. */
  readonly refreshed: boolean;
  /** Why it was not refreshed, where it should have been: it is still good. */
  readonly unrefreshed?: LoginError;
}

/** How often this host's own store is looked at although nothing is new in the shared one. */
const CHECK_MS = 300_000;
/** Nothing that passes by itself: the person has to decide something. */
const FINAL = new Set(['ERR_USAGE', 'ERR_SECOND_REFRESHER', 'ERR_UNEXPECTED']);

/**
 * Brings the access token of a shared store into this host's own, once: profile, order and lastGood in one commit. Never the refresh
 * token: OpenClaw would spend it. Prints nothing.
 * @throws StoreError, `ERR_SECOND_REFRESHER` among them: the account has a refresh token in this host's store; CredentialError,
 *   TokenError as `requireCredential`; LoginError `ERR_USAGE` where both stores are one; `signal.reason`. What was there is as it was.
 */
export async function synchronize(options: SynchronizeOptions): Promise<Synchronized> {
  return (await takeStep(options, undefined)).done;
}

/**
 * The same again and again, before the token expires and as it changes, until `signal` is aborted or a person has to decide. While the
 * shared store or its server is out of reach, this host keeps what it has.
 * @throws as `synchronize`, what does not pass by itself; `signal.reason`
 */
export async function keepSynchronized(options: KeepSynchronizedOptions): Promise<never> {
  const { clock = systemClock, intervalMs = 30_000, from } = options;
  const signal = options.signal ?? new AbortController().signal;
  const tell = teller(options.onEvent, clock);
  let last: Step | undefined;
  let held: EpochMs | undefined;
  try {
    for (let failures = 0; ; ) {
      signal.throwIfAborted();
      let pauseMs: number;
      try {
        const step = await takeStep(options, last);
        failures = 0;
        last = step;
        held = step.done.expires;
        const { unrefreshed } = step.done;
        if (unrefreshed === undefined) tell.synchronized(step.done);
        else tell.behind(unrefreshed, held);
        pauseMs = pauseAfter(held, intervalMs, clock.now());
      } catch (thrown) {
        signal.throwIfAborted();
        const error = toLoginError(thrown);
        if (FINAL.has(error.code)) throw error;
        held ??= await heldNow(options);
        tell.behind(error, held);
        pauseMs = pauseBeforeRetry(failures, held, intervalMs, clock.now());
        failures += 1;
      }
      await clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  } finally {
    // What was sent is stored before anybody closes the store.
    await drainFlights(from.store);
  }
}

interface Step {
  readonly done: Synchronized;
  /** Secret: it is compared, and goes no further. */
  readonly accessToken: string;
  readonly checkedAt: EpochMs;
}

async function takeStep(options: SynchronizeOptions, last: Step | undefined): Promise<Step> {
  const { clock = systemClock, from, provider = openaiCodex, onWaiting } = options;
  const signal = options.signal ?? new AbortController().signal;
  // A slip of the pen is told before anything is asked of anybody.
  if (last === undefined) await withTarget(options, async () => undefined);
  const { credential, identity, unrefreshed } = await readSource({ ...options, clock, signal });
  const { accessToken, expires, refreshed } = credential;
  const said = {
    from: from.store.info.location,
    ...(expires === undefined ? {} : { expires }),
    refreshed,
    ...(unrefreshed === undefined ? {} : { unrefreshed }),
  };
  const now = clock.now();
  if (last?.accessToken === accessToken && now - last.checkedAt < CHECK_MS) {
    const { unrefreshed: _, ...before } = last.done;
    return { ...last, done: { ...before, ...said, changed: false, agents: [] } };
  }
  const toldOf = last?.done.gateway;
  // It would confirm, and go on as before: until it is restarted it is as it was said.
  const needsRestart = toldOf?.state === 'stale' && toldOf.needsRestart === true;
  return withTarget(options, async (to) => {
    const written = await writeTarget({
      to,
      credential,
      identity,
      kind: provider.identity,
      from: said.from,
      signal,
      tellAgain: toldOf?.state === 'stale' && !needsRestart,
      onWaiting,
    });
    const before = needsRestart ? { gateway: toldOf } : {};
    return { done: { ...before, ...written, ...said }, accessToken, checkedAt: now };
  });
}

async function withTarget<T>(
  { from, openTarget, clock, provider = openaiCodex }: SynchronizeOptions,
  use: (to: CredentialStore) => Promise<T>,
): Promise<T> {
  const to = await (openTarget ?? (() => openCredentialStore({ clock, provider: provider.id })))();
  try {
    const { location, scope } = to.store.info;
    if (scope === 'network') throw sharedTargetError(location);
    // What ends with the process has no place of its own.
    const isSame =
      scope === 'process'
        ? to.store === from.store
        : realPath(location) === realPath(from.store.info.location);
    if (isSame) throw sameStoreError(location);
    return await use(to);
  } finally {
    await to.store.close();
  }
}

/** Until when what this host has is good, where anything can be told of it. */
async function heldNow(options: SynchronizeOptions): Promise<EpochMs | undefined> {
  return withTarget(options, readHeld).catch(() => undefined);
}

/** Tells what is new: a token that was written, and once what stands in the way, and that it does no more. */
function teller(onEvent: KeepSynchronizedOptions['onEvent'], clock: Clock) {
  let said: string | undefined;
  const emit = (body: SynchronizeEventBody) => {
    try {
      onEvent?.({ v: 1, time: new Date(clock.now()).toISOString(), ...body });
    } catch {
      // The listener’s fault, and no reason to let a token expire.
    }
  };
  return {
    synchronized(done: Synchronized) {
      const now = `synchronized ${done.gateway?.state === 'stale'}`;
      if (said === now && !done.changed) return;
      said = now;
      emit({ type: 'synchronized', ...synchronizedEvent(done) });
    },
    behind({ code, summary: message, hint }: LoginError, expires: EpochMs | undefined) {
      const expired = expires === undefined ? undefined : expires <= clock.now();
      if (said === `${code} ${expired}`) return;
      said = `${code} ${expired}`;
      const until = expires === undefined ? {} : { expires, expired: expired === true };
      emit({ type: 'behind', code, message, hint, ...until });
    },
  };
}
