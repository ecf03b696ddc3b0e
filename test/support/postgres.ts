/** Databases for the tests of one file, in the one server of the run; without a server every test of the file is skipped, loudly. */

import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, inject, onTestFinished } from 'vitest';
import { parsePostgresUrl } from '../../src/store/postgres/address.ts';
import { storeChanges } from '../../src/store/postgres/changes.ts';
import { type Connections, openConnections } from '../../src/store/postgres/connection.ts';
import { migrate } from '../../src/store/postgres/migration.ts';
import { openPostgresStore, type PostgresStoreOptions } from '../../src/store/postgres/postgres-store.ts';
import { LOCK_STORE, MAKE_STORE } from '../../src/store/postgres/statements.ts';
import type { AuthProfiles, ProfileStore } from '../../src/store/profile-store.ts';
import { createKeyRing, demandWhole, type KeyRing, parseKeyRing } from '../../src/store/sealing/key-ring.ts';
import { systemClock } from '../../src/system.ts';

export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** What has to be trusted for the name `localhost`, as PEM; missing where it has no TLS. */
  readonly ca?: string;
}

/** A store that other processes open. */
export interface SharedPlace {
  readonly url: string;
  readonly storeKey: string;
  /** The text of its key ring. */
  readonly keys: string;
}

export interface OpenOptions extends PostgresStoreOptions {
  initial?: AuthProfiles;
  /** Another user, whose password is "secret". */
  as?: string;
  /** Another port, where something stands before the server. */
  at?: number;
  /** Another database. */
  url?: string;
}

export interface Databases {
  /** The database of this file, which holds the tables; with a password, as its owner. */
  url(user?: string, password?: string): string;
  /** A store of its own in that database, closed when the test ends; it holds `initial`. */
  openStore(options?: OpenOptions): Promise<ProfileStore>;
  /** A store of its own there, for other processes. */
  sharedPlace(): SharedPlace;
  /** One statement, as the owner. */
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Statements, as the owner, in another database. */
  run(text: string, url: string): Promise<unknown>;
  /** Another database, empty; its URL. */
  createDatabase(): Promise<string>;
}

/** To be called at the top of a file, or of a `describe`. */
export function usePostgres(): Databases {
  const found = inject('postgres');
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  const databases = [database];
  const urlOf = (name: string, user?: string, password?: string) =>
    'missing' in found
      ? ''
      : `postgres://${user ?? found.user}:${password ?? found.password}@${found.host}:${found.port}/${name}`;
  const once = async <Row>(name: string, text: string, values: unknown[] = []): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: urlOf(name) });
    await client.connect();
    try {
      return (await client.query(text, values.length === 0 ? undefined : values)).rows;
    } finally {
      await client.end();
    }
  };
  beforeAll(async () => {
    if ('missing' in found) return;
    await once('postgres', `CREATE DATABASE ${database}`);
    const connections = await connectionsTo(urlOf(database));
    await migrate(connections, 'a test');
    await connections.close();
  });
  afterAll(async () => {
    if ('missing' in found) return;
    for (const name of databases)
      await once('postgres', `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(() => undefined);
  });
  beforeEach((context) => {
    if ('missing' in found) context.skip(found.missing);
  });
  return {
    url: (user, password) => urlOf(database, user, password),
    async openStore({ initial, as, at, url = urlOf(database, as, as && 'secret'), ...options } = {}) {
      const { storeKey = `test-${randomUUID()}`, keyRing = newKeyRing() } = options;
      if (initial) await plant(urlOf(database), initial, storeKey, keyRing);
      const place = new URL(url);
      if (at !== undefined) place.port = String(at);
      const store = await openPostgresStore(place.href, {
        environment: {},
        ...options,
        storeKey,
        keyRing,
      });
      onTestFinished(() => store.close());
      return store;
    },
    sharedPlace: () => ({
      url: urlOf(database),
      storeKey: `test-${randomUUID()}`,
      keys: createKeyRing('first'),
    }),
    sql: (text, values) => once(database, text, values),
    run: (text, other) => once(new URL(other).pathname.slice(1), text),
    async createDatabase() {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      databases.push(name);
      await once('postgres', `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
  };
}

/** Of its own: no other test holds the same refresh token then. */
export function newKeyRing(): KeyRing {
  return parseKeyRing(createKeyRing('first'));
}

/** Connections as a store has them. */
export function connectionsTo(url: string): Promise<Connections> {
  const address = parsePostgresUrl(url, {});
  return openConnections(address, {
    location: 'a test',
    environment: {},
    clock: systemClock,
    most: 2,
    connectMs: 10_000,
    statementMs: 20_000,
  });
}

/** A state as it is, whatever a commit would say of it. */
async function plant(url: string, state: AuthProfiles, storeKey: string, ring: KeyRing): Promise<void> {
  const empty = { state: { version: 1, profiles: {} }, now: 0, version: '0', credentials: new Map() };
  const connections = await connectionsTo(url);
  await connections.transaction(async (query) => {
    await query(MAKE_STORE, [storeKey]);
    await query(LOCK_STORE, [storeKey]);
    for (const { text, values } of storeChanges(empty, state, storeKey, demandWhole(ring)))
      await query(text, values);
  });
  await connections.close();
}
