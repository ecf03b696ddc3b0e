/**
 * Refreshes under way in this process: one a store and profile, whoever asks. A flight goes on without those who no longer wait, and
 * is aborted only before its token was sent. Whether its outcome will do, each of them decides.
 */

import type { Clock } from '../ports.ts';
import type { RefreshContext, RefreshOutcome } from '../refresh.ts';
import type { ProfileStore } from '../store/profile-store.ts';

/** How long anybody waits for an answer, in milliseconds, from when the token was sent. */
export const ANSWER_WAIT_MS = 30_000;
/** How often a refresh that used nothing up is tried. */
const MOST_ATTEMPTS = 3;

export interface Flight {
  readonly outcome: Promise<RefreshOutcome>;
  /** Resolves when the answer is overdue; never, where it comes. */
  readonly overdue: Promise<void>;
  /** One less waits for it. */
  leave(): void;
}

interface OwnFlight extends Flight {
  waiting: number;
}

const underWay = new WeakMap<ProfileStore, Map<string, OwnFlight>>();

/** The flight for this profile; a new one where there is none. Every caller leaves it in the end. */
export function joinFlight(context: Omit<RefreshContext, 'signal' | 'onSent'>): Flight {
  const { store, profileId } = context;
  const flights = underWay.get(store) ?? new Map<string, OwnFlight>();
  underWay.set(store, flights);
  const there = flights.get(profileId);
  if (there !== undefined) {
    there.waiting += 1;
    return there;
  }
  const forget = () => {
    if (flights.get(profileId) === flight) flights.delete(profileId);
  };
  const flight = takeOff(context, forget);
  flights.set(profileId, flight);
  flight.outcome.then(forget, forget);
  return flight;
}

/** Whether one is under way here: for this profile, or for any of the store. */
export function isUnderWay(store: ProfileStore, profileId?: string): boolean {
  const flights = underWay.get(store);
  return flights !== undefined && (profileId === undefined ? flights.size > 0 : flights.has(profileId));
}

/** Resolves when no refresh of this store is under way any more: whoever closes it waits for that. */
export async function drainFlights(store: ProfileStore): Promise<void> {
  const flights = [...(underWay.get(store)?.values() ?? [])];
  await Promise.allSettled(flights.map(({ outcome }) => outcome));
}

function takeOff(context: Omit<RefreshContext, 'signal' | 'onSent'>, forget: () => void): OwnFlight {
  const { clock } = context;
  const stop = new AbortController();
  const landed = new AbortController();
  let isSent = false;
  let tellOverdue: () => void = () => undefined;
  const overdue = new Promise<void>((resolve) => {
    tellOverdue = resolve;
  });
  const onSent = () => {
    isSent = true;
    clock.sleep(ANSWER_WAIT_MS, landed.signal).then(tellOverdue, () => undefined);
  };
  const outcome = fly({ ...context, signal: stop.signal, onSent }, clock).finally(() => landed.abort());
  outcome.catch(() => undefined);
  const flight: OwnFlight = {
    waiting: 1,
    outcome,
    overdue,
    leave() {
      flight.waiting -= 1;
      if (flight.waiting > 0 || isSent) return;
      forget();
      stop.abort();
    },
  };
  return flight;
}

/** Presents it, and again only where nothing was used up: each time under a claim of its own. */
async function fly(context: RefreshContext, clock: Clock): Promise<RefreshOutcome> {
  // Whoever only asks whether one is under way has no need of it.
  const { refreshOnce } = await import('../refresh.ts');
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await refreshOnce(context);
    if (outcome.kind !== 'again') return outcome;
    if (attempt === MOST_ATTEMPTS) return { kind: 'failed', error: outcome.error };
    await clock.sleep(outcome.afterMs, context.signal);
  }
}
