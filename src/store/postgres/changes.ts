/** What changed between two states, as statements with their values. Pure but for the randomness of a seal. */

import { isDeepStrictEqual } from 'node:util';
import type { AuthProfiles } from '../profile-store.ts';
import type { WholeKeyRing } from '../sealing/key-ring.ts';
import { seal } from '../sealing/seal.ts';
import { changedColumns, partsOf } from './columns.ts';
import { placeOfRest, type ReadStore, type Routing, restOf, routingOf, sealedColumns } from './rows.ts';
import {
  BUMP_STORE,
  DELETE_CREDENTIAL,
  DELETE_ROUTING,
  insertCredential,
  PUT_ROUTING,
  updateCredential,
} from './statements.ts';

/** A statement that changes one row; where it must, and does not, somebody else was faster. */
export interface Change {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly mustChange: boolean;
}

/** The one row of this profile; undefined where nothing of it changed. */
export function profileChange(
  read: ReadStore,
  next: AuthProfiles,
  id: string,
  storeKey: string,
  ring: WholeKeyRing,
  position?: number,
): Change | undefined {
  const there = read.credentials.get(id);
  const moved =
    there !== undefined && position !== undefined && position !== there.position ? { position } : {};
  const isSame = there !== undefined && isDeepStrictEqual(read.state.profiles[id], next.profiles[id]);
  if (isSame && Object.keys(moved).length === 0) return undefined;
  const before = there && partsOf(read.state.profiles[id]);
  const after = partsOf(next.profiles[id]);
  const sealed = sealedColumns(after, before, { store: storeKey, profile: id }, ring);
  if (there === undefined) {
    const columns = { position: position ?? 0, ...after.columns, ...sealed };
    return {
      text: insertCredential(Object.keys(columns)),
      values: [storeKey, id, ...Object.values(columns)],
      mustChange: true,
    };
  }
  const columns = { ...moved, ...changedColumns(there.columns, after.columns), ...sealed };
  // What JSON does not hold is no change.
  if (Object.keys(columns).length === 0) return undefined;
  return {
    text: updateCredential(Object.keys(columns)),
    values: [storeKey, id, there.revision, ...Object.values(columns)],
    mustChange: true,
  };
}

/** Everything, in a sequence in which no row stands alone: what goes, what comes or changes, the routing, the store's own row. */
export function storeChanges(
  read: ReadStore,
  next: AuthProfiles,
  storeKey: string,
  ring: WholeKeyRing,
): Change[] {
  const gone = [...read.credentials].filter(([id]) => !Object.hasOwn(next.profiles, id));
  const positions = positionsOf(read, Object.keys(next.profiles));
  const rest = restOf(next);
  return [
    ...gone.map(([id, { revision }]) => ({
      text: DELETE_CREDENTIAL,
      values: [storeKey, id, revision],
      mustChange: true,
    })),
    ...Object.keys(next.profiles)
      .map((id) => profileChange(read, next, id, storeKey, ring, positions.get(id)))
      .filter((change) => change !== undefined),
    ...routingChanges(routingOf(read.state), routingOf(next), storeKey),
    {
      text: BUMP_STORE,
      values: [
        storeKey,
        rest === undefined
          ? null
          : seal(rest, ring.access[0] as WholeKeyRing['access'][number], placeOfRest(storeKey)),
      ],
      mustChange: true,
    },
  ];
}

/** Where each profile stands: where it stood, as long as that is behind the one before it. */
function positionsOf({ credentials }: ReadStore, ids: readonly string[]): Map<string, number> {
  let last = -1;
  return new Map(
    ids.map((id) => {
      const stood = credentials.get(id)?.position ?? -1;
      last = stood > last ? stood : last + 1;
      return [id, last];
    }),
  );
}

function routingChanges(before: readonly Routing[], after: readonly Routing[], storeKey: string): Change[] {
  const gone = before.filter(({ provider }) => !after.some((row) => row.provider === provider));
  const put = after.filter((row) => !before.some((one) => isDeepStrictEqual(one, row)));
  return [
    ...gone.map(({ provider }) => ({
      text: DELETE_ROUTING,
      values: [storeKey, provider],
      mustChange: false,
    })),
    ...put.map(({ provider, position, ord, lastGood }) => ({
      text: PUT_ROUTING,
      values: [storeKey, provider, position, ord, lastGood],
      mustChange: false,
    })),
  ];
}
