/** The envelope of every line in zod. */

import { z } from 'zod';

export const base = {
  v: z.literal(1),
  time: z.iso.datetime().describe('when it happened, ISO 8601'),
};
