/**
 * One refresh, read from top to bottom: claim, look whether we slept, present the token, store what came (docs/refresh.md).
 * It presents a token once at most; when to refresh, and whether again, `refresh/flight` and `require-credential` decide.
 */

import { randomUUID } from 'node:crypto';
import { type RefreshRequestContext, requestRefresh } from './oauth/refresh-request.ts';
import { hasPaused, LONGEST_PAUSE_MS, momentOf } from './refresh/self-check.ts';
import { claimRefresh, refuseRefresh, releaseRefresh, settleRefresh } from './store/edits/refresh.ts';
import type { OAuthProfile, ProfileStore, RefreshClaim } from './store/profile-store.ts';
import { CredentialError, type LoginError, type StoreError } from './words/errors.ts';
import { throughOutages } from './words/outage.ts';
import type { Clock, EpochMs } from './words/ports.ts';

export interface RefreshContext extends RefreshRequestContext {
  readonly store: ProfileStore;
  readonly profileId: string;
  /** The provider's name in the store. */
  readonly storeProvider: string;
  readonly isFresh: (profile: OAuthProfile, now: EpochMs) => boolean;
  readonly clock: Clock;
  /** This machine and process, for whoever finds our claim. */
  readonly processName: string;
  /** Stops it until the token is sent, and not any more then. */
  readonly signal: AbortSignal;
  /** Runs when new tokens were stored, while nobody else can commit; its failure changes nothing. */
  readonly whenStored?: (() => Promise<unknown>) | undefined;
  /** Hears that the token is about to be sent. */
  readonly onSent: () => void;
  readonly onWaiting?: ((reason: string) => void) | undefined;
}

export type RefreshOutcome =
  /** Stored, and durable: the profile as it is now. */
  | { readonly kind: 'renewed'; readonly profile: OAuthProfile }
  /** Somebody else has: what is stored is theirs. */
  | { readonly kind: 'current'; readonly profile: OAuthProfile }
  | { readonly kind: 'held'; readonly profile: OAuthProfile; readonly claim: RefreshClaim }
  /** Refused for good. `unreported`: the claim that was taken over, whose holder was never heard of again. */
  | { readonly kind: 'dead'; readonly profile: OAuthProfile; readonly unreported?: RefreshClaim }
  /** Nothing was presented, or nothing was used: it may be tried again after this pause. */
  | { readonly kind: 'again'; readonly afterMs: number; readonly error: LoginError }
  | { readonly kind: 'failed'; readonly error: LoginError }
  | { readonly kind: 'missing' };

type Committing = Pick<ProfileStore, 'commit'>;

/** A server that wants to be left alone for longer is not waited for: the claim would be over. */
const LONGEST_RETRY_AFTER_MS = 45_000;
const USUAL_RETRY_AFTER_MS = 1_000;
/** How long a store that cannot be written is tried again before a rotated token is given up. */
const STORE_OUTAGE_MS = 600_000;

/** @throws StoreError where the claim cannot be made, or what was granted cannot be stored; `signal.reason` */
export async function refreshOnce(context: RefreshContext): Promise<RefreshOutcome> {
  const { store, storeProvider, profileId, signal, onWaiting } = context;
  const use = (committing: Committing) => claimAndPresent(committing, context);
  if (store.exclusively === undefined) return use(store);
  return store.exclusively({ provider: storeProvider, profileId }, use, { signal, onWaiting });
}

async function claimAndPresent(store: Committing, context: RefreshContext): Promise<RefreshOutcome> {
  const { profileId, clock, signal, onWaiting } = context;
  const id = randomUUID();
  // Taken with `until`, and so before the acknowledgement: whoever was stopped during the commit is noticed too.
  const begunAt = momentOf(clock);
  let claimedAt = begunAt;
  let previous: RefreshClaim | undefined;
  let requestedAt: EpochMs = 0;
  // A commit whose outcome is unknown runs again: the edit recognises its own effect. For longer than the self-check allows it is in vain.
  const passes = ({ outcome }: StoreError) => outcome === 'unknown';
  const claimed = await throughOutages(
    () =>
      store.commit(
        (state, { now }) => {
          const ranAt = momentOf(clock);
          requestedAt = now;
          const by = `${context.processName} at ${new Date(now).toISOString()}`;
          const isFresh = (profile: OAuthProfile) => context.isFresh(profile, now);
          const decision = claimRefresh(state, { profileId, id, by, isFresh }, now);
          // A claim that an earlier run has made is as old as that one, and took over what that one did.
          claimedAt = decision.write ? ranAt : begunAt;
          if (decision.write && decision.result.kind === 'claimed') previous = decision.result.previous;
          return decision;
        },
        { signal, onWaiting, profileId },
      ),
    { clock, signal, forMs: LONGEST_PAUSE_MS, passes },
  );
  if (claimed.kind === 'fresh') return { kind: 'current', profile: claimed.profile };
  if (claimed.kind !== 'claimed') return claimed;

  const { profile } = claimed;
  const { refresh: presented, access } = profile;
  const release = async () => {
    // A claim that cannot be released ends by itself.
    await store
      .commit((state) => releaseRefresh(state, { profileId, claimId: id, previous }), { profileId })
      .catch(() => 0);
  };
  if (hasPaused(claimedAt, clock) || signal.aborted) {
    await release();
    signal.throwIfAborted();
    return { kind: 'again', afterMs: 0, error: pausedError(profileId) };
  }
  // What the server has said is not to be had again: the store is tried until it takes it.
  const untilStored = { clock, forMs: STORE_OUTAGE_MS, passes: () => true };
  context.onSent();
  const answer = await requestRefresh({ refresh: presented, access }, requestedAt, context);

  if (answer.kind === 'granted') {
    const { tokens } = answer;
    const settled = await throughOutages(
      () =>
        store.commit((state) => settleRefresh(state, { profileId, presented, tokens }), {
          profileId,
          whileLocked: async () => void (await context.whenStored?.().catch(() => undefined)),
        }),
      untilStored,
    );
    if (settled.kind === 'missing') return settled;
    return { kind: settled.kind === 'settled' ? 'renewed' : 'current', profile: settled.profile };
  }
  if (answer.kind === 'refused') {
    const refusal = { profileId, presented, claimId: id, code: answer.code };
    const outcome = await throughOutages(
      () => store.commit((state, { now }) => refuseRefresh(state, refusal, now), { profileId }),
      untilStored,
    );
    if (outcome.kind === 'missing') return outcome;
    if (outcome.kind === 'superseded') return { kind: 'current', profile: outcome.profile };
    return { ...outcome, ...(previous === undefined ? {} : { unreported: previous }) };
  }
  if (answer.kind === 'unknown') return { kind: 'failed', error: answer.error };
  const pauseMs = answer.retryAfterMs ?? (answer.mayPass ? USUAL_RETRY_AFTER_MS : 0);
  const isWorthIt = answer.mayPass && pauseMs <= LONGEST_RETRY_AFTER_MS;
  // The claim is kept meanwhile: others would only be turned away as well.
  if (isWorthIt && answer.retryAfterMs !== undefined) await clock.sleep(pauseMs);
  await release();
  if (!isWorthIt) return { kind: 'failed', error: answer.error };
  return { kind: 'again', afterMs: answer.retryAfterMs === undefined ? pauseMs : 0, error: answer.error };
}

function pausedError(profileId: string): CredentialError {
  return new CredentialError('ERR_REFRESH_PENDING', {
    profileId,
    summary: 'This process was stopped, or its store took more than five seconds, just before a refresh.',
    hint: 'Nothing was sent. Run the command again.',
  });
}
