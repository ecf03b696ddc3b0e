/** S-1 to S-8 of a store in a file, demanded: every store test ends with it. What they are, `store-flaws` says. */

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

import type { AuthProfiles } from '../../src/store/profile-store.ts';
import { flawsOf } from './store-flaws.mjs';

/** @param what whose order must lead to profiles, what must have been kept, what was acknowledged */
export function expectInvariants(path: string, what: Parameters<typeof flawsOf>[1] = {}): AuthProfiles {
  expect(flawsOf(path, what)).toEqual([]);
  return JSON.parse(readFileSync(path, 'utf8'));
}
