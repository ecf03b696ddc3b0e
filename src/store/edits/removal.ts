/** What a logout changes in a store: the profile goes, and with it its place in the order and `lastGood`. Pure. */

import type { AuthProfiles } from '../profile-store.ts';
import { entryOf, inKeyOrderOf, storedOrder, withOrder, without } from './order.ts';

export interface Removal {
  readonly provider: string;
  readonly profileId: string;
}

/** What is left of the provider's routing; undefined where nothing is. */
export interface Removed {
  readonly order?: string[];
  readonly lastGood?: string;
}

/** The state without a profile, and without anything that names it. An order that held nothing else goes as a whole. */
export function removeProfile(
  state: AuthProfiles,
  { provider, profileId }: Removal,
): { next: AuthProfiles; result: Removed } {
  const { profiles, lastGood, usageStats, ...rest } = state;
  const kept: AuthProfiles = {
    ...rest,
    profiles: without(profiles, [profileId]),
    ...(lastGood === undefined ? {} : { lastGood: pointingElsewhere(lastGood, profileId) }),
    ...(usageStats === undefined ? {} : { usageStats: without(usageStats, [profileId]) }),
  };
  const next = inKeyOrderOf(state, withoutInOrders(kept, profileId));
  const order = storedOrder(next, provider);
  const good = next.lastGood?.[provider];
  return {
    next,
    result: { ...(order === undefined ? {} : { order }), ...(good === undefined ? {} : { lastGood: good }) },
  };
}

/**
 * The same in another agent's store, which names main's profile or has a copy of it: a copy goes only if it holds the very token that
 * was given up.
 * @param isCopy whether a credential under that id is such a copy
 */
export function followRemoval(
  state: AuthProfiles,
  removal: Removal & { isCopy(credential: Readonly<Record<string, unknown>>): boolean },
): { next: AuthProfiles; result: { readonly retired: string[]; readonly order?: string[] } } {
  const { profileId, isCopy } = removal;
  const copies = Object.keys(state.profiles).filter((id) => {
    const entry = entryOf(state, id);
    return entry !== undefined && isCopy(entry);
  });
  const names = Object.hasOwn(state.profiles, profileId) ? copies : [...new Set([profileId, ...copies])];
  const next = names.reduce(
    (left, id) => removeProfile(left, { provider: removal.provider, profileId: id }).next,
    state,
  );
  const order = storedOrder(next, removal.provider);
  return { next, result: { retired: copies, ...(order === undefined ? {} : { order }) } };
}

function pointingElsewhere(
  lastGood: Readonly<Record<string, string>>,
  profileId: string,
): Record<string, string> {
  return without(
    lastGood,
    Object.keys(lastGood).filter((key) => lastGood[key] === profileId),
  );
}

function withoutInOrders(state: AuthProfiles, profileId: string): AuthProfiles {
  return Object.keys(state.order ?? {}).reduce((left, key) => {
    const ids = storedOrder(left, key);
    return ids?.includes(profileId)
      ? withOrder(
          left,
          key,
          ids.filter((id) => id !== profileId),
        )
      : left;
  }, state);
}
