/**
 * Generation B keeps a store in two files: `auth-profiles.json`, and beside it `auth-state.json` with order, lastGood and usage,
 * whose word counts wherever it has one. Pure: what the two say together, and what each must say for a next state.
 *
 * Two files cannot be replaced in one step. Profiles go first, with the whole next state and a note of which state file is to be
 * replaced; then the state file. Whoever commits next and finds that very state file still there completes it (`completed`).
 */

import { isDeepStrictEqual } from 'node:util';

import type { AuthProfiles } from '../profile-store.ts';

const PARTS = ['order', 'lastGood', 'usageStats'] as const;
type StateFile = Readonly<Record<string, unknown>>;
type Parts = Pick<AuthProfiles, (typeof PARTS)[number]>;

/** The key of the note in `auth-profiles.json`; OpenClaw drops it when it saves both files itself. */
const NOTE = 'codexLogin';

/** What OpenClaw reads: the state file's word first, provider by provider and profile by profile. */
export function joined(profiles: AuthProfiles, state: StateFile | undefined): AuthProfiles {
  const { [NOTE]: _, ...own } = profiles;
  if (state === undefined) return own as AuthProfiles;
  const merged = Object.fromEntries(
    PARTS.flatMap((part) =>
      isRecord(state[part]) ? [[part, { ...own[part], ...(state[part] as object) }]] : [],
    ),
  );
  return { ...own, ...merged } as AuthProfiles;
}

export interface SplitWrite {
  readonly profiles: AuthProfiles;
  /** The next content of the state file; undefined: it may stay as it is, and one rename is all. */
  readonly state?: StateFile;
}

/**
 * What to write so that OpenClaw reads `next`.
 * @param stateVersion names the bytes of the state file that is there
 */
export function split(next: AuthProfiles, state: StateFile | undefined, stateVersion: string): SplitWrite {
  if (isDeepStrictEqual(joined(next, state), next)) return { profiles: next };
  const parts: Parts = Object.fromEntries(
    PARTS.flatMap((part) => (next[part] === undefined ? [] : [[part, next[part]]])),
  );
  const { order: _order, lastGood: _lastGood, usageStats: _usageStats, ...rest } = state ?? {};
  return {
    profiles: { ...next, [NOTE]: { replaces: stateVersion } },
    state: { version: 1, ...rest, ...parts },
  };
}

/** The state file that a commit was about to write when it was cut off; undefined where there is nothing to complete. */
export function completed(
  profiles: AuthProfiles,
  state: StateFile | undefined,
  stateVersion: string,
): StateFile | undefined {
  const note = profiles[NOTE];
  if (!isRecord(note) || note.replaces !== stateVersion) return undefined;
  const { [NOTE]: _, ...next } = profiles;
  return split(next as AuthProfiles, state, stateVersion).state;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
