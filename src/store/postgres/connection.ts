/**
 * Connections to PostgreSQL, and statements over them: each has a deadline, and says what may have come of it when it fails. They have
 * no names and leave nothing behind in a session, so that a pooler may give each transaction another one.
 */

import { userInfo } from 'node:os';

import { StoreError } from '../../words/errors.ts';
import type { Clock, Environment } from '../../words/ports.ts';
import type { PostgresAddress } from './address.ts';
import { loadDriver } from './driver.ts';
import { isLost, isOvertaken, isStarting, postgresFailure } from './failure.ts';
import { passwordFile, readPassword } from './password-file.ts';
import { tlsOptions } from './tls.ts';

export interface Answer<Row> {
  readonly rows: Row[];
  /** How many rows a statement has changed. */
  readonly count: number;
}
export type Query = <Row>(text: string, values?: readonly unknown[]) => Promise<Answer<Row>>;

export interface Connections {
  /** Reads; once more where the connection was gone already. @throws StoreError */
  read: Query;
  /** One statement that commits by itself. @throws StoreError; `outcome: 'unknown'` where its answer was lost */
  write: Query;
  /** Everything that `use` does, or nothing. @throws StoreError; `outcome: 'unknown'` where the answer to COMMIT was lost */
  transaction<T>(use: (query: Query) => Promise<T>): Promise<T>;
  /** Whether a session is handed out by something in between: the server knows it by another number than we were told. */
  isPooled(): Promise<boolean>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly location: string;
  readonly environment: Environment;
  readonly clock: Clock;
  /** At most so many at once. */
  readonly most: number;
  /** How long the server may take to be reached, in milliseconds. */
  readonly connectMs: number;
  /** How long one statement may take, in milliseconds. */
  readonly statementMs: number;
}

/**
 * Whoever waited for a lock sees what its holder has written, whatever the database isolates by default. A holder that is stopped in a
 * transaction keeps everybody else out: the server ends it after this long.
 */
const BEGIN = `BEGIN; SET LOCAL transaction_isolation = 'read committed'; SET LOCAL idle_in_transaction_session_timeout = '10s'; SET LOCAL lock_timeout = '15s'`;
const STARTING_PAUSE_MS = 500;
const STARTING_ATTEMPTS = 20;

interface PooledClient {
  readonly processID?: number | null;
  query(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: unknown[]; rowCount: number | null; command?: string }>;
  release(isBroken?: boolean): void;
}

/** Nothing is connected before the first statement. @throws StoreError `ERR_STORE_DRIVER` where `pg` is not installed */
export async function openConnections(
  address: PostgresAddress,
  options: ConnectionOptions,
): Promise<Connections> {
  const { location, environment, clock } = options;
  const { Pool, Client, types } = await loadDriver(location);
  const user = address.user ?? userInfo().username;
  const pool = new Pool({
    Client,
    types,
    host: address.host,
    port: address.port,
    user,
    database: address.database,
    password: async () =>
      address.password ?? readPassword(passwordFile(environment), { ...address, user }) ?? '',
    ssl: tlsOptions(address, location),
    max: options.most,
    connectionTimeoutMillis: options.connectMs,
    query_timeout: options.statementMs,
    idleTimeoutMillis: 10_000,
    keepAlive: true,
    allowExitOnIdle: true,
    application_name: 'codex-login',
  });
  // One that breaks while nobody uses it: the next one is new. One that breaks in use says so to its statement, and need not say it twice.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => void client.on('error', () => undefined));

  const connect = async (): Promise<PooledClient> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await pool.connect()) as unknown as PooledClient;
      } catch (thrown) {
        if (!isStarting(thrown) || attempt === STARTING_ATTEMPTS) throw postgresFailure(location, thrown);
        await clock.sleep(STARTING_PAUSE_MS);
      }
    }
  };
  const run = async <Row>(
    client: PooledClient,
    text: string,
    values?: readonly unknown[],
  ): Promise<Answer<Row>> => {
    const { rows, rowCount } = await client.query(text, values ?? []);
    return { rows: rows as Row[], count: rowCount ?? 0 };
  };
  const once = async <Row>(text: string, values: readonly unknown[] | undefined): Promise<Answer<Row>> => {
    const client = await connect();
    let isBroken = true;
    try {
      const answer = await run<Row>(client, text, values);
      isBroken = false;
      return answer;
    } catch (thrown) {
      isBroken = isLost(thrown);
      throw thrown;
    } finally {
      client.release(isBroken);
    }
  };

  return {
    async read(text, values) {
      try {
        return await once(text, values);
      } catch (thrown) {
        if (!isLost(thrown)) throw postgresFailure(location, thrown);
        return once<never>(text, values).catch((again) => {
          throw postgresFailure(location, again);
        });
      }
    },
    async write(text, values) {
      try {
        return await once(text, values);
      } catch (thrown) {
        if (isOvertaken(thrown)) return { rows: [], count: 0 };
        throw postgresFailure(location, thrown, true);
      }
    },
    async transaction(use) {
      const client = await connect();
      let isBroken = false;
      const told = <Result>(running: Promise<Result>, isCommit = false): Promise<Result> =>
        running.catch((thrown) => {
          isBroken ||= isLost(thrown);
          throw postgresFailure(location, thrown, isCommit);
        });
      try {
        await told(client.query(BEGIN));
        const result = await use((text, values) => told(run(client, text, values)));
        const { command } = await told(client.query('COMMIT'), true);
        // A transaction that has failed is rolled back by COMMIT, without a word of error.
        if (command !== 'COMMIT') throw rolledBack(location);
        return result;
      } catch (thrown) {
        isBroken ||= await client.query('ROLLBACK').then(
          () => false,
          () => true,
        );
        throw thrown;
      } finally {
        client.release(isBroken);
      }
    },
    async isPooled() {
      const client = await connect();
      try {
        const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
        return (rows[0] as { pid: number }).pid !== client.processID;
      } catch (thrown) {
        throw postgresFailure(location, thrown);
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

function rolledBack(location: string): StoreError {
  return new StoreError('ERR_STORE_IO', {
    store: location,
    summary: `The shared store rolled a commit back: ${location}.`,
    hint: 'Nothing was changed. Run the command again.',
  });
}
