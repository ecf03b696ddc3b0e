/** Which refreshes are under way in this process: asked for more often than one is begun, and so apart from how one is done. */

import type { RefreshOutcome } from '../refresh.ts';
import type { ProfileStore } from '../store/profile-store.ts';

/** One refresh, as whoever waits for it sees it. */
export interface Flight {
  readonly outcome: Promise<RefreshOutcome>;
  /** Resolves when the answer is overdue; never, where it comes. */
  readonly overdue: Promise<void>;
  /** One less waits for it. */
  leave(): void;
}

/** The same with how many wait. */
export interface OwnFlight extends Flight {
  waiting: number;
}

/** By store and profile; who adds to it, `flight` says. */
export const underWay = new WeakMap<ProfileStore, Map<string, OwnFlight>>();

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
