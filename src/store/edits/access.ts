/**
 * What `sync` changes in a host's own store: an access token of a login that is kept elsewhere, without its refresh token. Pure.
 * Where it comes from, and when, the story `synchronize` decides.
 */

import { isDeepStrictEqual } from 'node:util';
import type { AuthProfiles, CommitDecision, StoredProfile, TokenProfile } from '../profile-store.ts';
import { findProvider, providerKey, sameProvider } from '../provider-key.ts';
import { followLogin } from './follow.ts';
import { clearWindows } from './login.ts';
import { entryOf, inKeyOrderOf, storedOrder } from './order.ts';
import { refreshableIn } from './refresh.ts';

export interface AccessToRecord {
  /** The provider's name in this store. */
  readonly provider: string;
  /** Gets the account's id behind it where another credential has the id. */
  readonly preferredProfileId: string;
  readonly profile: TokenProfile;
  /** Whether a stored credential belongs to the account of the token. */
  isSameAccount(stored: StoredProfile): 'same' | 'other' | 'unknown';
  /** The ids that would be tried now: they follow where no order was stored. */
  readonly routableBefore: readonly string[];
}

export type AccessOutcome =
  | {
      readonly kind: 'recorded';
      /** False where it was all there. */
      readonly changed: boolean;
      readonly profileId: string;
      readonly order: string[];
      readonly lastGood: string;
    }
  /** A profile of this account has a refresh token here, and so a second program that would spend it. */
  | { readonly kind: 'refreshable'; readonly holder: string };

/**
 * Profile, its place in `order`, and `lastGood`, together. A profile that is in the order keeps its place, as the person chose it;
 * one that is not goes to the front. Its cooldown ends with the token that it was about.
 */
export function recordAccess(state: AuthProfiles, access: AccessToRecord): CommitDecision<AccessOutcome> {
  const { provider, profile } = access;
  const holder = refreshableTwin(state, access);
  if (holder !== undefined) return { write: false, result: { kind: 'refreshable', holder } };

  const profileId = freeProfileId(state, access);
  const there = entryOf(state, profileId);
  const before = storedOrder(state, provider);
  const order = before?.includes(profileId)
    ? before
    : [profileId, ...new Set((before ?? access.routableBefore).filter((id) => id !== profileId))];
  const isFirst = order[0] === profileId;
  const lastGood = isFirst ? profileId : (findProvider(state.lastGood, provider) ?? profileId);
  const { profiles, usageStats, ...rest } = state;
  const isNew = there?.token !== profile.token;
  const next = inKeyOrderOf(state, {
    version: 1,
    ...rest,
    profiles: { ...profiles, [profileId]: { ...keptOf(there), ...profile } },
    order: { ...state.order, [providerKey(state.order, provider)]: order },
    lastGood: { ...state.lastGood, [providerKey(state.lastGood, provider)]: lastGood },
    ...(usageStats === undefined
      ? {}
      : { usageStats: isNew ? clearWindows(usageStats, profileId) : usageStats }),
  });
  const changed = !isDeepStrictEqual(next, state);
  const result = { kind: 'recorded', changed, profileId, order, lastGood } as const;
  return changed ? { write: true, next, result } : { write: false, result };
}

/** Whether an agent's own store hides the profile of main: by an order that leaves it out, or by an entry of its own. */
export function hidesAccess(
  state: AuthProfiles,
  { provider, profileId }: { provider: string; profileId: string },
): boolean {
  const order = storedOrder(state, provider);
  return (order !== undefined && !order.includes(profileId)) || Object.hasOwn(state.profiles, profileId);
}

/** The agent's next state, without what hid it. */
export function followAccess(
  state: AuthProfiles,
  access: { provider: string; profileId: string },
): ReturnType<typeof followLogin> {
  return followLogin(state, { ...access, isSameAccount: () => 'unknown' });
}

/** The profile of this account that has a refresh token; where an account is not told, its id decides. */
export function refreshableTwin(
  state: AuthProfiles,
  {
    provider,
    preferredProfileId,
    isSameAccount,
  }: Pick<AccessToRecord, 'provider' | 'preferredProfileId' | 'isSameAccount'>,
): string | undefined {
  return Object.keys(state.profiles).find((id) => {
    const stored = entryOf(state, id);
    if (stored === undefined || !sameProvider(stored.provider, provider)) return false;
    if (refreshableIn(state, id) === undefined) return false;
    const verdict = isSameAccount(stored);
    const mayBe = id === preferredProfileId || sameProvider(id, `${provider}:default`);
    return verdict === 'same' || (verdict === 'unknown' && mayBe);
  });
}

/** The preferred id, or with the account's id behind it, until it is free or this account's own. */
function freeProfileId(state: AuthProfiles, access: AccessToRecord): string {
  const { preferredProfileId: id, profile } = access;
  const account = String(profile.accountId ?? '').replace(/[^\w-]/g, '');
  const ids = [id, `${id}-${account.slice(0, 8)}`, `${id}-${account}`];
  for (let number = 2; ; number += 1) {
    const free = ids.find((one) => isFree(state, one, access));
    if (free !== undefined) return free;
    ids.push(`${id}-${account}-${number}`);
  }
}

function isFree(state: AuthProfiles, id: string, { provider, isSameAccount }: AccessToRecord): boolean {
  const stored = entryOf(state, id);
  if (stored === undefined) return !Object.hasOwn(state.profiles, id);
  if (!sameProvider(stored.provider, provider)) return false;
  const verdict = isSameAccount(stored);
  return verdict === 'same' || (verdict === 'unknown' && stored.type === 'token');
}

/** What another kind of credential had is not this one's: an access token beside `token` would be read by nobody. */
function keptOf(stored: StoredProfile | undefined): StoredProfile {
  return stored?.type === 'token' ? stored : {};
}
