import { expect, test } from 'vitest';

import { staleLocks } from '../../scripts/soak/stale.mjs';

test('S-5 S-7 a stale lock with many who wait is taken over by exactly one, and nobody has it with another', async () => {
  // The small form of `npm run soak -- stale`, in processes of the build.
  for await (const row of staleLocks(() => undefined, { waiters: 6, rounds: 15 }))
    expect(row).toMatchObject({ flaws: [], holds: true });
});
