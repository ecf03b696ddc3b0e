/**
 * One valid access token for whoever asks, refreshed when it must be: read, judge, refresh or wait, and read again (docs/refresh.md).
 * It decides whether what is stored will do; which profile that is, `chosen-credential`, and how a token is presented, `refresh`.
 */

import { type Chosen, type Credential, chooseCredential } from './credential/chosen.ts';
import {
  deadError,
  elsewhereError,
  noCredentialError,
  notRefreshableError,
  pendingError,
  unusableError,
} from './credential/error.ts';
import {
  type CredentialOptions,
  type CredentialSettings,
  withCredentialDefaults,
} from './credential/options.ts';
import { lifetimeOf } from './oauth/expiry.ts';
import { isFresh, isUsable, type Need } from './refresh/freshness.ts';
import { isUnderWay } from './refresh/under-way.ts';
import type { RefreshOutcome } from './refresh.ts';
import { isClaimed, isDead } from './store/edits/refresh.ts';
import type { OAuthProfile } from './store/profile-store.ts';
import { startDeadline } from './words/deadline.ts';
import type { LoginError } from './words/errors.ts';
import type { Deadline } from './words/ports.ts';

export type { Credential } from './credential/chosen.ts';
export type { CredentialOptions } from './credential/options.ts';

const WAIT_MS = 120_000;
/** Between two looks at somebody else's refresh. */
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

/**
 * A valid access token of the credential that would be used, refreshed where it must be: each refresh token is presented once,
 * whoever else does the same on this machine. Prints nothing and ends no process.
 * @throws CredentialError `ERR_NO_CREDENTIAL`, `ERR_REFRESH_REFUSED` (sign in again), `ERR_REFRESH_PENDING`,
 *   `ERR_REFRESH_ELSEWHERE`; TokenError; StoreError; `signal.reason`
 */
export async function requireCredential(options: CredentialOptions = {}): Promise<Credential> {
  const settings = await withCredentialDefaults(options);
  const ended = new AbortController();
  let isLeftBehind = true;
  try {
    const { clock } = settings;
    const waitMs = options.waitMs ?? WAIT_MS;
    const begun = clock.now();
    // What is fresh is not waited for, and a timer takes a millisecond to load.
    const startWaiting = () =>
      startDeadline(clock, Math.max(0, waitMs - (clock.now() - begun)), ended.signal);
    const credential = await untilValid(settings, options, startWaiting);
    isLeftBehind = isUnderWay(settings.opened.store);
    return credential;
  } finally {
    ended.abort();
    const closed = settings.close().catch(() => undefined);
    // An answer that is overdue is stored when it comes; nobody waits for it here.
    if (!isLeftBehind) await closed;
  }
}

async function untilValid(
  settings: CredentialSettings,
  options: CredentialOptions,
  startWaiting: () => Deadline,
): Promise<Credential> {
  const { clock, signal } = settings;
  let deadline: Deadline | undefined;
  const need: { -readonly [Key in keyof Need]: Need[Key] } = {
    minTtlMs: options.minTtlMs,
    rejected: options.rejected,
    jitter: Math.random(),
  };
  for (let pauseMs = SHORTEST_PAUSE_MS; ; ) {
    signal.throwIfAborted();
    const chosen = await chooseCredential(settings, options.profileId);
    if (chosen.kind === 'static') {
      const { accessToken: access, expires = Number.POSITIVE_INFINITY } = chosen.credential;
      if (!options.forceRefresh && isUsable({ access, expires }, need, chosen.now)) return chosen.credential;
      throw notRefreshableError(chosen.profileId);
    }
    const { profileId, profile, store, now } = chosen;
    if (options.forceRefresh) need.rejected ??= profile.access;
    const asIs = (refreshed = false) => credentialOf(chosen, profile, refreshed);
    if (isFresh(profile, lifetimeOf(profile.access), need, now)) return asIs();

    const usable = isUsable(profile, need, now);
    if (store.info.kind === 'openclaw' || isDead(profile)) {
      const over = isDead(profile) ? deadError(profileId, profile) : undefined;
      if (!usable) throw over ?? elsewhereError(profileId);
      if (over !== undefined) options.onUnrefreshed?.(over);
      return asIs();
    }
    const { refresh } = await import('./credential/awaited-refresh.ts');
    deadline ??= startWaiting();
    const limit = AbortSignal.any([signal, deadline.signal]);
    if (deadline.signal.aborted) {
      if (usable) return asIs();
      throw pendingError(profileId, profile.claim);
    }
    if (isClaimed(profile, now) && !isUnderWay(store, profileId)) {
      if (usable) return asIs();
      if (pauseMs > 1_000) options.onWaiting?.(`${profile.claim?.by} refreshes it`);
      await clock.sleep(pauseMs * (0.5 + Math.random() / 2), limit).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      continue;
    }

    const outcome = await refresh(chosen, settings, options, need, limit);
    if (outcome.kind === 'renewed') {
      if (outcome.profile.access === need.rejected || outcome.profile.expires <= now)
        throw unusableError(profileId);
      return credentialOf(chosen, outcome.profile, true);
    }
    if (outcome.kind === 'missing')
      throw noCredentialError('profile_missing', 'Sign in: codex-login.', profileId);
    if (outcome.kind === 'current') {
      if (isFresh(outcome.profile, lifetimeOf(outcome.profile.access), need, now))
        return credentialOf(chosen, outcome.profile, false);
      // What is read may lag behind what is committed.
      await clock.sleep(SHORTEST_PAUSE_MS, limit).catch(() => undefined);
      continue;
    }
    // Whatever else it came to: what is still good is used, and what may have changed is looked at again.
    const error = errorOf(outcome, profileId);
    if (usable) {
      if (error !== undefined) options.onUnrefreshed?.(error);
      return asIs();
    }
    if (error !== undefined) throw error;
  }
}

function errorOf(outcome: RefreshOutcome, profileId: string): LoginError | undefined {
  if (outcome.kind === 'dead') return deadError(profileId, outcome.profile, outcome.unreported);
  return outcome.kind === 'failed' ? outcome.error : undefined;
}

function credentialOf(
  { profileId, provider }: Chosen,
  profile: OAuthProfile,
  refreshed: boolean,
): Credential {
  const { access, expires, accountId, email } = profile;
  return {
    profileId,
    provider,
    accessToken: access,
    expires,
    ...(typeof accountId === 'string' ? { accountId } : {}),
    ...(typeof email === 'string' ? { email } : {}),
    refreshed,
  };
}
