/** Provider names as OpenClaw compares them: without regard to case and blanks. Pure. */

/** Whether two provider names are one. */
export function sameProvider(a: unknown, b: string): boolean {
  return typeof a === 'string' && a.trim().toLowerCase() === b.trim().toLowerCase();
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
