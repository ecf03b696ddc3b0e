/**
 * Which credential would be used, and why not the others: the store's own rules with what OpenClaw's configuration adds.
 * It reads and tells; it changes nothing.
 */

import { readUnverifiedClaims } from './oauth/claims.ts';
import type { ProviderProfile } from './provider/provider.ts';
import type { ProfileStore, StoredProfile } from './store/profile-store.ts';
import {
  type RoutingConfiguration,
  type Selection,
  selectProfiles,
  type Verdict,
} from './store/selection.ts';

/** Would this profile be used? If not: why, in OpenClaw's words, and what to do. */
export type Routability =
  | { routable: true; hint?: string }
  | { routable: false; reason: string; hint: string };

/**
 * Which credential would be used, or why none; `verdicts` has a reason for each profile, best first. `reason` is OpenClaw's
 * word.
 */
export type Resolution =
  /** `credential` holds tokens: secret. */
  | { status: 'resolved'; profileId: string; credential: StoredProfile; verdicts: readonly Verdict[] }
  | { status: 'unresolved'; reason: string; hint: string; verdicts: readonly Verdict[] };

/** Where to look, and for whom. */
export interface ResolverContext {
  readonly store: ProfileStore;
  readonly provider: string;
  readonly configuration: () => Promise<RoutingConfiguration | undefined>;
}

/** The credential that would be tried first, by the rules of OpenClaw's own resolver. @throws StoreError */
export async function resolveCredential(context: {
  store: ProfileStore;
  provider?: string | undefined;
  configuration?: (() => Promise<RoutingConfiguration | undefined>) | undefined;
}): Promise<Resolution> {
  const { store, provider = 'openai-codex', configuration = async () => undefined } = context;
  const { state, selection } = await select({ store, provider, configuration });
  const { selected, verdicts } = selection;
  const credential = selected === undefined ? undefined : state.profiles[selected];
  if (selected !== undefined && credential !== undefined)
    return { status: 'resolved', profileId: selected, credential, verdicts };
  const reason = verdicts[0]?.reason ?? 'profile_missing';
  return {
    status: 'unresolved',
    reason,
    hint: remedyOf(reason, verdicts[0]?.profileId ?? provider, provider),
    verdicts,
  };
}

/** The state of the store and the selection from it, by one reading. @param only the one profile that is asked for @throws StoreError */
export async function select({ store, provider, configuration }: ResolverContext, only?: string) {
  const { state, now } = await store.read(only === undefined ? undefined : { profileId: only });
  const said = await configuration();
  const selection = selectProfiles({ state, provider, configuration: said, now });
  return {
    state: said?.inherited
      ? { ...state, profiles: { ...said.inherited.profiles, ...state.profiles } }
      : state,
    selection,
    configuration: said,
    /** What the store itself holds, without what is inherited, and when. */
    own: { state, now },
  };
}

/** The verdict on a profile that was just committed. Never rejects: the credential is stored, whatever can be told about it. */
export async function routabilityOf(
  profileId: string,
  {
    store,
    provider,
    configuration,
  }: Omit<ResolverContext, 'provider'> & {
    readonly provider: Pick<ProviderProfile, 'id' | 'unknownToOpenClaw'>;
  },
): Promise<Routability> {
  let seen: Awaited<ReturnType<typeof select>>;
  try {
    seen = await select({ store, provider: provider.id, configuration });
  } catch {
    return {
      routable: false,
      reason: 'unreadable',
      hint: 'Stored, but it could not be read again: run codex-login status.',
    };
  }
  const reason = unknownTo(store.info, provider) ?? reasonAgainst(profileId, seen.selection);
  if (reason !== undefined)
    return { routable: false, reason, hint: remedyOf(reason, profileId, provider.id) };
  const hints = [
    modelHint(provider.id, seen.configuration),
    tokenHint(seen.state.profiles[profileId]),
  ].filter((hint) => hint !== undefined);
  return { routable: true, ...(hints.length === 0 ? {} : { hint: hints.join(' ') }) };
}

/** `provider_unknown`: the store is OpenClaw's own, and nothing of it uses a credential of this provider, whatever the store says. */
export function unknownTo(
  { generation }: Pick<ProfileStore['info'], 'generation'>,
  { unknownToOpenClaw }: { readonly unknownToOpenClaw?: boolean | undefined },
): 'provider_unknown' | undefined {
  return unknownToOpenClaw && /^[A-D]$/.test(generation) ? 'provider_unknown' : undefined;
}

/** Why a profile would not be the one used; undefined where it would. */
export function reasonAgainst(profileId: string, { selected, verdicts }: Selection): string | undefined {
  if (selected === profileId) return undefined;
  const verdict = verdicts.find((one) => one.profileId === profileId);
  if (verdict === undefined) return 'profile_missing';
  if (verdict.reason !== 'ok') return verdict.reason;
  return verdict.unusableUntil === undefined ? 'outranked' : 'cooldown';
}

/** What to do about a reason. */
export function remedyOf(reason: string, profileId: string, provider: string): string {
  switch (reason) {
    case 'profile_missing':
      return 'Sign in: codex-login.';
    case 'excluded_by_auth_order':
    case 'outranked':
      return `Put it first: codex-login order set ${profileId}.`;
    case 'provider_mismatch':
      return `In openclaw.json, auth.profiles["${profileId}"].provider must be "${provider}": correct or remove that entry.`;
    case 'mode_mismatch':
      return `In openclaw.json, auth.profiles["${profileId}"].mode must be "oauth": correct or remove that entry.`;
    case 'provider_unknown':
      return `OpenClaw has no provider "${provider}": keep it in a file of its own (--store <path>), and take its token with codex-login token.`;
    case 'expired':
      return 'Nothing here refreshes it. If it comes from a shared store: codex-login sync. Otherwise sign in: codex-login.';
    case 'cooldown':
      return 'It is in cooldown after failures: wait, or sign in again, which clears it.';
    default:
      return 'Sign in again: codex-login.';
  }
}

/** OpenClaw's `no_model`: the credential is fine, and nothing asks for it. */
export function modelHint(
  provider: string,
  configuration: RoutingConfiguration | undefined,
): string | undefined {
  const model = configuration?.defaultModel;
  if (model === undefined || model.toLowerCase().startsWith(`${provider}/`)) return undefined;
  return `OpenClaw's default model is ${model}, which does not use it (no_model): openclaw models set ${provider}/<model>.`;
}

/** OpenClaw 2026.4.5 decodes the access token with `atob`, which knows plain base64 only. */
export function tokenHint(profile: StoredProfile | undefined): string | undefined {
  const access = profile?.access;
  if (
    typeof access !== 'string' ||
    readUnverifiedClaims(access) === undefined ||
    !/[-_]/.test(access.split('.')[1] ?? '')
  )
    return undefined;
  return 'The access token has characters in its claims that OpenClaw 2026.4.5 cannot decode; later versions can.';
}
