/**
 * A logout, read from top to bottom: revoke at the server that issued the credential, then remove it with everything that names it,
 * in one commit. It holds the order of the steps: what could not be revoked is not removed, unless that is asked for.
 */

import {
  bearing,
  type FollowedAgent,
  type Follower,
  followAll,
  type ReloadGateway,
} from './agents/follow-login.ts';
import { movingError, noCredentialError } from './credential/error.ts';
import { issuerOf, metadataOf } from './credential/issued-by.ts';
import {
  type CredentialOptions,
  type CredentialSettings,
  withCredentialDefaults,
} from './credential/options.ts';
import { busyError, claimedError, notRevokedError } from './logout/words.ts';
import { type Revocation, revokeToken } from './oauth/revocation.ts';
import type { GatewayOutcome } from './openclaw/gateway.ts';
import { select } from './resolver.ts';
import { moveMarkIn } from './store/edits/move.ts';
import { liveClaimIn } from './store/edits/refresh.ts';
import { followRemoval, type Removed, removeProfile } from './store/edits/removal.ts';
import type { RefreshClaim, StoredProfile } from './store/profile-store.ts';
import { sameProvider } from './store/provider-key.ts';
import { LoginError } from './words/errors.ts';
import { foreignText } from './words/redact.ts';

/** Which credential `logout()` ends, and how far it goes. Default: the one that would be used, revoked and removed. */
export interface LogoutOptions
  extends Pick<
    CredentialOptions,
    'store' | 'configuration' | 'provider' | 'providerId' | 'profileId' | 'signal' | 'clock' | 'fetch'
  > {
  /** Remove only: ask no server. */
  local?: boolean | undefined;
  /** Remove although the server did not revoke. */
  force?: boolean | undefined;
  /** The other agents of the same OpenClaw. */
  followers?: (() => Promise<readonly Follower[]>) | undefined;
  /** Makes a running gateway read again, while the store is locked. */
  gateway?: ReloadGateway | undefined;
}

/** What `logout()` came to: what each server said, and what is gone from the store. No field holds a token. */
export interface LogoutResult extends Removed {
  readonly profileId: string;
  readonly store: string;
  readonly generation: string;
  /** Who was asked to revoke; undefined where nobody was. */
  readonly issuer?: string;
  /** What the server said of each; undefined where it was not asked. */
  readonly refreshToken?: Revocation;
  readonly accessToken?: Revocation;
  /** Every other agent that had something of its own to say about the provider. */
  readonly agents: readonly FollowedAgent[];
  readonly gateway?: GatewayOutcome;
}

/** How often it is begun anew because the credential was replaced meanwhile. */
const MOST_ATTEMPTS = 3;
/** How long somebody else's refresh is waited for, in milliseconds, and how often it is looked at. */
const WAIT_MS = 30_000;
const POLL_MS = 500;

/**
 * Ends a login at its server and removes it from the store. Prints nothing.
 * @throws CredentialError `ERR_NO_CREDENTIAL`, `ERR_NOT_REVOKED` and `ERR_REFRESH_PENDING` (then nothing was removed); LoginError `ERR_USAGE`; StoreError;
 *   `signal.reason`
 */
export async function logout(options: LogoutOptions = {}): Promise<LogoutResult> {
  const settings = await withCredentialDefaults(options);
  try {
    // A login that is ended and cannot be removed would be used on.
    await settings.opened.store.probe?.();
    for (let attempt = 1; ; attempt += 1) {
      const { profileId, profile } = await chooseUnclaimed(settings, options);
      const revoked = options.local ? {} : await revoke(profileId, profile, settings);
      if (revoked.refreshToken?.revoked === false && !options.force)
        throw notRevokedError(profileId, revoked.refreshToken.reason);
      const removed = await remove(profileId, profile, settings, options);
      if (removed !== undefined) return { profileId, ...place(settings), ...revoked, ...removed };
      if (attempt === MOST_ATTEMPTS) throw busyError(profileId);
    }
  } finally {
    await settings.close();
  }
}

/** A token that somebody presents is left to them until their answer is stored: revoked meanwhile, the next one would stay good. */
async function chooseUnclaimed(
  settings: CredentialSettings,
  options: LogoutOptions,
): Promise<{ profileId: string; profile: StoredProfile }> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    settings.signal.throwIfAborted();
    const { claim, ...chosen } = await chooseProfile(settings, options);
    if (claim === undefined || options.force) return chosen;
    if (waitedMs >= WAIT_MS) throw claimedError(chosen.profileId, claim);
    await settings.clock.sleep(POLL_MS, settings.signal);
  }
}

/** The profile that was named, else the one that would be used, else the only one. */
async function chooseProfile(
  { opened }: CredentialSettings,
  { profileId: asked, force }: LogoutOptions,
): Promise<{ profileId: string; profile: StoredProfile; claim?: RefreshClaim | undefined }> {
  const { store, provider } = opened;
  const { state, now } = await store.read();
  const { selection } = await select(opened);
  const stored = Object.keys(state.profiles).filter((id) =>
    sameProvider(state.profiles[id]?.provider, provider),
  );
  const profileId = asked ?? selection.selected ?? (stored.length === 1 ? stored[0] : undefined);
  if (profileId === undefined && stored.length > 1) {
    throw new LoginError('ERR_USAGE', {
      summary: `Several profiles of ${provider} are stored, and none of them would be used.`,
      hint: `Name one: ${stored.map((id) => foreignText(id, 80)).join(', ')}. Nothing was changed.`,
    });
  }
  const move = profileId === undefined || force ? undefined : moveMarkIn(state, profileId);
  // What is here may be the only copy of its refresh token.
  if (move !== undefined) throw movingError(profileId ?? '', move.mark.to);
  const profile = stored.includes(profileId ?? '') ? state.profiles[profileId ?? ''] : undefined;
  if (profileId !== undefined && profile !== undefined)
    return { profileId, profile, claim: liveClaimIn(state, profileId, now) };
  const hint =
    stored.length === 0
      ? 'There is nothing to log out from here.'
      : `Stored here: ${stored.map((id) => foreignText(id, 80)).join(', ')}.`;
  throw noCredentialError('profile_missing', hint, profileId);
}

/** The refresh token first: with it goes all that was issued with it (RFC 7009 §2.1). */
async function revoke(
  profileId: string,
  profile: StoredProfile,
  { provider: asked, clock, fetch, signal }: CredentialSettings,
): Promise<Pick<LogoutResult, 'issuer' | 'refreshToken' | 'accessToken'>> {
  const { refresh, access } = profile;
  if ((profile.type ?? profile.mode) !== 'oauth' || typeof refresh !== 'string' || refresh === '') {
    throw new LoginError('ERR_USAGE', {
      summary: `"${foreignText(profileId, 80)}" has no refresh token, so there is no login to end at a server.`,
      hint: 'Add --local to remove it from the store. Nothing was changed.',
    });
  }
  const provider = issuerOf(profile, asked, profileId);
  const metadata = await metadataOf(provider, { fetch, clock, signal });
  const context = { provider, endpoint: metadata.revocationEndpoint, fetch, clock, signal };
  const issuer = provider.issuer;
  const refreshToken = await revokeToken(refresh, 'refresh_token', context);
  if (!refreshToken.revoked || typeof access !== 'string' || access === '') return { issuer, refreshToken };
  return { issuer, refreshToken, accessToken: await revokeToken(access, 'access_token', context) };
}

/** Undefined where another credential stands there by now: it has not been revoked. */
async function remove(
  profileId: string,
  revoked: StoredProfile,
  { opened, signal }: CredentialSettings,
  { force, followers = opened.followers, gateway: reload = opened.gateway }: LogoutOptions,
): Promise<(Removed & Pick<LogoutResult, 'agents' | 'gateway'>) | undefined> {
  const { store, provider } = opened;
  const bearers = await bearing(followers, provider);
  const isCopy = (credential: Readonly<Record<string, unknown>>) =>
    typeof revoked.refresh === 'string' && credential.refresh === revoked.refresh;
  let agents: readonly FollowedAgent[] = [];
  let gateway: GatewayOutcome | undefined;
  let isRemoved = false;
  const removed = await store.commit<Removed | undefined>(
    (state, { now }) => {
      const there = state.profiles[profileId];
      const isClaimed = !force && liveClaimIn(state, profileId, now) !== undefined;
      isRemoved = there === undefined || (there.refresh === revoked.refresh && !isClaimed);
      if (!isRemoved) return { write: false, result: undefined };
      return { write: true, ...removeProfile(state, { provider, profileId }) };
    },
    {
      signal,
      async whileLocked() {
        const edit = (state: Parameters<typeof followRemoval>[0]) =>
          followRemoval(state, { provider, profileId, isCopy });
        agents = await followAll(bearers, edit, async () => {
          gateway = await reload?.(signal).catch(() => undefined);
        });
      },
    },
  );
  return removed && { ...removed, agents, ...(gateway === undefined ? {} : { gateway }) };
}

function place({ opened }: CredentialSettings): Pick<LogoutResult, 'store' | 'generation'> {
  return { store: opened.store.info.location, generation: opened.store.info.generation };
}
