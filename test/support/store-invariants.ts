/** S-1 to S-8 of a store in a file, as one predicate: every store test ends with it. */

import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { expect } from 'vitest';

import type { AuthProfiles } from '../../src/store/profile-store.ts';

/** @param provider whose order and lastGood must lead to stored profiles */
export function expectInvariants(path: string, provider = 'openai-codex'): AuthProfiles {
  const state = JSON.parse(readFileSync(path, 'utf8')) as AuthProfiles; // S-1
  const lastGood = state.lastGood?.[provider];
  if (lastGood !== undefined) expect(state.profiles).toHaveProperty([lastGood]); // S-3
  const order = state.order?.[provider];
  if (order !== undefined) expect(order).not.toEqual([]); // S-3
  if (lastGood !== undefined) expect(order).toContain(lastGood); // S-2: one without the other is half a commit
  const target = realpathSync(path);
  expect(statSync(target).mode & 0o777).toBe(0o600); // S-6
  for (const directory of new Set([dirname(path), dirname(target)])) {
    const left = readdirSync(directory).filter(
      (name) => /\.(tmp|lock|takeover)$/.test(name) && name.startsWith(basename(target)),
    );
    expect(left).toEqual([]); // S-7
  }
  expect(existsSync(`${path}.lock`)).toBe(false);
  expect(lstatSync(path)).toBeDefined();
  return state;
}
