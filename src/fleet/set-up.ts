/** `store init` and `store migrate`: the tables of this version, the roles, and everything sealed under the newest keys. */

import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { replaceFile } from '../store/file/atomic-write.ts';
import { type Migrated, migrate, rewrapAll } from '../store/postgres/migration.ts';
import { createKeyRing, demandWhole, rotateKeyRing } from '../store/sealing/key-ring.ts';
import { KEY_VARIABLES, readKeyRing } from '../store/sealing/key-source.ts';
import { systemClock } from '../system.ts';
import { StoreError } from '../words/errors.ts';
import { type FleetOptions, openFleet } from './open.ts';

export interface SetUp extends Migrated {
  readonly store: string;
  /** The file that a key ring was made in, or changed. */
  readonly keys?: string;
  /** With newer keys: whether they only open yet, or seal from now on. */
  readonly step?: 'added' | 'first';
  /** How many records were sealed under an older key. */
  readonly resealed?: number;
}

/**
 * Makes the tables and roles where they are not, and a key ring where a file for it is named.
 * @throws StoreError `ERR_STORE_KEY` where that file exists: nothing was done
 */
export async function initStore(options: FleetOptions & { newKeys?: string | undefined }): Promise<SetUp> {
  const { newKeys } = options;
  const fleet = await openFleet(options);
  try {
    await fleet.connections.read('SELECT 1');
    // Before the tables: a file that cannot be made is told before anything is done.
    if (newKeys !== undefined) writeNew(newKeys, createKeyRing(today()));
    const migrated = await migrate(fleet.connections, fleet.location).catch((thrown) => {
      // Nothing is sealed under it yet, and the next attempt makes one.
      if (newKeys !== undefined) rmSync(newKeys, { force: true });
      throw thrown;
    });
    return { ...migrated, store: fleet.location, ...(newKeys === undefined ? {} : { keys: newKeys }) };
  } finally {
    await fleet.connections.close();
  }
}

/** Brings the tables to this version. Then either the next step of a rotation of keys, or everything sealed under the newest. */
export async function migrateStore(options: FleetOptions & { newKeys?: string | undefined }): Promise<SetUp> {
  const { newKeys } = options;
  const fleet = await openFleet(options);
  const { location, connections, environment } = fleet;
  try {
    const migrated = { ...(await migrate(connections, location)), store: location };
    if (newKeys !== undefined) {
      const { text, step } = rotateKeyRing(readRing(newKeys), today());
      if (replaceFile(newKeys, text).outcome !== 'durable')
        throw notWritten(newKeys, 'may not survive a loss of power');
      return { ...migrated, keys: newKeys, step };
    }
    // Whoever only migrates may have no keys, and needs none.
    if (!KEY_VARIABLES.some((name) => environment[name])) return migrated;
    const ring = demandWhole(await readKeyRing(environment));
    return { ...migrated, resealed: await rewrapAll(connections, location, ring) };
  } finally {
    await connections.close();
  }
}

/** The name of a key: the day it was made. */
function today(): string {
  return new Date(systemClock.now()).toISOString().slice(0, 10);
}

function readRing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw notWritten(path, 'cannot be read');
  }
}

/** Never over another one: whatever was sealed under it would be lost. */
function writeNew(path: string, text: string): void {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeFileSync(file, text);
    fsyncSync(file);
    closeSync(file);
  } catch (thrown) {
    const exists = thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST';
    throw notWritten(path, exists ? 'exists already' : 'cannot be written');
  }
}

function notWritten(path: string, why: string): StoreError {
  return new StoreError('ERR_STORE_KEY', {
    store: path,
    summary: `The file for the key ring ${why}: ${path}.`,
    hint: 'Name another file. Nothing was changed.',
  });
}
