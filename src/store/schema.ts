/**
 * The shape of `auth-profiles.json` in zod: published as JSON Schema, and held against everything a commit changes.
 * Loaded late. Unknown fields pass; what was there before is not judged.
 */

import { isDeepStrictEqual } from 'node:util';

import { z } from 'zod';

import { LoginError } from '../errors.ts';
import type { AuthProfiles } from './profile-store.ts';

/** No credential expires before 2001 if its time is in milliseconds; one in seconds would read as long expired. */
const EARLIEST_MS = 1_000_000_000_000;

const secret = z.string().min(1);
const epochMs = z.number().int().min(EARLIEST_MS).describe('milliseconds since the Unix epoch');
const provider = z.string().min(1);

const oauth = z.looseObject({
  type: z.literal('oauth'),
  provider,
  access: secret.describe('access token'),
  refresh: secret.describe('refresh token, single-use'),
  expires: epochMs.describe('when the access token expires, in milliseconds since the Unix epoch'),
  email: z.string().optional(),
  accountId: z.string().optional(),
  displayName: z.string().optional(),
  clientId: z.string().optional(),
  claim: z
    .looseObject({
      id: z.string().min(1),
      by: z.string(),
      until: epochMs,
      attempt: z.number().int().min(1),
    })
    .optional()
    .describe('somebody presents the refresh token; until then nobody else does'),
  gen: z.number().int().min(0).optional().describe('how often the tokens were replaced'),
  dead: z
    .looseObject({ code: z.string().min(1), at: epochMs, of: z.string().optional() })
    .optional()
    .describe('the server has refused the refresh token for good'),
});
const apiKey = z.looseObject({
  type: z.literal('api_key'),
  provider,
  key: secret.optional(),
  keyRef: z.unknown().optional(),
});
const token = z.looseObject({
  type: z.literal('token'),
  provider,
  token: secret.optional(),
  tokenRef: z.unknown().optional(),
  expires: epochMs.optional(),
});
const profile = z.discriminatedUnion('type', [oauth, apiKey, token]);
const order = z
  .array(z.string().min(1))
  .min(1)
  .describe('an allow-list: an id that is not in it is never tried');
const profileId = z.string().min(1);
const usageStats = z.looseObject({
  lastUsed: z.number().optional(),
  cooldownUntil: z.number().optional(),
  disabledUntil: z.number().optional(),
  errorCount: z.number().optional(),
});

const authProfiles = z.looseObject({
  version: z.number().optional(),
  profiles: z.record(profileId, profile),
  order: z.record(provider, order).optional(),
  lastGood: z.record(provider, profileId).optional(),
  usageStats: z.record(profileId, usageStats).optional(),
});

/** The JSON Schema of the store, as the package publishes it (`codex-login/auth-profiles.schema.json`). */
export function authProfilesJsonSchema(): object {
  return { title: 'auth-profiles.json', ...z.toJSONSchema(authProfiles) };
}

/** Whether a commit may write this profile. */
export function isStorable(entry: unknown): boolean {
  return profile.safeParse(entry).success;
}

/**
 * Refuses a commit whose changes do not keep the shape, or that names a profile in vain (S-3).
 * @param inherited the main agent's store, where this one belongs to another agent
 * @throws LoginError `ERR_UNEXPECTED` with the place and never the value: a fault of the caller, and nothing is written
 */
export function assertChanges(before: AuthProfiles, after: AuthProfiles, inherited?: AuthProfiles): void {
  const parts = [
    ['profiles', profile],
    ['order', order],
    ['lastGood', profileId],
  ] as const;
  for (const [part, schema] of parts) {
    for (const [key, value] of Object.entries(after[part] ?? {})) {
      if (isDeepStrictEqual(before[part]?.[key], value)) continue;
      const { error } = schema.safeParse(value);
      if (error) refuse([part, key, ...(error.issues[0]?.path ?? [])]);
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

function refuse(path: readonly PropertyKey[]): never {
  throw new LoginError('ERR_UNEXPECTED', {
    summary: `The credential store was not written: "${path.join('.')}" is not what it must be.`,
    hint: 'The store is unchanged. Report this, or check your own commit function.',
  });
}
