/** The order of a provider: read, set and cleared, with everything else left as it is. Pure. */

import { LoginError } from '../../words/errors.ts';
import { foreignText } from '../../words/redact.ts';
import type { AuthProfiles, StoredProfile } from '../profile-store.ts';
import { findProvider, providerKey, sameProvider } from '../provider-key.ts';

/**
 * The state with this order for the provider: an allow-list, first things first. A pure edit, for `commit`.
 * @throws LoginError `ERR_USAGE` where an id is not stored for the provider: an order names no profile in vain
 */
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

/** The state with this order; without one where nothing is left of it. */
export function withOrder(state: AuthProfiles, provider: string, ids: readonly string[]): AuthProfiles {
  const key = providerKey(state.order, provider);
  const order = [...new Set(ids)];
  return {
    ...state,
    order: order.length === 0 ? without(state.order ?? {}, [key]) : { ...state.order, [key]: order },
  };
}

/** The stored order of a provider; undefined where there is none, and where it is empty. */
export function storedOrder(state: AuthProfiles, provider: string): string[] | undefined {
  const order: unknown = findProvider(state.order, provider);
  const ids = Array.isArray(order)
    ? order.filter((id): id is string => typeof id === 'string' && id.trim() !== '')
    : [];
  return ids.length === 0 ? undefined : ids;
}

/** The profile under an id, if it is one. */
export function entryOf(state: AuthProfiles, id: string): StoredProfile | undefined {
  const entry: unknown = Object.hasOwn(state.profiles, id) ? state.profiles[id] : undefined;
  return typeof entry === 'object' && entry !== null ? (entry as StoredProfile) : undefined;
}

/** A record without some of its keys. */
export function without<T>(record: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

/** The keys of `before` in their old sequence, then the new ones. */
export function inKeyOrderOf(before: AuthProfiles, after: AuthProfiles): AuthProfiles {
  const known = Object.keys(before).filter((key) => key in after);
  return Object.fromEntries(
    [...new Set([...known, ...Object.keys(after)])].map((key) => [key, after[key]]),
  ) as AuthProfiles;
}
