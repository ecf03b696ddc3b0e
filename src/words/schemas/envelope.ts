/** The envelope of every line in zod. */

import { z } from 'zod';

export const base = {
  v: z.literal(1),
  time: z.iso.datetime().describe('when it happened, ISO 8601'),
};

/** And what the last line of a command that succeeded carries. */
export const succeeded = { ...base, type: z.literal('result'), ok: z.literal(true) };
