// A process that waits for a lock with many others: each time it is asked it takes it once and counts, in a file that has no other
// protection. It answers how often it was the one that removed a stale lock.

import { readFileSync, writeFileSync } from 'node:fs';

import { traceFileSystem } from '../../test/support/traced-file-system.mjs';
import { answerTo, nodeFileSystem, systemClock, takeSidecarLock } from './built.mjs';

const [path, counter] = process.argv.slice(2);
let guarded = false;
let takeOvers = 0;
const { fileSystem, calls } = traceFileSystem(nodeFileSystem, {
  after({ name, kind }, answer) {
    if (answer instanceof Error) return;
    if (name === 'openSync' && kind === 'guard') guarded = true;
    if (name === 'unlinkSync' && kind === 'lock' && guarded) takeOvers += 1;
    if (name === 'unlinkSync' && kind === 'guard') guarded = false;
  },
});

answerTo(async () => {
  takeOvers = 0;
  calls.length = 0;
  const lock = await takeSidecarLock(path, { clock: systemClock, fileSystem });
  writeFileSync(counter, String(Number(readFileSync(counter, 'utf8')) + 1));
  lock.release();
  return takeOvers;
});
