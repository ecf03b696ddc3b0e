// A process that waits for a lock with many others: each time it is asked it commits once, and answers how often it was the one
// that removed a stale lock.

import { traceFileSystem } from '../../test/support/traced-file-system.mjs';
import { answerTo, nodeFileSystem, openFileStore } from './built.mjs';
import { countedCommit } from './counter.mjs';

const [path, account] = process.argv.slice(2);
let guarded = false;
let takeOvers = 0;
const { fileSystem, calls } = traceFileSystem(nodeFileSystem, {
  after({ name, kind }) {
    if (name === 'openSync' && kind === 'guard') guarded = true;
    if (name === 'unlinkSync' && kind === 'lock' && guarded) takeOvers += 1;
    if (name === 'unlinkSync' && kind === 'guard') guarded = false;
  },
});
const store = openFileStore(path, { fileSystem });
await import('../../dist/src/store/schema.js');

answerTo(async () => {
  takeOvers = 0;
  calls.length = 0;
  await countedCommit(store, account);
  return takeOvers;
});
