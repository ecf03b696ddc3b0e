/**
 * What a refresh changes in a store: the claim on a refresh token, its settlement, its refusal, its release. Pure, and each
 * recognises its own effect, because a commit whose outcome is unknown runs again. The protocol is docs/refresh.md; when each is
 * due, the story `refresh` decides.
 */

import { createHash } from 'node:crypto';

import type { EpochMs } from '../../words/ports.ts';
import type { AuthProfiles, CommitDecision, OAuthProfile, RefreshClaim } from '../profile-store.ts';
import { entryOf } from './order.ts';

/** How long a claim holds where the access token has expired: somebody waits for it. */
export const CLAIM_EXPIRED_MS = 90_000;
/** How long it holds while the access token is valid: nobody waits. */
export const CLAIM_VALID_MS = 600_000;

/** Why a profile cannot be refreshed: nothing is stored there, or nothing that can be refreshed. */
type Gone = { readonly kind: 'missing' };

/** Whether a refresh token may be presented now, and if not, why. */
export type ClaimOutcome =
  /** The token may be presented: `profile` is what is stored, `previous` the claim that was taken over. */
  | {
      readonly kind: 'claimed';
      readonly profile: OAuthProfile;
      readonly claim: RefreshClaim;
      readonly previous?: RefreshClaim;
    }
  /** Somebody was faster: use what is stored. */
  | { readonly kind: 'fresh'; readonly profile: OAuthProfile }
  /** Somebody else's claim is live. */
  | { readonly kind: 'held'; readonly profile: OAuthProfile; readonly claim: RefreshClaim }
  /** The server has refused this very token. */
  | { readonly kind: 'dead'; readonly profile: OAuthProfile }
  | Gone;

/** What became of the tokens that the server granted. */
export type SettleOutcome =
  /** `profile` is what is stored: the tokens that came, and what was left out of the answer as it was. */
  | { readonly kind: 'settled'; readonly profile: OAuthProfile }
  /** Another refresh token is stored by now, a new login's: it wins. */
  | { readonly kind: 'superseded'; readonly profile: OAuthProfile }
  | Gone;

/** Whether the server's refusal was taken for the end of this login. */
export type RefusalOutcome =
  | { readonly kind: 'dead'; readonly profile: OAuthProfile }
  /** Not ours to judge: the stored token is another one, or somebody else has the claim. */
  | { readonly kind: 'superseded'; readonly profile: OAuthProfile }
  | Gone;

/** The OAuth profile under an id; undefined where there is none with a refresh token. */
export function refreshableIn(state: AuthProfiles, profileId: string): OAuthProfile | undefined {
  const entry = entryOf(state, profileId);
  const isWhole =
    entry !== undefined &&
    (entry.type ?? entry.mode) === 'oauth' &&
    typeof entry.access === 'string' &&
    typeof entry.refresh === 'string' &&
    entry.refresh !== '';
  return isWhole ? (entry as OAuthProfile) : undefined;
}

/** Whether the server has refused the very refresh token that is stored now: another program may have stored a new one since. */
export function isDead({ dead, refresh }: OAuthProfile): boolean {
  return dead !== undefined && (dead.of === undefined || dead.of === fingerprintOf(refresh));
}

/** Whether somebody may be presenting the stored token: by the store's clock, and never by whether a process lives. */
export function isClaimed({ claim }: OAuthProfile, now: EpochMs): boolean {
  return claim !== undefined && claim.until > now;
}

/** The claim of whoever may be presenting the token of this profile now. */
export function liveClaimIn(state: AuthProfiles, profileId: string, now: EpochMs): RefreshClaim | undefined {
  const profile = refreshableIn(state, profileId);
  return profile !== undefined && isClaimed(profile, now) ? profile.claim : undefined;
}

/**
 * Claims a refresh token for one presentation. A claim that is over is taken over, and counted.
 * @param request `id` of this claim alone; `by`: who and since when, for a person; `isFresh` is asked of the newest state
 * @param now the store's clock
 */
export function claimRefresh(
  state: AuthProfiles,
  request: { profileId: string; id: string; by: string; isFresh(profile: OAuthProfile): boolean },
  now: EpochMs,
): CommitDecision<ClaimOutcome> {
  const { profileId, id, by } = request;
  const profile = refreshableIn(state, profileId);
  if (profile === undefined) return { write: false, result: { kind: 'missing' } };
  const { claim: there } = profile;
  if (there?.id === id) return { write: false, result: { kind: 'claimed', profile, claim: there } };
  if (request.isFresh(profile)) return { write: false, result: { kind: 'fresh', profile } };
  if (isDead(profile)) return { write: false, result: { kind: 'dead', profile } };
  if (there !== undefined && isClaimed(profile, now))
    return { write: false, result: { kind: 'held', profile, claim: there } };
  const lastsMs = now < profile.expires ? CLAIM_VALID_MS : CLAIM_EXPIRED_MS;
  const claim = { id, by, until: Math.ceil(now + lastsMs), attempt: (there?.attempt ?? 0) + 1 };
  const claimed = { ...profile, claim };
  return {
    write: true,
    next: withProfile(state, profileId, claimed),
    result: {
      kind: 'claimed',
      profile: claimed,
      claim,
      ...(there === undefined ? {} : { previous: there }),
    },
  };
}

/**
 * Stores what the server granted for `presented`, if that is still the stored refresh token, whoever has the claim by now.
 * @param settlement `tokens`: what the answer had; what it left out is kept (RFC 6749 §6)
 */
export function settleRefresh(
  state: AuthProfiles,
  settlement: {
    profileId: string;
    /** The refresh token that was sent. Secret. */
    presented: string;
    tokens: { access?: string | undefined; refresh?: string | undefined; expires?: EpochMs | undefined };
  },
): CommitDecision<SettleOutcome> {
  const { profileId, presented, tokens } = settlement;
  const profile = refreshableIn(state, profileId);
  if (profile === undefined) return { write: false, result: { kind: 'missing' } };
  const { access = profile.access, refresh = presented, expires = profile.expires } = tokens;
  if (profile.refresh !== presented) {
    // Stored already, by the commit whose outcome was unknown.
    const isOurs = profile.refresh === refresh && profile.access === access;
    return { write: false, result: { kind: isOurs ? 'settled' : 'superseded', profile } };
  }
  const { claim: _, dead: __, ...rest } = profile;
  const settled = { ...rest, access, refresh, expires, gen: (profile.gen ?? 0) + 1 } as OAuthProfile;
  return {
    write: true,
    next: withProfile(state, profileId, settled),
    result: { kind: 'settled', profile: settled },
  };
}

/** Takes down that the server has refused `presented` for good: only with the claim, and only of the token that is stored. */
export function refuseRefresh(
  state: AuthProfiles,
  refusal: { profileId: string; presented: string; claimId: string; code: string },
  now: EpochMs,
): CommitDecision<RefusalOutcome> {
  const { profileId, presented, claimId, code } = refusal;
  const profile = refreshableIn(state, profileId);
  if (profile === undefined) return { write: false, result: { kind: 'missing' } };
  if (profile.refresh !== presented) return { write: false, result: { kind: 'superseded', profile } };
  if (profile.claim?.id !== claimId)
    return { write: false, result: { kind: isDead(profile) ? 'dead' : 'superseded', profile } };
  const { claim: _, ...rest } = profile;
  const dead = { ...rest, dead: { code, at: Math.floor(now), of: fingerprintOf(presented) } } as OAuthProfile;
  return { write: true, next: withProfile(state, profileId, dead), result: { kind: 'dead', profile: dead } };
}

/** Gives up a claim under which nothing was presented; the one that it had taken over, and that nobody has answered for, comes back. */
export function releaseRefresh(
  state: AuthProfiles,
  {
    profileId,
    claimId,
    previous,
  }: { profileId: string; claimId: string; previous?: RefreshClaim | undefined },
): CommitDecision<undefined> {
  const profile = refreshableIn(state, profileId);
  if (profile?.claim?.id !== claimId) return { write: false, result: undefined };
  const { claim: _, ...rest } = profile;
  const released = (previous === undefined ? rest : { ...rest, claim: previous }) as OAuthProfile;
  return { write: true, next: withProfile(state, profileId, released), result: undefined };
}

/** A stored credential without what refreshes have left in it: for a login, which always wins. `gen` goes on. */
export function withoutRefreshMarks(stored: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { claim: _, dead: __, gen, ...rest } = stored;
  return typeof gen === 'number' ? { ...rest, gen: gen + 1 } : rest;
}

/** Equal for equal tokens; says nothing about them. */
export function fingerprintOf(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('base64url').slice(0, 22);
}

function withProfile(state: AuthProfiles, profileId: string, profile: OAuthProfile): AuthProfiles {
  return { ...state, profiles: { ...state.profiles, [profileId]: profile } };
}
