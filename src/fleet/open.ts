/** A store in PostgreSQL as whoever keeps it needs it: its connections and its keys, without a profile being read. */

import { postgresUrlIn } from '../agents/credential-store.ts';
import { locationOf, type PostgresAddress, parsePostgresUrl } from '../store/postgres/address.ts';
import { type Connections, openConnections } from '../store/postgres/connection.ts';
import { systemClock, systemEnvironment } from '../system.ts';
import { LoginError } from '../words/errors.ts';
import type { Clock, Environment } from '../words/ports.ts';

export interface FleetOptions {
  /** A `postgres://` URL, or `env:<NAME>`. */
  where: string;
  storeKey?: string | undefined;
  caFile?: string | undefined;
  environment?: Environment | undefined;
  clock?: Clock | undefined;
}

export interface Fleet {
  readonly location: string;
  readonly address: PostgresAddress;
  readonly connections: Connections;
  readonly environment: Environment;
}

/** @throws LoginError `ERR_USAGE` where it is no such store; StoreError */
export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const { where, caFile, environment = systemEnvironment, clock = systemClock } = options;
  const url = postgresUrlIn(where, environment);
  if (url === undefined) {
    throw new LoginError('ERR_USAGE', {
      summary: 'This is for a store in PostgreSQL, and --store names none.',
      hint: 'Example: --store postgres://db.example.com/codex',
    });
  }
  const address = parsePostgresUrl(url, environment, caFile);
  const location = locationOf(address, options.storeKey);
  const connections = await openConnections(address, {
    location,
    environment,
    clock,
    most: 2,
    connectMs: 10_000,
    // To seal a million records anew, or to build an index, takes as long as it takes.
    statementMs: 600_000,
  });
  return { location, address, connections, environment };
}
