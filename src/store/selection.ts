/**
 * Which stored profile would be used, and why not the others: OpenClaw's own rules, as its resolver keeps them. Pure.
 * It decides nothing about where the store or the configuration is.
 */

import type { EpochMs } from '../words/ports.ts';
import { inherit, isReference, isSet } from './as-loaded.ts';
import type { AuthProfiles, StoredProfile, UsageStats } from './profile-store.ts';
import { findProvider, sameProvider } from './provider-key.ts';

/** What bears on routing and is not in the agent's own store. */
export interface RoutingConfiguration {
  /** `auth.order` of `openclaw.json`: provider → profile ids. */
  readonly order?: Readonly<Record<string, readonly string[]>>;
  /** `auth.profiles` of `openclaw.json`: what it expects of a profile. */
  readonly profiles?: Readonly<Record<string, { readonly provider?: string; readonly mode?: string }>>;
  /** `agents.defaults.model`, e.g. `openai-codex/gpt-5.4`. */
  readonly defaultModel?: string;
  /** The main agent's store, which an agent of its own name falls back on. */
  readonly inherited?: AuthProfiles;
}

/** OpenClaw's words. `ok`: it may be tried. */
export type ReasonCode =
  | 'ok'
  | 'profile_missing'
  | 'provider_mismatch'
  | 'mode_mismatch'
  | 'missing_credential'
  | 'invalid_expires'
  | 'expired'
  | 'ineligible_profile'
  | 'excluded_by_auth_order';

/** What is to be said of one profile: whether it would be tried, and if not, why. */
export interface Verdict {
  readonly profileId: string;
  /** Whether the resolver would try this profile, now or after its cooldown. */
  readonly routable: boolean;
  readonly reason: ReasonCode;
  /** Until when it is tried last, in milliseconds since the epoch: a cooldown or a lockout. */
  readonly unusableUntil?: EpochMs;
}

/** Which profiles would be tried for a provider, in which order, and who decides that. */
export interface Selection {
  /** One per stored profile of the provider, then one per id that an order names in vain. */
  readonly verdicts: readonly Verdict[];
  /** The routable ids in the order in which they are tried. */
  readonly candidates: readonly string[];
  /** The one tried first. */
  readonly selected?: string;
  /** Who decides the order: the store, `openclaw.json`, its list of profiles, or nobody. */
  readonly orderSource: 'store' | 'auth.order' | 'auth.profiles' | 'default';
}

/** Candidates, eligibility and sequence by the rules of OpenClaw 2026.4.5's `resolveAuthProfileOrder`. */
export function selectProfiles(context: {
  state: AuthProfiles;
  provider: string;
  configuration?: RoutingConfiguration | undefined;
  now: EpochMs;
}): Selection {
  const { provider, configuration = {}, now } = context;
  const state = inherit(configuration.inherited, context.state);
  const stored = Object.keys(state.profiles).filter((id) =>
    sameProvider(state.profiles[id]?.provider, provider),
  );
  const configured = Object.entries(configuration.profiles ?? {})
    .filter(([, profile]) => sameProvider(profile.provider, provider))
    .map(([id]) => id);

  const storeOrder = findProvider(state.order, provider);
  const configuredOrder = findProvider(configuration.order, provider);
  const explicit = storeOrder ?? configuredOrder;
  const base = explicit ?? (configured.length > 0 ? configured : stored);
  const reasonOf = (id: string) => judge(state.profiles[id], id, provider, configuration, now);
  // Entries in `auth.profiles` of which nothing is stored are passed over, whoever made the order.
  const nothingStored = base.length > 0 && base.every((id) => state.profiles[id] === undefined);
  const considered = configured.length > 0 && nothingStored ? stored : base;
  const eligible = [...new Set(considered)].filter((id) => reasonOf(id) === 'ok');

  const candidates = sequence(eligible, state, explicit !== undefined, now);
  const verdicts = [...new Set([...stored, ...base])].map((profileId): Verdict => {
    const own = reasonOf(profileId);
    const reason = own === 'ok' && !candidates.includes(profileId) ? 'excluded_by_auth_order' : own;
    const unusableUntil = unusableUntilOf(state.usageStats?.[profileId]);
    const inWindow = unusableUntil !== undefined && unusableUntil > now;
    return { profileId, routable: reason === 'ok', reason, ...(inWindow ? { unusableUntil } : {}) };
  });
  const [selected] = candidates;
  return {
    verdicts,
    candidates,
    ...(selected === undefined ? {} : { selected }),
    orderSource: storeOrder
      ? 'store'
      : configuredOrder
        ? 'auth.order'
        : configured.length > 0
          ? 'auth.profiles'
          : 'default',
  };
}

function judge(
  credential: StoredProfile | undefined,
  id: string,
  provider: string,
  configuration: RoutingConfiguration,
  now: EpochMs,
): ReasonCode {
  if (credential === undefined) return 'profile_missing';
  if (!sameProvider(credential.provider, provider)) return 'provider_mismatch';
  const expected = configuration.profiles?.[id];
  if (expected !== undefined) {
    if (!sameProvider(expected.provider, provider)) return 'provider_mismatch';
    const tokenForOAuth = expected.mode === 'oauth' && credential.type === 'token';
    if (expected.mode !== credential.type && !tokenForOAuth) return 'mode_mismatch';
  }
  if (credential.type === 'oauth')
    return isSet(credential.access) || isSet(credential.refresh) ? 'ok' : 'missing_credential';
  if (credential.type === 'api_key')
    return isSet(credential.key) || isReference(credential.keyRef) ? 'ok' : 'missing_credential';
  if (!isSet(credential.token) && !isReference(credential.tokenRef)) return 'missing_credential';
  // Only a static token is shut out by its expiry; an OAuth credential that is expired gets refreshed.
  const { expires } = credential;
  if (expires === undefined) return 'ok';
  if (typeof expires !== 'number' || !Number.isFinite(expires) || expires <= 0) return 'invalid_expires';
  return now >= expires ? 'expired' : 'ok';
}

const TYPE_RANK: Readonly<Record<string, number>> = { oauth: 0, token: 1, api_key: 2 };

/** An explicit order as it is, else by type and least recent use; whatever is in cooldown comes last, soonest first. */
function sequence(ids: readonly string[], state: AuthProfiles, explicit: boolean, now: EpochMs): string[] {
  const until = (id: string) => unusableUntilOf(state.usageStats?.[id]) ?? 0;
  const available = ids.filter((id) => until(id) <= now);
  const cooling = ids.filter((id) => until(id) > now).sort((a, b) => until(a) - until(b));
  if (explicit) return [...available, ...cooling];
  const rank = (id: string) => TYPE_RANK[state.profiles[id]?.type ?? ''] ?? 3;
  const lastUsed = (id: string) => state.usageStats?.[id]?.lastUsed ?? 0;
  return [...available.sort((a, b) => rank(a) - rank(b) || lastUsed(a) - lastUsed(b)), ...cooling];
}

function unusableUntilOf(stats: UsageStats | undefined): EpochMs | undefined {
  const ends = [stats?.cooldownUntil, stats?.disabledUntil].filter(
    (end): end is number => typeof end === 'number' && Number.isFinite(end) && end > 0,
  );
  return ends.length === 0 ? undefined : Math.max(...ends);
}
