/** The lines that `token` and `logout` print with `--json`. It owns their shape in zod; `answers` puts all answers together. */

import { z } from 'zod';

import type { LogoutLine, TokenResult } from '../events/credential.ts';
import { agreed } from './agreed.ts';
import { succeeded } from './envelope.ts';

export const tokenResult = agreed<TokenResult>()(
  z.object({
    ...succeeded,
    token: z.string().describe('the access token that was asked for: secret'),
    tokenType: z.literal('Bearer'),
    expires: z.number().optional().describe('milliseconds since the Unix epoch'),
    profileId: z.string(),
    provider: z.string(),
    accountId: z.string().optional(),
    email: z.string().optional(),
    refreshed: z.boolean().describe('whether it was refreshed for this call'),
  }),
);

const atTheServer = z.enum(['revoked', 'failed', 'skipped']);

export const logoutResult = agreed<LogoutLine>()(
  z.object({
    ...succeeded,
    profileId: z.string(),
    store: z.string(),
    removed: z.literal(true).describe('from profiles, order and lastGood, in one commit'),
    issuer: z.string().optional().describe('the server that was asked; missing with --local'),
    refreshToken: atTheServer,
    accessToken: atTheServer,
    reason: z.string().optional().describe('why one was not revoked'),
    order: z.array(z.string()).optional().describe('what is left of the order'),
    lastGood: z.string().optional(),
    agents: z
      .array(z.object({ agent: z.string(), store: z.string(), failure: z.string().optional() }))
      .optional()
      .describe('every other agent that had something of its own to say about the provider'),
    gateway: z.enum(['absent', 'reloaded', 'stale']).optional(),
    hint: z.string().optional(),
  }),
);
