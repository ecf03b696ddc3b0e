/**
 * A store as OpenClaw's own loader reads it: what it cannot understand is not there. Pure.
 * It decides what counts as a credential, a reference and an order; which credential is used, `selection` decides.
 */

import type { AuthProfiles, StoredProfile } from './profile-store.ts';

/** An agent's own store over main's, field by field, as OpenClaw merges them at run time. */
export function inherit(main: AuthProfiles | undefined, own: AuthProfiles): AuthProfiles {
  const above = asLoaded(own);
  if (main === undefined) return above;
  const below = asLoaded(main);
  return {
    ...above,
    profiles: { ...below.profiles, ...above.profiles },
    order: { ...below.order, ...above.order },
    lastGood: { ...below.lastGood, ...above.lastGood },
    usageStats: { ...below.usageStats, ...above.usageStats },
  };
}

/** Entries that are no credential and orders that are empty are dropped. */
function asLoaded(state: AuthProfiles): AuthProfiles {
  return {
    ...state,
    profiles: mapValues(state.profiles, readCredential),
    order: mapValues(state.order ?? {}, readOrder),
  };
}

/** `mode` and `apiKey` stand in for `type` and `key` where those are not there at all; without a provider it is no profile. */
function readCredential(entry: unknown): StoredProfile | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const raw = entry as StoredProfile;
  const type = 'type' in raw ? raw.type : raw.mode;
  if (type !== 'oauth' && type !== 'token' && type !== 'api_key') return undefined;
  if (!isSet(raw.provider)) return undefined;
  const key = 'key' in raw || typeof raw.apiKey !== 'string' ? raw.key : raw.apiKey;
  return {
    ...raw,
    type,
    key,
    keyRef: referenceOf(key, raw.keyRef),
    tokenRef: referenceOf(raw.token, raw.tokenRef),
  };
}

/** A reference that stands where the secret itself belongs counts as one. */
function referenceOf(value: unknown, reference: unknown): unknown {
  return !isReference(reference) && typeof value === 'object' && isReference(value) ? value : reference;
}

/** Strings that are not blank. An empty list counts as none (option B of openclaw #63856). */
function readOrder(order: unknown): string[] | undefined {
  if (!Array.isArray(order)) return undefined;
  const ids = order.flatMap((id) => (isSet(id) ? [id.trim()] : []));
  return ids.length === 0 ? undefined : ids;
}

export function isSet(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** A secret kept elsewhere: its source by name, or `${NAME}`. Whether it resolves is OpenClaw's business. */
export function isReference(value: unknown): boolean {
  if (typeof value === 'string') return /^\$\{[A-Z][A-Z0-9_]{0,127}\}$/.test(value.trim());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { source, provider, id } = value as Record<string, unknown>;
  if (!['env', 'file', 'exec'].includes(String(source)) || !isSet(id)) return false;
  return provider === undefined || (isSet(provider) && Object.keys(value).length === 3);
}

function mapValues<T>(
  record: Readonly<Record<string, unknown>>,
  read: (value: unknown) => T | undefined,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => {
      const kept = read(value);
      return kept === undefined ? [] : [[key, kept] as const];
    }),
  );
}
