/** The package `pg`, loaded here and nowhere else, and only where a store in PostgreSQL is used: it is not installed with this one. */

import type { Socket } from 'node:net';

import { StoreError } from '../../words/errors.ts';

/**
 * Its pool, with clients that let go of the connection when they are not let in: the driver keeps it, and the process with it.
 * @throws StoreError `ERR_STORE_DRIVER` where it is not there
 */
export async function loadDriver(location: string): Promise<Driver> {
  const { Pool, Client, TypeOverrides } = await load(location);
  const Base = Client as unknown as new (options: unknown) => Connecting;
  class ClosingClient extends Base {
    override connect(callback: (error?: Error) => void): void {
      super.connect((error) => {
        if (error) this.connection.stream.destroy();
        callback(error);
      });
    }
  }
  const types = new TypeOverrides();
  for (const [oid, parse] of TYPES) types.setTypeParser(oid, parse);
  return { Pool, Client: ClosingClient as unknown as Driver['Client'], types };
}

type Package = Pick<typeof import('pg'), 'Pool' | 'Client' | 'TypeOverrides'>;
type Driver = Pick<Package, 'Pool' | 'Client'> & {
  /** How values are read, for the options of a pool. */
  readonly types: InstanceType<Package['TypeOverrides']>;
};

/**
 * How a value of a type (by its OID) is read, here and whatever else the program around uses the driver for: its own table of these is
 * everybody's to change, and a time that came as a text would leave a claim without an end.
 */
const TYPES: readonly (readonly [oid: number, parse: (text: string) => unknown])[] = [
  // int8: as its digits.
  [20, String],
  // int4, float8.
  [23, Number],
  [701, Number],
  // json.
  [114, JSON.parse],
  // timestamptz.
  [1184, timeOf],
];

/** As every `DateStyle` of the kind ISO writes it; no other is guessed at. */
function timeOf(text: string): Date {
  const time = /^\d{4}-\d\d-\d\d \d/.test(text) ? new Date(text) : undefined;
  if (time === undefined || Number.isNaN(time.getTime()))
    throw new Error('A time of the shared store cannot be read: its DateStyle is not ISO.');
  return time;
}

/** What its pool uses of a client. */
interface Connecting {
  readonly connection: { readonly stream: Socket };
  connect(callback: (error?: Error) => void): void;
}

async function load(location: string): Promise<Package> {
  try {
    const driver = await import('pg');
    return driver.default ?? driver;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw thrown;
    throw new StoreError('ERR_STORE_DRIVER', {
      store: location,
      summary: 'A store in PostgreSQL needs the package "pg", which is not installed beside codex-login.',
      hint: 'Install it in the same place: npm install pg, or npm install --global pg for a global codex-login.',
    });
  }
}
