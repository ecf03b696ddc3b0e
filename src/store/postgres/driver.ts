/** The package `pg`, loaded here and nowhere else, and only where a store in PostgreSQL is used: it is not installed with this one. */

import type { Socket } from 'node:net';

import { StoreError } from '../../words/errors.ts';

/**
 * Its pool, with clients that let go of the connection when they are not let in: the driver keeps it, and the process with it.
 * @throws StoreError `ERR_STORE_DRIVER` where it is not there
 */
export async function loadDriver(location: string): Promise<Driver> {
  const { Pool, Client } = await load(location);
  const Base = Client as unknown as new (options: unknown) => Connecting;
  class ClosingClient extends Base {
    override connect(callback: (error?: Error) => void): void {
      super.connect((error) => {
        if (error) this.connection.stream.destroy();
        callback(error);
      });
    }
  }
  return { Pool, Client: ClosingClient as unknown as Driver['Client'] };
}

type Driver = Pick<typeof import('pg'), 'Pool' | 'Client'>;

/** What its pool uses of a client. */
interface Connecting {
  readonly connection: { readonly stream: Socket };
  connect(callback: (error?: Error) => void): void;
}

async function load(location: string): Promise<Driver> {
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
