/**
 * What a login into main changes in the store of another agent: nothing is copied into it, and nothing of its own stands in
 * the way any more. Pure. A refresh token works once, so there is one store that holds it, and every agent inherits from there.
 */

import type { AuthProfiles, StoredProfile } from '../profile-store.ts';
import { providerKey, sameProvider } from '../provider-key.ts';
import { storedOrder } from './order.ts';

export interface LoginToFollow {
  provider: string;
  /** The profile that main holds now. */
  profileId: string;
  /** Whether the agent's order becomes just this profile. */
  only?: boolean;
  /** Whether a credential of the agent's own belongs to the account that signed in. */
  isSameAccount(stored: StoredProfile): 'same' | 'other' | 'unknown';
}

/** What was changed; `undefined` where the agent inherits everything anyway. */
export interface FollowedLogin {
  /** The agent's own order; undefined where it has none and main's applies. */
  readonly order?: string[];
  /** Copies of the same account that were removed, so that main's is seen. */
  readonly retired: string[];
}

/** Whether a store has anything of its own that could hide main's profile of this provider. */
export function bearsOnProvider(state: AuthProfiles, provider: string): boolean {
  const own = Object.values(state.profiles).some((entry: unknown) =>
    sameProvider((entry as StoredProfile | null)?.provider, provider),
  );
  return own || storedOrder(state, provider) !== undefined;
}

/** The agent's next state: the profile first in its own order, where it has one, and no copy of that account beside main's. */
export function followLogin(
  state: AuthProfiles,
  login: LoginToFollow,
): { next: AuthProfiles; result: FollowedLogin } {
  const { provider, profileId, isSameAccount } = login;
  const retired = Object.entries(state.profiles)
    .filter(
      ([id, entry]) =>
        sameProvider(entry?.provider, provider) && (id === profileId || isSameAccount(entry) === 'same'),
    )
    .map(([id]) => id);
  const kept = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).filter(([id]) => id !== profileId && !retired.includes(id)));
  const before = storedOrder(state, provider);
  const order = before && [
    profileId,
    ...(login.only ? [] : before.filter((id) => id !== profileId && !retired.includes(id))),
  ];
  const next: AuthProfiles = {
    ...state,
    profiles: kept(state.profiles),
    ...(order ? { order: { ...state.order, [providerKey(state.order, provider)]: order } } : {}),
    ...(state.lastGood ? { lastGood: pointTo(state.lastGood, provider, profileId, retired) } : {}),
    ...(state.usageStats ? { usageStats: kept(state.usageStats) } : {}),
  };
  return { next, result: { ...(order ? { order } : {}), retired } };
}

/** The agent's own word on what worked last, if it has one, follows; none of another provider names a removed copy. */
function pointTo(
  lastGood: Readonly<Record<string, string>>,
  provider: string,
  profileId: string,
  retired: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(lastGood).flatMap(([key, id]) => {
      if (sameProvider(key, provider)) return [[key, profileId]];
      return retired.includes(id) ? [] : [[key, id]];
    }),
  );
}
