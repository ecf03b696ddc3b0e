/**
 * What a login changes in a store. Pure: a state goes in, the next one comes out,
 * and whatever an edit does not own stays as it was, key order included.
 */

import { LoginError } from '../../words/errors.ts';
import { foreignText } from '../../words/redact.ts';
import type { AuthProfiles, OAuthProfile, StoredProfile, UsageStats } from '../profile-store.ts';
import { providerKey, sameProvider } from '../provider-key.ts';
import { entryOf, inKeyOrderOf, storedOrder, without } from './order.ts';
import { withoutRefreshMarks } from './refresh.ts';

/** A login that has come to its tokens, and how it is to be kept. */
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

/** What recording a login came to: the id it has, the order and lastGood of its provider, and the twins that are gone. */
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
  const retired = Object.keys(state.profiles).filter((id) => id !== profileId && isTwin(state, id, login));
  const gone = new Set([profileId, ...retired]);
  const before = storedOrder(state, provider);
  const followers = login.only ? [] : (before ?? login.routableBefore).filter((id) => !gone.has(id));
  const order = [profileId, ...new Set(followers)];

  const previous = holderOf(state, profileId, login) === 'other' ? undefined : state.profiles[profileId];
  const { profiles, usageStats, ...rest } = state;
  const next: AuthProfiles = {
    version: 1,
    ...rest,
    profiles: {
      ...without(profiles, retired),
      [profileId]: { ...withoutRefreshMarks(previous ?? {}), ...profile },
    },
    order: { ...state.order, [providerKey(state.order, provider)]: order },
    lastGood: { ...lastGoodWithout(state, retired), [providerKey(state.lastGood, provider)]: profileId },
    ...(usageStats === undefined
      ? {}
      : { usageStats: clearWindows(without(usageStats, retired), profileId) }),
  };
  return { next: inKeyOrderOf(state, next), result: { profileId, order, lastGood: profileId, retired } };
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
  const holder = holderOf(state, id, login);
  const email = entryOf(state, id)?.email;
  const mine =
    holder === 'none' ||
    holder === 'same' ||
    (holder === 'unknown' && email !== undefined && email === login.profile.email);
  if (!mine && !login.replace) {
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
  { provider, profile, isSameAccount }: LoginToRecord,
): 'none' | 'same' | 'other' | 'unknown' {
  const stored = entryOf(state, id);
  if (stored === undefined) return Object.hasOwn(state.profiles, id) ? 'unknown' : 'none';
  const type = stored.type ?? stored.mode;
  if (type !== 'oauth' || !sameProvider(stored.provider, provider)) return 'other';
  const verdict = isSameAccount(stored);
  // Nothing is known but that it has another e-mail: somebody else's, until it is shown not to be.
  const differs = typeof stored.email === 'string' && stored.email !== profile.email;
  return verdict === 'unknown' && differs ? 'other' : verdict;
}

/** A credential of the same account under another id; the legacy `:default` counts by its account alone. */
function isTwin(state: AuthProfiles, id: string, login: LoginToRecord): boolean {
  const holder = holderOf(state, id, login);
  if (holder !== 'unknown') return holder === 'same';
  const { accountId } = login.profile;
  return (
    sameProvider(id, `${login.provider}:default`) &&
    accountId !== undefined &&
    entryOf(state, id)?.accountId === accountId
  );
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
export function clearWindows(
  usageStats: Record<string, UsageStats>,
  profileId: string,
): Record<string, UsageStats> {
  const stats = usageStats[profileId];
  if (typeof stats !== 'object' || stats === null) return usageStats;
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
