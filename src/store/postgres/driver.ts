/** The package `pg`, loaded here and nowhere else, and only where a store in PostgreSQL is used: it is not installed with this one. */

import { StoreError } from '../../errors.ts';

/** @throws StoreError `ERR_STORE_DRIVER` where it is not there */
export async function loadDriver(location: string): Promise<Pick<typeof import('pg'), 'Pool'>> {
  try {
    const driver = await import('pg');
    return driver.default ?? driver;
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'ERR_MODULE_NOT_FOUND')
      throw thrown;
    throw new StoreError('ERR_STORE_DRIVER', {
      store: location,
      summary: 'A store in PostgreSQL needs the package "pg", which is not installed beside codex-login.',
      hint: 'Install it in the same place: npm install pg, or npm install --global pg for a global codex-login.',
    });
  }
}
