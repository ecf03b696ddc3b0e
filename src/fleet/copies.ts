/**
 * Copies of a refresh token that moves, in other places of the same OpenClaw: they go before the token is stored anywhere else, or it
 * is not stored there. How one is taken out of a store, `store/edits/removal` decides.
 */

import type { CredentialStore } from '../agents/agent-store.ts';
import { bearing, followAll } from '../agents/follow-login.ts';
import { entryOf } from '../store/edits/order.ts';
import { refreshableIn } from '../store/edits/refresh.ts';
import { followRemoval } from '../store/edits/removal.ts';
import type { AuthProfiles, CommitOptions } from '../store/profile-store.ts';
import { foreignText } from '../words/redact.ts';
import { refused } from './move-words.ts';

interface Leaving {
  readonly from: CredentialStore;
  readonly profileId: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Before anything is changed: every store that may have a copy can be read, and those that a move does not reach have none.
 * @throws LoginError `ERR_USAGE`; StoreError
 */
export async function assertNoOtherHolder(from: CredentialStore, ids: readonly string[]): Promise<void> {
  const { state } = await from.store.read();
  const shared = from.inheritsFrom && (await from.inheritsFrom.read()).state;
  for (const id of ids) {
    const token = refreshableIn(state, id)?.refresh;
    if (token === undefined) continue;
    const twin = holdersIn(state, token).find((other) => other !== id);
    if (twin !== undefined)
      throw refused(
        `"${foreignText(id, 80)}" and "${foreignText(twin, 80)}" hold the same refresh token`,
        `Remove one of the two: codex-login logout "${foreignText(twin, 80)}" --local`,
      );
    if (shared !== undefined && holdersIn(shared, token).length > 0)
      throw refused(
        `the refresh token of "${foreignText(id, 80)}" is in ${from.inheritsFrom?.info.location} as well, which every agent uses`,
        'Move it from there: leave --agent out.',
      );
  }
  for (const { store } of (await from.followers?.()) ?? []) await store.read();
}

/** For the commit that makes the token inert: copies in other agents' stores go, and a running gateway forgets what it has read. */
export function withCopies(
  { from, profileId, signal }: Leaving,
  before: () => AuthProfiles,
): NonNullable<CommitOptions['whileLocked']> {
  return async () => {
    const { provider, followers, gateway } = from;
    const token = refreshableIn(before(), profileId)?.refresh;
    const isCopy = (credential: Readonly<Record<string, unknown>>) =>
      token !== undefined && credential.refresh === token;
    await followAll(
      await bearing(followers, provider),
      (state) => followRemoval(state, { provider, profileId, isCopy }),
      async () => void (await gateway?.(signal).catch(() => undefined)),
    );
  };
}

/** What of them is left, because somebody was killed or a store could not be written then. @throws StoreError where it stays */
export async function removeCopiesLeft({ from, profileId, signal }: Leaving, token: string): Promise<void> {
  const { provider, followers, gateway } = from;
  const isCopy = (credential: Readonly<Record<string, unknown>>) => credential.refresh === token;
  let isChanged = false;
  for (const { store } of (await followers?.()) ?? []) {
    if (holdersIn((await store.read()).state, token).length === 0) continue;
    await store.commit((state) => ({
      write: true,
      ...followRemoval(state, { provider, profileId, isCopy }),
    }));
    isChanged = true;
  }
  if (isChanged) await gateway?.(signal).catch(() => undefined);
}

function holdersIn(state: AuthProfiles, token: string): string[] {
  return Object.keys(state.profiles).filter((id) => entryOf(state, id)?.refresh === token);
}
