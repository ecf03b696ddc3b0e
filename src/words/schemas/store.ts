/** The line that `store init`, `store migrate`, `store doctor` and `store move` print with `--json`. It owns its shape in zod. */

import { z } from 'zod';

import type { StoreResult } from '../events/store.ts';
import { agreed } from './agreed.ts';
import { succeeded } from './envelope.ts';

const version = z.int().describe('of the tables; 0: there were none');

export const storeResult = agreed<StoreResult>()(
  z.object({
    ...succeeded,
    action: z.enum(['init', 'migrate', 'doctor', 'move']),
    store: z.string(),
    from: version.optional(),
    to: version.optional(),
    roles: z
      .boolean()
      .optional()
      .describe('whether owner, writer and reader are there; false: this user may make no roles'),
    keys: z.string().optional().describe('the file that a key ring was made in, or changed'),
    step: z
      .enum(['added', 'first'])
      .optional()
      .describe('of a rotation: the newer keys open what is sealed under them, or are the ones that seal'),
    resealed: z.int().optional().describe('how many records were sealed under an older key'),
    server: z.string().optional().describe('with doctor: the version of PostgreSQL'),
    healthy: z
      .boolean()
      .optional()
      .describe('with doctor: nothing was found that is more than worth knowing'),
    errors: z.int().optional(),
    warnings: z.int().optional(),
    infos: z.int().optional(),
    moved: z
      .array(z.object({ profileId: z.string(), from: z.string(), to: z.string() }))
      .optional()
      .describe('the profiles that are in the other store now, and in the first no more'),
    gateway: z
      .enum(['absent', 'reloaded', 'stale'])
      .optional()
      .describe("with move: what is true of the gateway that runs by OpenClaw's store"),
  }),
);
