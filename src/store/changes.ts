/**
 * What a commit may change: the last look before anything is written. What was there before is not judged; the shape of what is
 * new, `shape` knows.
 */

import { isDeepStrictEqual } from 'node:util';

import { LoginError } from '../words/errors.ts';
import type { AuthProfiles } from './profile-store.ts';
import { faultInId, faultInOrder, faultInProfile } from './shape.ts';

/** Whether a commit may write this profile. */
export function isStorable(entry: unknown): boolean {
  return faultInProfile(entry) === undefined;
}

/**
 * Refuses a commit whose changes do not keep the shape, or that names a profile in vain (S-3).
 * @param inherited the main agent's store, where this one belongs to another agent
 * @throws LoginError `ERR_UNEXPECTED` with the place and never the value: a fault of the caller, and nothing is written
 */
export function assertChanges(before: AuthProfiles, after: AuthProfiles, inherited?: AuthProfiles): void {
  const parts = [
    ['profiles', faultInProfile],
    ['order', faultInOrder],
    ['lastGood', faultInId],
  ] as const;
  for (const [part, faultIn] of parts) {
    for (const [key, value] of Object.entries(after[part] ?? {})) {
      if (isDeepStrictEqual(before[part]?.[key], value)) continue;
      const fault = faultIn(value);
      if (fault !== undefined) refuse([part, key, ...fault]);
    }
  }
  const known = (id: string) =>
    Object.hasOwn(after.profiles, id) || (inherited !== undefined && Object.hasOwn(inherited.profiles, id));
  for (const [key, id] of Object.entries(after.lastGood ?? {})) {
    if (!known(id) && (before.lastGood?.[key] !== id || Object.hasOwn(before.profiles, id)))
      refuse(['lastGood', key]);
  }
  for (const [key, ids] of Object.entries(after.order ?? {})) {
    if (isDeepStrictEqual(before.order?.[key], ids)) continue;
    if (ids.some((id) => !known(id) && !before.order?.[key]?.includes(id))) refuse(['order', key]);
  }
}

function refuse(path: readonly string[]): never {
  throw new LoginError('ERR_UNEXPECTED', {
    summary: `The credential store was not written: "${path.join('.')}" is not what it must be.`,
    hint: 'The store is unchanged. Report this, or check your own commit function.',
  });
}
