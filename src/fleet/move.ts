/**
 * `store move`: profiles with a refresh token leave one store for another, and are never in both. It decides the sequence; what each step
 * changes, `store/edits/move` decides.
 */

import { randomUUID } from 'node:crypto';

import type { CredentialStore } from '../agents/agent-store.ts';
import type { GatewayOutcome } from '../openclaw/gateway.ts';
import { beginMove, endMove, holderIn, movedBy, moveMarkIn, receiveMove } from '../store/edits/move.ts';
import { refreshableIn } from '../store/edits/refresh.ts';
import type { AuthProfiles, OAuthProfile, ProfileStore } from '../store/profile-store.ts';
import { sameProvider } from '../store/provider-key.ts';
import { systemClock } from '../system.ts';
import { isOutage, throughOutages } from '../words/outage.ts';
import type { Clock } from '../words/ports.ts';
import { assertNoOtherHolder, removeCopiesLeft, withCopies } from './copies.ts';
import { copyLeft, notBegun, onTheWay, refused, taken } from './move-words.ts';

export interface MoveOptions {
  from: CredentialStore;
  to: CredentialStore;
  /** Only this profile. Default: every one of the provider that has a refresh token. */
  profileId?: string | undefined;
  clock?: Clock | undefined;
  signal?: AbortSignal | undefined;
  /** Hears of each when it is there: what fails later takes nothing back. */
  onMoved?: ((moved: Moved) => void) | undefined;
  /** Hears what is true of a gateway that runs by one of the stores, once something was moved; `stale` has the next step. */
  onGateway?: ((outcome: GatewayOutcome) => void) | undefined;
}

export interface Moved {
  readonly profileId: string;
  readonly from: string;
  readonly to: string;
}

/** How long the other store is waited for once a token is on its way, in milliseconds. */
const OUTAGE_MS = 60_000;

/**
 * Moves one profile after the other. Killed at any point, it leaves each in one store, or inert in the first one: the same command brings
 * it to its end.
 * @throws LoginError `ERR_USAGE` where nothing can be moved; StoreError
 */
export async function moveProfiles(options: MoveOptions): Promise<Moved[]> {
  const { from, to, signal } = options;
  const [source, target] = [from.store, to.store];
  const places = { from: source.info.location, to: target.info.location };
  if (places.from === places.to) throw refused('the two stores are one', 'Name another one with --to.');
  if (source.info.kind === 'openclaw' || target.info.kind === 'openclaw')
    throw refused(
      'OpenClaw alone refreshes what is in its database, and may be at it now',
      'Sign in to the shared store instead (codex-login login --store …), and log out here.',
    );
  await source.probe?.();
  await target.probe?.();
  const ids = await movable(from, options.profileId);
  if (ids.length === 0)
    throw refused(
      'no profile with a refresh token is stored there',
      'See codex-login status --store … for what is.',
    );
  await assertRoom(source, target, ids);
  await assertNoOtherHolder(from, ids);
  const moved: Moved[] = [];
  try {
    for (const profileId of ids) {
      signal?.throwIfAborted();
      await moveOne(profileId, options);
      const one = { profileId, ...places };
      moved.push(one);
      options.onMoved?.(one);
    }
  } finally {
    if (moved.length > 0) await tellGateways(options);
  }
  return moved;
}

/** A gateway serves from what it has read: what it lost is tried in vain, and what it was brought is not tried. */
async function tellGateways({ from, to, signal, onGateway }: MoveOptions): Promise<void> {
  for (const { gateway } of [from, to]) {
    const outcome = await gateway?.(signal).catch(() => undefined);
    if (outcome !== undefined) onGateway?.(outcome);
  }
}

async function movable({ store, provider }: CredentialStore, asked: string | undefined): Promise<string[]> {
  const { state } = await store.read();
  return Object.keys(state.profiles).filter(
    (id) =>
      (asked === undefined || id === asked) &&
      sameProvider(state.profiles[id]?.provider, provider) &&
      (refreshableIn(state, id) !== undefined || moveMarkIn(state, id) !== undefined),
  );
}

/** Before anything is changed. What an earlier run has brought there is no obstacle. */
async function assertRoom(source: ProfileStore, target: ProfileStore, ids: readonly string[]): Promise<void> {
  const { state: there } = await target.read();
  const { state: here } = await source.read();
  for (const id of ids) {
    const begun = moveMarkIn(here, id);
    const profile = refreshableIn(here, id) ?? begun?.profile;
    if (profile === undefined) continue;
    const by = holderIn(there, id, profile);
    const isOurs = begun !== undefined && movedBy(there.profiles[by ?? '']) === begun.mark.id;
    if (by !== undefined && !isOurs) throw taken(id, by);
  }
}

async function moveOne(profileId: string, options: MoveOptions): Promise<void> {
  const { from, to, signal, clock = systemClock } = options;
  const { provider } = from;
  const patience = { clock, signal, forMs: OUTAGE_MS, passes: isOutage };
  let before: AuthProfiles = { profiles: {} };
  const begin = async (store: Pick<ProfileStore, 'commit'>) =>
    throughOutages(
      () =>
        store.commit(
          (state, { now }) => {
            before = state;
            return beginMove(state, { profileId, id: randomUUID(), to: to.store.info.location }, now);
          },
          { signal, whileLocked: withCopies({ from, profileId, signal }, () => before) },
        ),
      patience,
    );
  // Not while OpenClaw refreshes it: under its own locks, where it has any.
  const begun = await (from.store.exclusively?.({ provider, profileId }, begin, { signal }) ??
    begin(from.store));
  if (begun.kind !== 'begun') throw notBegun(profileId, begun);

  // From here on nobody stops it: the token is in no store that somebody presents it from.
  const { id, profile } = begun;
  await removeCopiesLeft({ from, profileId, signal }, profile.refresh).catch((thrown) => {
    throw copyLeft(profileId, thrown);
  });
  const received = await throughOutages(
    () =>
      to.store.commit((state) =>
        receiveMove(state, {
          profileId,
          id,
          provider: to.provider,
          profile: renamed(profile, to),
          from: before,
        }),
      ),
    { clock, forMs: OUTAGE_MS, passes: isOutage },
  ).catch((thrown) => {
    throw onTheWay(profileId, thrown);
  });
  if (received.kind === 'taken') throw onTheWay(profileId, taken(profileId, received.by));
  await throughOutages(() => from.store.commit((state) => endMove(state, { profileId, id, provider })), {
    clock,
    forMs: OUTAGE_MS,
    passes: isOutage,
  });
}

/** What a newer OpenClaw calls the provider is not what everybody does. */
function renamed(profile: OAuthProfile, { provider }: CredentialStore): OAuthProfile {
  return { ...profile, provider };
}
