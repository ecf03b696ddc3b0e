/**
 * A login into main, and a logout, reach the other agents: each one's store is edited under its own lock while main's is held, so that
 * nobody sees half of it. What is edited, `store/edits/follow` and `removal` decide.
 */

import type { GatewayOutcome } from '../openclaw/gateway.ts';
import type { AuthProfiles, ProfileStore } from '../store/profile-store.ts';
import type { RoutingConfiguration } from '../store/selection.ts';

/** Another agent of the same OpenClaw, whose store exists. */
export interface Follower {
  readonly agent: string;
  readonly store: ProfileStore;
  readonly configuration: () => Promise<RoutingConfiguration | undefined>;
}

/** What became of an agent's store. */
export interface FollowedAgent extends Follower {
  /** Its own order now; undefined where main's applies. */
  readonly order?: string[];
  /** Old copies of the same account that were removed from it. */
  readonly retired: readonly string[];
  /** Why it could not be changed, in a sentence. */
  readonly failure?: string;
}

/** Asks a running gateway to read the credentials again; never rejects. */
export type ReloadGateway = (signal?: AbortSignal) => Promise<GatewayOutcome>;

/** The agents whose own store could hide main's profile. One that cannot be read counts: it will be told of. */
export async function bearing(
  followers: (() => Promise<readonly Follower[]>) | undefined,
  provider: string,
): Promise<Follower[]> {
  const { bearsOnProvider } = await import('../store/edits/follow.ts');
  const found: Follower[] = [];
  for (const follower of (await followers?.()) ?? []) {
    const bears = await follower.store.read().then(
      ({ state }) => bearsOnProvider(state, provider),
      () => true,
    );
    if (bears) found.push(follower);
  }
  return found;
}

/** Edits one store after the other, each within the lock of the one before, and runs `then` while all are held. */
export async function followAll(
  followers: readonly Follower[],
  edit: (state: AuthProfiles) => {
    next: AuthProfiles;
    result: { readonly order?: string[]; readonly retired: readonly string[] };
  },
  then: () => Promise<void>,
): Promise<FollowedAgent[]> {
  const outcomes: FollowedAgent[] = [];
  async function step(index: number): Promise<void> {
    const follower = followers[index];
    if (follower === undefined) return then();
    let entered = false;
    try {
      const result = await follower.store.commit((state) => ({ write: true, ...edit(state) }), {
        whileLocked() {
          entered = true;
          return step(index + 1);
        },
      });
      outcomes[index] = { ...follower, ...result };
    } catch (thrown) {
      const failure =
        thrown instanceof Error && 'summary' in thrown
          ? String(thrown.summary)
          : 'its store cannot be written.';
      outcomes[index] = { ...follower, retired: [], failure };
      if (!entered) await step(index + 1);
    }
  }
  await step(0);
  return outcomes;
}
