/**
 * What a story changes in a store: record a login, set or clear an order. Pure: a state goes in, the next one comes out,
 * and whatever an edit does not own stays as it was, key order included.
 */

import { LoginError } from '../errors.ts';
import { foreignText } from '../redact.ts';
import type { AuthProfiles, OAuthProfile, StoredProfile, UsageStats } from './profile-store.ts';
import { findProvider, providerKey, sameProvider } from './provider-key.ts';

export interface LoginToRecord {
  provider: string;
  /** `<provider>:<e-mail>`; gets a suffix where another account holds it. */
  preferredProfileId: string;
  /** The id that the person asked for. */
  explicitProfileId?: string | undefined;
  /** Whether another account under `explicitProfileId` may be replaced. */
  replace?: boolean;
  /** Whether the order becomes just this profile. */
  only?: boolean;
  profile: OAuthProfile;
  /** Whether a stored credential belongs to the account that signed in. */
  isSameAccount(stored: StoredProfile): 'same' | 'other' | 'unknown';
  /** The ids that would be tried now, in their sequence: they follow where no order was stored. */
  routableBefore: readonly string[];
}

export interface RecordedLogin {
  readonly profileId: string;
  readonly order: string[];
  readonly lastGood: string;
  readonly retired: string[];
}

/**
 * Profile, its place in `order`, and `lastGood`, together: the new profile first and the others kept (an order is an allow-list),
 * its cooldown and lockout cleared, every twin of the same account retired (one refresh-token family, one profile).
 * @throws LoginError `ERR_USAGE` where `explicitProfileId` belongs to another account and `replace` is not set
 */
export function recordLogin(
  state: AuthProfiles,
  login: LoginToRecord,
): { next: AuthProfiles; result: RecordedLogin } {
  const { provider, profile } = login;
  const profileId =
    login.explicitProfileId === undefined ? freeProfileId(state, login) : claimProfileId(state, login);
  const retired = Object.keys(state.profiles).filter(
    (id) => id !== profileId && holderOf(state, id, login) === 'same',
  );
  const gone = new Set([profileId, ...retired]);
  const before = storedOrder(state, provider);
  const followers = login.only ? [] : (before ?? login.routableBefore).filter((id) => !gone.has(id));
  const order = [profileId, ...new Set(followers)];

  const previous = holderOf(state, profileId, login) === 'other' ? undefined : state.profiles[profileId];
  const { profiles, usageStats, ...rest } = state;
  const next: AuthProfiles = {
    version: 1,
    ...rest,
    profiles: { ...without(profiles, retired), [profileId]: { ...previous, ...profile } },
    order: { ...state.order, [providerKey(state.order, provider)]: order },
    lastGood: { ...lastGoodWithout(state, retired), [providerKey(state.lastGood, provider)]: profileId },
    ...(usageStats === undefined
      ? {}
      : { usageStats: clearWindows(without(usageStats, retired), profileId) }),
  };
  return { next: inKeyOrderOf(state, next), result: { profileId, order, lastGood: profileId, retired } };
}

/** @throws LoginError `ERR_USAGE` where an id is not stored for the provider: an order names no profile in vain */
export function setOrder(
  state: AuthProfiles,
  provider: string,
  ids: readonly string[],
): { next: AuthProfiles; order: string[] } {
  const order = [...new Set(ids)];
  const missing = order.filter((id) => !sameProvider(entryOf(state, id)?.provider, provider));
  if (missing.length > 0) {
    const stored = Object.keys(state.profiles).filter((id) =>
      sameProvider(entryOf(state, id)?.provider, provider),
    );
    throw new LoginError('ERR_USAGE', {
      summary: `No profile of ${provider} is stored as ${missing.map((id) => `"${foreignText(id, 80)}"`).join(', ')}.`,
      hint:
        stored.length === 0
          ? 'Sign in first: codex-login.'
          : `Stored: ${stored.map((id) => foreignText(id, 80)).join(', ')}.`,
    });
  }
  return {
    next: inKeyOrderOf(state, {
      ...state,
      order: { ...state.order, [providerKey(state.order, provider)]: order },
    }),
    order,
  };
}

/** Back to the default order: every profile may be tried. */
export function clearOrder(state: AuthProfiles, provider: string): AuthProfiles {
  return { ...state, order: without(state.order ?? {}, [providerKey(state.order, provider)]) };
}

/** The stored order of a provider; undefined where there is none, and where it is empty. */
export function storedOrder(state: AuthProfiles, provider: string): string[] | undefined {
  const order: unknown = findProvider(state.order, provider);
  const ids = Array.isArray(order)
    ? order.filter((id): id is string => typeof id === 'string' && id.trim() !== '')
    : [];
  return ids.length === 0 ? undefined : ids;
}

/** The preferred id, or with ever more of the account's id behind it, until it is free or this account's own. */
function freeProfileId(state: AuthProfiles, login: LoginToRecord): string {
  const account = String(login.profile.accountId ?? '').replace(/[^\w-]/g, '');
  const suffixes = ['', ...[8, account.length].map((length) => `-${account.slice(0, length)}`)];
  const ids = suffixes.map((suffix) => login.preferredProfileId + suffix);
  const free = ids.find((id) => holderOf(state, id, login) !== 'other');
  for (let number = 2; free === undefined; number += 1) {
    const id = `${ids.at(-1)}-${number}`;
    if (holderOf(state, id, login) !== 'other') return id;
  }
  return free;
}

function claimProfileId(state: AuthProfiles, login: LoginToRecord): string {
  const id = login.explicitProfileId ?? '';
  if (!/^[^\s\p{C}]{1,300}$/u.test(id) || id in Object.prototype) {
    throw new LoginError('ERR_USAGE', {
      summary:
        'A profile id has no blanks or control characters, at most 300 characters, and is no reserved word.',
      hint: 'Example: --profile-id openai-codex:work',
    });
  }
  if (holderOf(state, id, login) === 'other' && !login.replace) {
    throw new LoginError('ERR_USAGE', {
      summary: `"${foreignText(id, 80)}" holds another account, which this login would overwrite.`,
      hint: 'Choose another --profile-id, or add --replace to give up the other account. Nothing was stored.',
    });
  }
  return id;
}

/** Whose credential stands under an id: nobody's, this account's, another's, or one that does not say. */
function holderOf(
  state: AuthProfiles,
  id: string,
  { provider, isSameAccount }: LoginToRecord,
): 'none' | 'same' | 'other' | 'unknown' {
  const stored = entryOf(state, id);
  if (stored === undefined) return Object.hasOwn(state.profiles, id) ? 'unknown' : 'none';
  const type = stored.type ?? stored.mode;
  return type === 'oauth' && sameProvider(stored.provider, provider) ? isSameAccount(stored) : 'other';
}

function entryOf(state: AuthProfiles, id: string): StoredProfile | undefined {
  const entry: unknown = Object.hasOwn(state.profiles, id) ? state.profiles[id] : undefined;
  return typeof entry === 'object' && entry !== null ? (entry as StoredProfile) : undefined;
}

const WINDOWS = [
  'cooldownUntil',
  'cooldownReason',
  'cooldownModel',
  'disabledUntil',
  'disabledReason',
  'failureCounts',
];

/** A cooldown outlives a new login and would block the fresh profile (openclaw #3604, #70903). */
function clearWindows(usageStats: Record<string, UsageStats>, profileId: string): Record<string, UsageStats> {
  const stats = usageStats[profileId];
  if (stats === undefined) return usageStats;
  const cleared = without(stats, WINDOWS) as UsageStats;
  return { ...usageStats, [profileId]: 'errorCount' in cleared ? { ...cleared, errorCount: 0 } : cleared };
}

/** No `lastGood` names a profile that is retired. */
function lastGoodWithout(
  { lastGood = {} }: AuthProfiles,
  retired: readonly string[],
): Record<string, string> {
  return without(
    lastGood,
    Object.keys(lastGood).filter((key) => retired.includes(lastGood[key] ?? '')),
  );
}

function without<T>(record: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

/** The keys of `before` in their old sequence, then the new ones. */
function inKeyOrderOf(before: AuthProfiles, after: AuthProfiles): AuthProfiles {
  const known = Object.keys(before).filter((key) => key in after);
  return Object.fromEntries(
    [...new Set([...known, ...Object.keys(after)])].map((key) => [key, after[key]]),
  ) as AuthProfiles;
}
