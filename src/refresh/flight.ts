/**
 * Refreshes under way in this process: one a store and profile, whoever asks. A flight goes on without those who no longer wait, and
 * is aborted only before its token was sent. Whether its outcome will do, each of them decides.
 */

import { type RefreshContext, type RefreshOutcome, refreshOnce } from '../refresh.ts';
import type { Clock } from '../words/ports.ts';
import { type Flight, type OwnFlight, underWay } from './under-way.ts';

/** How long anybody waits for an answer, in milliseconds, from when the token was sent. */
export const ANSWER_WAIT_MS = 30_000;
/** How often a refresh that used nothing up is tried. */
const MOST_ATTEMPTS = 3;

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
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await refreshOnce(context);
    if (outcome.kind !== 'again') return outcome;
    if (attempt === MOST_ATTEMPTS) return { kind: 'failed', error: outcome.error };
    await clock.sleep(outcome.afterMs, context.signal);
  }
}
