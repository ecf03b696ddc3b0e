/**
 * An access token into a host's own store: profile, order and lastGood in one commit, the other agents and the gateway under its lock.
 * What is edited, `store/edits/access` decides; that no refresh token ever comes here, its type does.
 */

import type { CredentialStore } from '../agents/credential-store.ts';
import { type FollowedAgent, type Follower, followAll } from '../agents/follow-login.ts';
import type { Credential } from '../credential/chosen.ts';
import { compareAccount, type Identity } from '../oauth/identity.ts';
import { afterFirstCredential, type GatewayOutcome } from '../openclaw/gateway.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import { reasonAgainst, remedyOf, select } from '../resolver.ts';
import {
  type AccessOutcome,
  followAccess,
  hidesAccess,
  recordAccess,
  refreshableTwin,
} from '../store/edits/access.ts';
import type { AuthProfiles, StoredProfile, TokenProfile } from '../store/profile-store.ts';
import { holdsAny } from '../store/provider-key.ts';
import { selectProfiles } from '../store/selection.ts';
import type { EpochMs } from '../words/ports.ts';
import { secondRefresherError } from './words.ts';

export interface TargetRequest {
  readonly to: CredentialStore;
  readonly credential: Credential;
  readonly identity: Identity | undefined;
  readonly kind: ProviderProfile['identity'];
  /** The shared store, for a person to read. */
  readonly from: string;
  readonly signal: AbortSignal;
  /** Whether a gateway is to be told although nothing is new: it could not be, the last time. */
  readonly tellAgain?: boolean | undefined;
  readonly onWaiting?: ((reason: string) => void) | undefined;
}

/** What this host's store holds now. */
export interface Written {
  /** Its id here: from OpenClaw 2026.6 on the provider has another name. */
  readonly profileId: string;
  readonly store: string;
  readonly generation: string;
  /** False where it was there already. */
  readonly changed: boolean;
  readonly order: string[];
  readonly lastGood: string;
  readonly routable: boolean;
  /** Why it would not be used. */
  readonly reason?: string;
  readonly hint?: string;
  /** The other agents whose own store hid it. */
  readonly agents: readonly FollowedAgent[];
  /** Undefined where nothing was written, and where no gateway belongs to the store. */
  readonly gateway?: GatewayOutcome;
}

/** @throws StoreError `ERR_SECOND_REFRESHER` where the account has a refresh token here, and the store's own; `signal.reason` */
export async function writeTarget(request: TargetRequest): Promise<Written> {
  const { to, credential, signal, onWaiting } = request;
  const { store, provider } = to;
  const { location, generation } = store.info;
  const refuse = (holder: string, where: string) => secondRefresherError(holder, where, request.from);
  const preferredProfileId = idIn(provider, credential);
  const isSameAccount = sameAccountAs(request);
  const configuration = await to.configuration();
  // What an agent has not of its own it uses from main's.
  if (to.inheritsFrom !== undefined) {
    const { state } = await to.inheritsFrom.read();
    const twin = refreshableTwin(state, { provider, preferredProfileId, isSameAccount });
    if (twin !== undefined) throw refuse(twin, to.inheritsFrom.info.location);
  }
  const followers: (Follower & { readonly state: AuthProfiles })[] = [];
  for (const follower of (await to.followers?.()) ?? []) {
    const { state } = await follower.store.read();
    const twin = refreshableTwin(state, { provider, preferredProfileId, isSameAccount });
    if (twin !== undefined) throw refuse(twin, follower.store.info.location);
    followers.push({ ...follower, state });
  }

  let agents: readonly FollowedAgent[] = [];
  let gateway: GatewayOutcome | undefined;
  let isFirst = false;
  let outcome: AccessOutcome | undefined;
  const follow = async (profileId: string) => {
    const access = { provider, profileId };
    const hiding = followers.filter(({ state }) => hidesAccess(state, access));
    agents = await followAll(
      hiding,
      (state) => followAccess(state, access),
      async () => {
        gateway = await to.gateway?.(signal).catch(() => undefined);
        if (gateway && isFirst) gateway = afterFirstCredential(gateway);
      },
    );
  };
  const recorded = await store.commit(
    (state, { now }) => {
      const { candidates } = selectProfiles({ state, provider, configuration, now });
      const profile = profileOf(credential, provider);
      const decision = recordAccess(state, {
        provider,
        preferredProfileId,
        profile,
        isSameAccount,
        routableBefore: candidates,
      });
      outcome = decision.result;
      isFirst = generation === 'D' && !holdsAny(state, provider);
      if (decision.write || outcome.kind !== 'recorded') return decision;
      // Nothing is new here, and yet an agent's own store hides it: that is told under the same lock.
      const { profileId } = outcome;
      return followers.some((one) => hidesAccess(one.state, { provider, profileId }))
        ? { ...decision, write: true, next: state }
        : decision;
    },
    {
      signal,
      onWaiting,
      async whileLocked() {
        if (outcome?.kind === 'recorded') await follow(outcome.profileId);
      },
    },
  );
  if (recorded.kind === 'refreshable') throw refuse(recorded.holder, location);
  if (request.tellAgain && gateway === undefined) gateway = await to.gateway?.(signal).catch(() => undefined);
  const { kind: _, ...what } = recorded;
  return {
    ...what,
    store: location,
    generation,
    ...(await routabilityIn(to, what.profileId)),
    agents,
    ...(gateway === undefined ? {} : { gateway }),
  };
}

/** `openai-codex:me@example.com` is `openai:me@example.com` where OpenClaw calls the provider so. */
function idIn(provider: string, credential: Credential): string {
  const prefix = `${credential.provider}:`;
  return credential.profileId.startsWith(prefix)
    ? `${provider}:${credential.profileId.slice(prefix.length)}`
    : credential.profileId;
}

function profileOf(credential: Credential, provider: string): TokenProfile {
  const { accessToken: token, expires, email, accountId } = credential;
  return {
    type: 'token',
    provider,
    token,
    ...(expires === undefined ? {} : { expires }),
    ...(email === undefined ? {} : { email }),
    ...(accountId === undefined ? {} : { accountId }),
  };
}

function sameAccountAs({ identity, kind }: TargetRequest) {
  return (stored: StoredProfile): 'same' | 'other' | 'unknown' =>
    identity === undefined
      ? 'unknown'
      : compareAccount(
          stored.type === 'token' ? { ...stored, access: stored.token } : stored,
          kind,
          identity,
        );
}

async function routabilityIn(
  to: CredentialStore,
  profileId: string,
): Promise<Pick<Written, 'routable' | 'reason' | 'hint'>> {
  const { selection } = await select(to);
  const reason = reasonAgainst(profileId, selection);
  if (reason === undefined) return { routable: true };
  return { routable: false, reason, hint: remedyOf(reason, profileId, to.provider) };
}

/** Until when the latest access token is good that a host's store has without a refresh token; undefined where it has none. */
export async function readHeld(to: CredentialStore): Promise<EpochMs | undefined> {
  const { state, selection } = await select(to);
  const ends = selection.verdicts
    .map(({ profileId }) => state.profiles[profileId])
    .flatMap((profile) =>
      profile?.type === 'token' && typeof profile.expires === 'number' ? [profile.expires] : [],
    );
  return ends.length === 0 ? undefined : Math.max(...ends);
}
