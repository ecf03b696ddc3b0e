/**
 * From a grant to a committed credential: the account decides the profile id and its twins, the store's edits do the rest.
 * Main first, then every other agent that has something of its own to say, then the gateway, all under main's lock.
 */

import { bearing, type FollowedAgent, followAll } from '../agents/follow-login.ts';
import { originOf } from '../credential/issued-by.ts';
import { compareAccount, type Identity } from '../oauth/identity.ts';
import type { Grant } from '../oauth/redemption.ts';
import { afterFirstCredential, type GatewayOutcome } from '../openclaw/gateway.ts';
import { keepsPlan } from '../openclaw/generation.ts';
import { followLogin } from '../store/edits/follow.ts';
import { type RecordedLogin, recordLogin } from '../store/edits/login.ts';
import type { CommitOptions, OAuthProfile, StoredProfile } from '../store/profile-store.ts';
import { holdsAny } from '../store/provider-key.ts';
import { selectProfiles } from '../store/selection.ts';
import { isOutage, throughOutages } from '../words/outage.ts';
import type { LoginSettings } from './options.ts';
import type { Report } from './report.ts';

/** What one commit changed, and where. */
export interface LoginRecord {
  readonly store: string;
  readonly generation: string;
  readonly profileId: string;
  readonly order: string[];
  readonly lastGood: string;
  /** Profiles of the same account that this login replaced. */
  readonly retired?: string[];
}

export interface Recorded {
  readonly record: LoginRecord;
  /** Every other agent that had something of its own to say about the provider. */
  readonly agents: readonly FollowedAgent[];
  /** What is true of a running gateway; undefined where the store is not OpenClaw's. */
  readonly gateway?: GatewayOutcome;
  /** Whether somebody wrote an older state over this login, so that it was recorded a second time. */
  readonly repaired: boolean;
}

/** @throws StoreError: the old state stands, unless its `outcome` is `unknown`; LoginError `ERR_USAGE` where `profileId` belongs to another account */
export async function recordGrant(
  grant: Grant,
  identity: Identity,
  settings: LoginSettings,
  report: Report,
): Promise<Recorded> {
  const onCommitted = (record: LoginRecord) => report.emit({ type: 'committed', ...record });
  const onWaiting = (reason: string) => report.emit({ type: 'waiting', reason });
  const first = await recordOnce(grant, identity, settings, {
    signal: settings.signal,
    onWaiting,
    onCommitted,
  });
  const { replaced: _, ...once } = first;
  if (await stands(first, grant, settings)) return { ...once, repaired: false };
  // A gateway with an old snapshot saved it over ours: once more, and this time nothing waits in between.
  const { replaced: __, ...again } = await recordOnce(grant, identity, settings, { onWaiting });
  return { ...again, repaired: true };
}

/** How long a login waits for a shared store that is away, in milliseconds. */
const STORE_OUTAGE_MS = 60_000;

interface Once extends Omit<Recorded, 'repaired'> {
  /** The access token that this login took the place of. Secret: it is compared, and goes no further. */
  readonly replaced: unknown;
}

async function recordOnce(
  grant: Grant,
  identity: Identity,
  settings: LoginSettings,
  {
    onCommitted = () => undefined,
    ...waiting
  }: Pick<CommitOptions, 'signal' | 'onWaiting'> & { onCommitted?: (record: LoginRecord) => void },
): Promise<Once> {
  const { provider, store, profileId: explicitProfileId, replace, only } = settings;
  const configuration = await settings.configuration();
  const followers = await bearing(settings.followers, provider.id);
  const profile: OAuthProfile = {
    type: 'oauth',
    provider: provider.id,
    access: grant.accessToken,
    refresh: grant.refreshToken,
    expires: grant.expires,
    ...(identity.email === undefined ? {} : { email: identity.email }),
    accountId: identity.accountId,
    ...originOf(settings.provider, grant),
    ...(keepsPlan(store.info) && identity.plan !== undefined ? { chatgptPlanType: identity.plan } : {}),
  };
  const isSameAccount = (stored: StoredProfile) => compareAccount(stored, provider.identity, identity);
  const { location, generation } = store.info;
  const recordOf = ({ retired, ...rest }: RecordedLogin): LoginRecord => {
    const place = { store: location, generation, ...rest };
    return retired.length === 0 ? place : { ...place, retired };
  };
  let record: LoginRecord | undefined;
  let replaced: unknown;
  let agents: readonly FollowedAgent[] = [];
  let gateway: GatewayOutcome | undefined;
  let isFirst = false;
  const commit = () =>
    store.commit(
      (state, { now }) => {
        const { candidates } = selectProfiles({ state, provider: provider.id, configuration, now });
        const { next, result } = recordLogin(state, {
          provider: provider.id,
          preferredProfileId: identity.profileId,
          explicitProfileId,
          replace,
          only,
          profile,
          isSameAccount,
          routableBefore: candidates,
        });
        record = recordOf(result);
        replaced = state.profiles[result.profileId]?.access;
        isFirst = generation === 'D' && !holdsAny(state, provider.id);
        return { write: true, next, result };
      },
      {
        ...waiting,
        async whileLocked() {
          if (record === undefined) return;
          // Said at once: what follows may take its time.
          onCommitted(record);
          const login = { provider: provider.id, profileId: record.profileId, only, isSameAccount };
          agents = await followAll(
            followers,
            (state) => followLogin(state, login),
            async () => {
              gateway = await settings.gateway?.(settings.signal).catch(() => UNASKED);
              if (gateway && isFirst) gateway = afterFirstCredential(gateway);
            },
          );
        },
      },
    );
  // The code is spent by now: a shared store that is away or locked for a moment is waited for, and asked what it did.
  const result =
    store.info.scope === 'network'
      ? await throughOutages(commit, {
          clock: settings.clock,
          signal: waiting.signal,
          forMs: STORE_OUTAGE_MS,
          passes: (error) => isOutage(error) || error.code === 'ERR_STORE_LOCKED',
          onOutage: ({ summary }) => waiting.onWaiting?.(summary.replace(/\.$/, '')),
        })
      : await commit();
  return { record: recordOf(result), replaced, agents, ...(gateway === undefined ? {} : { gateway }) };
}

/** The credential is stored by then: that the gateway could not be asked is no failure of the login. */
const UNASKED: GatewayOutcome = {
  state: 'stale',
  hint: 'A gateway that is running may still use the old credential. Run: openclaw secrets reload',
};

/** Whether the credential is still there, read anew. A store that cannot be read is not written a second time. */
async function stands({ record, replaced }: Once, grant: Grant, { store }: LoginSettings): Promise<boolean> {
  try {
    const { state } = await store.read();
    const stored = state.profiles[record.profileId];
    if (stored?.access === grant.accessToken) return true;
    // Somebody may have refreshed it meanwhile: only an older credential is a revert.
    return stored !== undefined && stored.access !== replaced && Number(stored.expires) >= grant.expires;
  } catch {
    return true;
  }
}
