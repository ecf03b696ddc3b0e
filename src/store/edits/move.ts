/**
 * What a move changes in the two stores, so that at no moment both hold a refresh token that somebody could present. Pure, and each
 * recognises its own effect. First the token becomes inert where it is (kept, and no credential any more), then it is stored in the
 * other place, then what is left in the first one goes. Whoever is killed in between runs it again.
 */

import type { EpochMs } from '../../words/ports.ts';
import type {
  AuthProfiles,
  CommitDecision,
  OAuthProfile,
  RefreshClaim,
  StoredProfile,
} from '../profile-store.ts';
import { providerKey, sameProvider } from '../provider-key.ts';
import { entryOf, storedOrder, withOrder } from './order.ts';
import { isClaimed, isDead, refreshableIn } from './refresh.ts';
import { removeProfile } from './removal.ts';

/** What makes a refresh token inert, in the profile that it leaves. */
export interface MoveMark {
  readonly id: string;
  /** Where it goes, in a person's words. */
  readonly to: string;
  readonly at: EpochMs;
  /** Kept until it is stored there. Secret, and nobody's to present. */
  readonly refresh: string;
  /** What else the profile was, besides what it says of itself now. */
  readonly was: Readonly<Record<string, unknown>>;
}

export type BeginOutcome =
  | { readonly kind: 'begun'; readonly id: string; readonly profile: OAuthProfile }
  /** Somebody presents the token now: its answer would be lost. */
  | { readonly kind: 'claimed'; readonly claim: RefreshClaim }
  /** An earlier move, to another place, was not brought to its end. */
  | { readonly kind: 'elsewhere'; readonly to: string }
  | { readonly kind: 'dead' | 'missing' };

/** The profile becomes access-only: usable until it expires, refreshed by nobody. */
export function beginMove(
  state: AuthProfiles,
  move: { profileId: string; id: string; to: string },
  now: EpochMs,
): CommitDecision<BeginOutcome> {
  const { profileId, id, to } = move;
  const begun = moveMarkIn(state, profileId);
  if (begun !== undefined)
    return {
      write: false,
      result:
        begun.mark.to === to
          ? { kind: 'begun', id: begun.mark.id, profile: begun.profile }
          : { kind: 'elsewhere', to: begun.mark.to },
    };
  const profile = refreshableIn(state, profileId);
  if (profile === undefined) return { write: false, result: { kind: 'missing' } };
  if (isDead(profile)) return { write: false, result: { kind: 'dead' } };
  if (profile.claim !== undefined && isClaimed(profile, now))
    return { write: false, result: { kind: 'claimed', claim: profile.claim } };
  const { type, access, refresh, claim, gen, dead, ...rest } = profile;
  const was = Object.fromEntries(
    Object.entries({ type, claim, gen, dead }).filter(([, value]) => value !== undefined),
  );
  const moving: MoveMark = { id, to, at: Math.floor(now), refresh, was };
  const inert: StoredProfile = { ...rest, type: 'token', token: access, moving };
  return {
    write: true,
    next: { ...state, profiles: { ...state.profiles, [profileId]: inert } },
    result: { kind: 'begun', id, profile },
  };
}

/** The mark of a move that has begun, and the profile as it was. */
export function moveMarkIn(
  state: AuthProfiles,
  profileId: string,
): { mark: MoveMark; profile: OAuthProfile } | undefined {
  const { moving, token, type: _, ...rest } = entryOf(state, profileId) ?? {};
  if (typeof moving !== 'object' || moving === null || typeof token !== 'string') return undefined;
  const mark = moving as MoveMark;
  if (typeof mark.id !== 'string' || typeof mark.refresh !== 'string') return undefined;
  const was = typeof mark.was === 'object' && mark.was !== null ? mark.was : {};
  return {
    mark,
    profile: { ...rest, type: 'oauth', access: token, refresh: mark.refresh, ...was } as OAuthProfile,
  };
}

/** Why a profile cannot be received: one of that name, or of that account, is there already. */
export type ReceiveOutcome = { readonly kind: 'received' } | { readonly kind: 'taken'; readonly by: string };

/**
 * The profile in its new store, after those that the order has; it says which move brought it, by which a second run knows it.
 * @param from the state that it leaves: its order and lastGood count where the new store says nothing of its own
 */
export function receiveMove(
  state: AuthProfiles,
  move: { profileId: string; id: string; provider: string; profile: OAuthProfile; from: AuthProfiles },
): CommitDecision<ReceiveOutcome> {
  const { profileId, id, provider, profile, from } = move;
  const there = entryOf(state, profileId);
  if (movedBy(there) === id) return { write: false, result: { kind: 'received' } };
  const holder = holderIn(state, profileId, profile);
  if (holder !== undefined) return { write: false, result: { kind: 'taken', by: holder } };
  const placed = {
    ...state,
    profiles: { ...state.profiles, [profileId]: { ...profile, moved: { id } } },
  };
  const order = storedOrder(state, provider);
  const others = Object.values(state.profiles).some((one) => sameProvider(one?.provider, provider));
  const before = storedOrder(from, provider)?.includes(profileId) ?? false;
  // An order is an allow-list: what comes to one must be named by it, and nothing that stands here is shut out by it.
  const ordered =
    order !== undefined || (before && !others)
      ? withOrder(placed, provider, [...(order ?? []), profileId])
      : placed;
  const good = providerKey(state.lastGood, provider);
  const wasGood = from.lastGood?.[providerKey(from.lastGood, provider)] === profileId;
  const isSaid = state.lastGood !== undefined && Object.hasOwn(state.lastGood, good);
  const next =
    !isSaid && wasGood ? { ...ordered, lastGood: { ...ordered.lastGood, [good]: profileId } } : ordered;
  return { write: true, next, result: { kind: 'received' } };
}

/** The id under which the same name or account stands already; undefined where it may come. */
export function holderIn(state: AuthProfiles, profileId: string, profile: OAuthProfile): string | undefined {
  if (Object.hasOwn(state.profiles, profileId)) return profileId;
  const { accountId, provider } = profile;
  return Object.keys(state.profiles).find((id) => {
    const entry = entryOf(state, id);
    return (
      accountId !== undefined && entry?.accountId === accountId && sameProvider(entry.provider, provider)
    );
  });
}

/** The move by which a profile came; undefined for every other. */
export function movedBy(entry: StoredProfile | undefined): string | undefined {
  const moved: unknown = entry?.moved;
  return typeof moved === 'object' && moved !== null && 'id' in moved && typeof moved.id === 'string'
    ? moved.id
    : undefined;
}

/** What is left in the old store goes, with its place in order and lastGood. */
export function endMove(
  state: AuthProfiles,
  { profileId, id, provider }: { profileId: string; id: string; provider: string },
): CommitDecision<undefined> {
  if (moveMarkIn(state, profileId)?.mark.id !== id) return { write: false, result: undefined };
  return { write: true, next: removeProfile(state, { provider, profileId }).next, result: undefined };
}
