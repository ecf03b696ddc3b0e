/**
 * The credential store in PostgreSQL: a commit that changes one profile is one compare-and-swap of its row, and every other commit one
 * transaction that holds the row of its store. It decides nothing about what is edited, nor how rows are sealed.
 */

import { systemClock, systemEnvironment } from '../../system.ts';
import type { Clock, Environment } from '../../words/ports.ts';
import { assertChanges } from '../changes.ts';
import type { ProfileStore } from '../profile-store.ts';
import { demandWhole, type KeyRing } from '../sealing/key-ring.ts';
import { readKeyRing } from '../sealing/key-source.ts';
import { locationOf, parsePostgresUrl } from './address.ts';
import { profileChange, storeChanges } from './changes.ts';
import { type Connections, openConnections, type Query } from './connection.ts';
import { postgresFailure } from './failure.ts';
import { isText } from './fits.ts';
import {
  assertNames,
  assertNarrow,
  assertSchema,
  assertStoreKey,
  assertWriter,
  neverLeftAlone,
} from './preconditions.ts';
import { type ProfileRow, profileStoreOf, type ReadStore, type StoreRow, storeOf } from './rows.ts';
import { LOCK_CREDENTIALS, LOCK_STORE, MAKE_STORE, READ_NOW, readProfile, readStore } from './statements.ts';

/** Which store in the database, its keys, and limits. */
export interface PostgresStoreOptions {
  /** Which store in the database. Default: what the URL says behind `#`, or `main`. */
  storeKey?: string | undefined;
  /** The keys it is sealed under. Default: as the environment says (docs/fleet.md). */
  keyRing?: KeyRing | undefined;
  /** Certificates to trust as well. */
  caFile?: string | undefined;
  environment?: Environment | undefined;
  clock?: Clock | undefined;
  /** At most so many connections at once. Default: 8. */
  connections?: number | undefined;
  /** How long the server may take to be reached, in milliseconds. Default: 10,000. */
  connectMs?: number | undefined;
  /** How long one statement may take, in milliseconds. Default: 20,000. */
  statementMs?: number | undefined;
}

export const DEFAULT_STORE_KEY = 'main';

/** How often a compare-and-swap starts over before it is said that others never leave the row alone. */
const MOST_ATTEMPTS = 100;
const SHORTEST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

/**
 * A store in PostgreSQL, for any number of machines. It needs the package `pg`, and the tables that `codex-login store init` makes.
 * @param url `postgres://[user@]host[:port]/database[?sslmode=…&sslrootcert=…][#store key]`
 * @throws StoreError `ERR_STORE_DRIVER`, `ERR_STORE_KEY`; LoginError `ERR_USAGE`. Nothing is connected before the first use.
 */
export async function openPostgresStore(
  url: string,
  options: PostgresStoreOptions = {},
): Promise<ProfileStore> {
  const { clock = systemClock, environment = systemEnvironment } = options;
  const address = parsePostgresUrl(url, environment, options.caFile);
  const storeKey = options.storeKey ?? address.storeKey ?? DEFAULT_STORE_KEY;
  assertStoreKey(storeKey);
  const location = locationOf(address, storeKey);
  const ring =
    options.keyRing ??
    (await readKeyRing(environment).catch((thrown) => {
      throw postgresFailure(location, thrown);
    }));
  const connections = await openConnections(address, {
    location,
    environment,
    clock,
    most: options.connections ?? 8,
    connectMs: options.connectMs ?? 10_000,
    statementMs: options.statementMs ?? 20_000,
  });
  return storeOver(connections, { location, storeKey, ring, clock });
}

/** One store of a database, over connections that others may use too; `close` closes those. */
export function storeOver(
  connections: Connections,
  { location, storeKey, ring, clock }: { location: string; storeKey: string; ring: KeyRing; clock: Clock },
): ProfileStore {
  const isWhole = ring.refresh !== undefined;
  const told = <T>(action: () => T): T => {
    try {
      return action();
    } catch (thrown) {
      throw postgresFailure(location, thrown);
    }
  };
  const whole = async (query: Query): Promise<ReadStore> => {
    const { rows } = await query<StoreRow>(readStore(isWhole), [storeKey]);
    return told(() => storeOf(rows, storeKey, ring));
  };
  const narrow = async (profileId: string): Promise<ReadStore> => {
    // A name that no row can have.
    const id = isText(profileId) ? profileId : '';
    const found = await connections.read<ProfileRow>(readProfile(isWhole), [storeKey, id]);
    const { rows } = found.rows.length > 0 ? found : await connections.read<ProfileRow>(READ_NOW);
    return told(() => profileStoreOf(rows, storeKey, ring));
  };
  let checked: Promise<void> | undefined;
  const ready = () => {
    checked ??= assertSchema(connections, location).catch((thrown) => {
      checked = undefined;
      throw thrown;
    });
    return checked;
  };

  const store: ProfileStore = {
    info: {
      kind: 'postgres',
      location,
      generation: 'postgres',
      scope: 'network',
      durable: true,
      ...(isWhole ? {} : { readOnly: true }),
    },
    async read({ profileId } = {}) {
      await ready();
      const { state, version, now } = await (profileId === undefined
        ? whole(connections.read)
        : narrow(profileId));
      return { state, version, now };
    },
    async probe() {
      told(() => demandWhole(ring));
      await ready();
      await assertWriter(connections, location);
    },
    async commit(fn, { signal, profileId, whileLocked } = {}) {
      signal?.throwIfAborted();
      const keys = told(() => demandWhole(ring));
      await ready();
      const decided = (read: ReadStore) => {
        const decision = fn(structuredClone(read.state), { now: read.now });
        if (decision.write) assertChanges(read.state, decision.next);
        return decision;
      };
      if (profileId === undefined) {
        const decision = await connections.transaction(async (query) => {
          const locked = await query(LOCK_STORE, [storeKey]);
          if (locked.count === 0) {
            await query(MAKE_STORE, [storeKey]);
            await query(LOCK_STORE, [storeKey]);
          }
          signal?.throwIfAborted();
          await query(LOCK_CREDENTIALS, [storeKey]);
          const read = await whole(query);
          const made = decided(read);
          if (!made.write) return made;
          assertNames(made.next);
          for (const { text, values, mustChange } of told(() =>
            storeChanges(read, made.next, storeKey, keys),
          )) {
            const { count } = await query(text, values);
            if (mustChange && count !== 1) throw neverLeftAlone(location);
          }
          return made;
        });
        if (decision.write) await whileLocked?.();
        return decision.result;
      }
      for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
        const read = await narrow(profileId);
        const decision = decided(read);
        if (!decision.write) return decision.result;
        assertNarrow(read.state, decision.next, profileId);
        const change = told(() => profileChange(read, decision.next, profileId, storeKey, keys));
        if (change === undefined || (await connections.write(change.text, change.values)).count === 1) {
          await whileLocked?.();
          return decision.result;
        }
        await clock.sleep(pauseAfter(attempt), signal);
      }
      throw neverLeftAlone(location);
    },
    close: connections.close,
  };
  return store;
}

/** Longer the more often others were faster, so that somebody gets through. */
function pauseAfter(attempt: number): number {
  return Math.random() * Math.min(SHORTEST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
}
