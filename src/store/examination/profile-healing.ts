/**
 * A profile as it was meant: wrong field names, a time in seconds, what its own token says and the entry does not. Pure.
 * It says what it healed; whether that is told, and written, is decided by `profile-findings`.
 */

import type { EpochMs } from '../../words/ports.ts';
import { isSet } from '../as-loaded.ts';
import type { StoredProfile } from '../profile-store.ts';

/** What a token says of itself; read by the caller, because a store knows no tokens. */
export interface TokenWords {
  readonly accountId?: string | undefined;
  readonly issued?: EpochMs | undefined;
  readonly expires?: EpochMs | undefined;
}

export type Ailment =
  | { readonly kind: 'provider-missing' | 'expires-in-seconds' | 'account-missing'; readonly cured: boolean }
  | { readonly kind: 'type-unreadable'; readonly cured: boolean; readonly from: string }
  | { readonly kind: 'expires-unreadable'; readonly cured: boolean; readonly missing: boolean }
  | {
      readonly kind: 'field-names';
      readonly cured: boolean;
      readonly names: readonly string[];
      /** Whether OpenClaw itself reads these names as well. */
      readonly accepted: boolean;
    };

export interface Healing {
  readonly healed: StoredProfile;
  readonly ailments: readonly Ailment[];
}

const TYPES = ['oauth', 'token', 'api_key'] as const;
type Type = (typeof TYPES)[number];

/** The names under which other programs, and people, store the same thing. */
const ALIASES: Readonly<Record<Type, Readonly<Record<string, readonly string[]>>>> = {
  oauth: {
    access: ['accessToken', 'access_token'],
    refresh: ['refreshToken', 'refresh_token'],
    expires: ['expiresAt', 'expires_at', 'expiry', 'expiry_date'],
    accountId: ['account_id', 'accountID', 'chatgpt_account_id'],
  },
  token: {
    token: ['accessToken', 'access_token', 'access'],
    expires: ['expiresAt', 'expires_at', 'expiry'],
  },
  api_key: { key: ['apiKey', 'api_key'] },
};
/** Read by OpenClaw as if they were right. */
const ACCEPTED = ['mode', 'apiKey'];

/** Seconds since the epoch from 2001 to far beyond; milliseconds are a thousand times that. */
const isSeconds = (time: number) => time >= 1e9 && time < 1e11;

export function healProfile(
  entry: StoredProfile,
  context: { id: string; provider: string; read(token: string): TokenWords | undefined },
): Healing {
  const { id, provider } = context;
  const ailments: Ailment[] = [];
  let healed = entry;

  if (!isSet(healed.provider)) {
    const cured = id.toLowerCase().startsWith(`${provider.toLowerCase()}:`);
    if (cured) healed = { ...healed, provider };
    ailments.push({ kind: 'provider-missing', cured });
  }

  const type = typeOf(healed);
  const renamed: string[] = [];
  let ambiguous = false;
  if (healed.type !== type) {
    if ('type' in healed || !('mode' in healed) || healed.mode !== type) {
      const from = String(healed.type ?? healed.mode ?? '');
      ailments.push({ kind: 'type-unreadable', cured: type !== undefined, from });
      if (type !== undefined) healed = { ...healed, type };
    } else {
      healed = rename(healed, 'mode', 'type');
      renamed.push('mode');
    }
  }
  if (type === undefined) return { healed, ailments };

  for (const [name, aliases] of Object.entries(ALIASES[type])) {
    const found = aliases.filter((alias) => isSaid(healed[alias]));
    const [alias] = found;
    if (alias === undefined || isSaid(healed[name])) continue;
    if (new Set(found.map((one) => healed[one])).size > 1) ambiguous = true;
    else
      for (const [index, one] of found.entries())
        healed = index === 0 ? rename(healed, one, name) : drop(healed, one);
    renamed.push(...found);
  }
  if (renamed.length > 0) {
    const accepted = renamed.every((name) => ACCEPTED.includes(name));
    ailments.push({ kind: 'field-names', cured: !ambiguous, names: renamed, accepted });
  }

  const words = typeof healed.access === 'string' ? context.read(healed.access) : undefined;
  healed = healTimes(healed, type, words, ailments);
  if (type === 'oauth' && !isSet(healed.accountId) && isSet(healed.access)) {
    if (isSet(words?.accountId)) {
      healed = { ...healed, accountId: words.accountId };
      ailments.push({ kind: 'account-missing', cured: true });
    } else if (words !== undefined) ailments.push({ kind: 'account-missing', cured: false });
  }
  return { healed, ailments };
}

function healTimes(
  profile: StoredProfile,
  type: Type,
  words: TokenWords | undefined,
  ailments: Ailment[],
): StoredProfile {
  const { expires } = profile;
  if (type === 'api_key' || (type === 'token' && expires === undefined)) return profile;
  if (typeof expires === 'number' && Number.isInteger(expires) && expires >= 1e12) return profile;
  if (typeof expires === 'number' && isSeconds(expires)) {
    ailments.push({ kind: 'expires-in-seconds', cured: true });
    return { ...profile, expires: Math.round(expires * 1000) };
  }
  if (expires === undefined && !isSet(profile.access)) return profile;
  const time = parseTime(expires) ?? words?.expires;
  ailments.push({ kind: 'expires-unreadable', cured: time !== undefined, missing: expires === undefined });
  return time === undefined ? profile : { ...profile, expires: time };
}

/** A time written as text, in any of the usual ways. */
function parseTime(value: unknown): EpochMs | undefined {
  if (typeof value === 'number' && value >= 1e12) return Math.round(value);
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  const time = Number.isFinite(number) ? (isSeconds(number) ? number * 1000 : number) : Date.parse(value);
  return Number.isFinite(time) && time >= 1e12 ? Math.round(time) : undefined;
}

/** What kind of credential this is: what it says, in any spelling, else what it holds. */
function typeOf(profile: StoredProfile): Type | undefined {
  const said = String(profile.type ?? profile.mode ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  const named = TYPES.find((type) => type.replace('_', '') === said.replace(/2$/, ''));
  if (named !== undefined) return named;
  const holds = (type: Type, names: readonly string[]) =>
    names.some((name) => [name, ...(ALIASES[type][name] ?? [])].some((one) => isSet(profile[one])));
  if (holds('oauth', ['refresh'])) return 'oauth';
  const left = TYPES.filter((type) =>
    holds(type, type === 'oauth' ? ['access'] : type === 'token' ? ['token'] : ['key']),
  );
  if (isSet(profile.token) && !isSet(profile.access)) return 'token';
  return left.includes('oauth') ? 'oauth' : left[0];
}

function isSaid(value: unknown): boolean {
  return isSet(value) || typeof value === 'number';
}

/** The same profile with a field under another name, in the same place. */
function rename(profile: StoredProfile, from: string, to: string): StoredProfile {
  const entries = Object.entries(profile).filter(([key]) => key !== to);
  return Object.fromEntries(entries.map(([key, value]) => [key === from ? to : key, value]));
}

function drop(profile: StoredProfile, name: string): StoredProfile {
  return Object.fromEntries(Object.entries(profile).filter(([key]) => key !== name));
}
