// How long it is from the last look at the lock and the file to the rename: the one moment in which a writer that is stopped for
// longer than a lock lives, or a writer that takes no lock, can still be overwritten.

import { join } from 'node:path';

import { commitAccount } from '../../test/support/store-scenarios.mjs';
import { traceFileSystem } from '../../test/support/traced-file-system.mjs';
import {
  count,
  median,
  nodeFileSystem,
  openFileStore,
  quantile,
  recordLogin,
  withDirectory,
} from './built.mjs';

const COMMITS = 2_000;

export async function* lastLook(progress) {
  progress(`${COMMITS} commits`);
  const windows = [];
  const whole = [];
  await withDirectory(async (directory) => {
    let looked = 0n;
    const { fileSystem } = traceFileSystem(nodeFileSystem, {
      before({ name, kind }) {
        if (name === 'statSync' && kind === 'store') looked = process.hrtime.bigint();
        // What was traced so far would be kept for ever.
      },
      after({ name }) {
        if (name === 'renameSync') windows.push(Number(process.hrtime.bigint() - looked) / 1000);
      },
    });
    const store = openFileStore(join(directory, 'auth-profiles.json'), { fileSystem });
    for (let index = 0; index < COMMITS; index += 1) {
      const startedAt = process.hrtime.bigint();
      await commitAccount(store, recordLogin, 'me');
      whole.push(Number(process.hrtime.bigint() - startedAt) / 1000);
    }
  });
  const micros = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} µs`;
  yield {
    what: `from the last look to the end of the rename, ${count(COMMITS)} commits`,
    figure: `median ${micros(median(windows))}, p99 ${micros(quantile(windows, 0.99))}, longest ${micros(Math.max(...windows))} (whole commit: median ${micros(median(whole))})`,
  };
}
