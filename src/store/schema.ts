/**
 * The shape of `auth-profiles.json` in zod, for the JSON Schema that the package publishes. Nothing that runs loads it: what a commit
 * may write, `shape` says by hand, and a test holds the two against each other. Unknown fields pass.
 */

import { z } from 'zod';

import { EARLIEST_MS } from './shape.ts';

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
/** One profile. */
export const profile = z.discriminatedUnion('type', [oauth, apiKey, token]);
/** The order of one provider. */
export const order = z
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
