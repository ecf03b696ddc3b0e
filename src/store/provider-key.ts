/** Provider names as OpenClaw compares them: without regard to case and blanks. Pure. */

import type { AuthProfiles } from './profile-store.ts';

/** Whether two provider names are one. */
export function sameProvider(a: unknown, b: string): boolean {
  return typeof a === 'string' && a.trim().toLowerCase() === b.trim().toLowerCase();
}

/** Whether any profile is of this provider. */
export function holdsAny({ profiles }: AuthProfiles, provider: string): boolean {
  return Object.values(profiles).some((profile) => sameProvider(profile?.provider, provider));
}

/** The key under which a record already keeps this provider; the provider itself where it has none. */
export function providerKey(record: Readonly<Record<string, unknown>> | undefined, provider: string): string {
  return Object.keys(record ?? {}).find((key) => sameProvider(key, provider)) ?? provider;
}

/** What a record keeps for this provider. */
export function findProvider<T>(
  record: Readonly<Record<string, T>> | undefined,
  provider: string,
): T | undefined {
  return record?.[providerKey(record, provider)];
}
