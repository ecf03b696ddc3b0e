/** The lines that `sync` prints with `--json`, which are also the argument of `onEvent`. It owns their shape in zod. */

import { z } from 'zod';

import type { SynchronizeEvent, SynchronizeResultLine } from '../events/synchronize.ts';
import { agreed } from './agreed.ts';
import { base, succeeded } from './envelope.ts';

const epochMs = z.int().describe('milliseconds since the Unix epoch');

const written = {
  profileId: z.string().describe("its id in this host's store"),
  from: z.string().describe('the shared store'),
  store: z.string().describe('the store of this host'),
  generation: z.string(),
  expires: epochMs.optional().describe('of the access token; missing: it does not say'),
  changed: z.boolean().describe('whether anything was written: false where it was there already'),
  refreshed: z.boolean().describe('whether this host refreshed it, in the shared store'),
  order: z.array(z.string()),
  lastGood: z.string(),
  routable: z.boolean(),
  reason: z.string().optional().describe('why the stored profile would not be used'),
  hint: z.string().optional().describe('what to do about reason, or about a gateway that is stale'),
  agents: z
    .array(z.object({ agent: z.string(), store: z.string(), failure: z.string().optional() }))
    .optional()
    .describe('the other agents whose own store hid it'),
  gateway: z.enum(['absent', 'reloaded', 'stale']).optional(),
};

/** This host's store holds the access token that is in the shared one. */
const synchronized = z.object({ ...base, type: z.literal('synchronized'), ...written });

/** It could not be had, or not be written: what this host has stays as it is, and it is tried again. */
const behind = z.object({
  ...base,
  type: z.literal('behind'),
  code: z.string().regex(/^ERR_[A-Z_]+$/),
  message: z.string(),
  hint: z.string(),
  expires: epochMs.optional().describe('of the access token that this host has; missing: none is known'),
  expired: z
    .boolean()
    .optional()
    .describe(
      'whether that is over: OpenClaw passes it over then, and uses another provider without a word; missing: not known',
    ),
});

export const synchronizeEventSchema = agreed<SynchronizeEvent>()(
  z.discriminatedUnion('type', [synchronized, behind]),
);

export const synchronizeResult = agreed<SynchronizeResultLine>()(
  z.object({
    ...succeeded,
    ...written,
  }),
);
