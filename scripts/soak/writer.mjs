// A process that commits: `writer.mjs <file> <account> <padding>`, told `{ commits }` to add to what it may do, and answering with
// how long that took once it is done.

import { answerTo, openFileStore } from './built.mjs';
import { countedCommit } from './counter.mjs';

const [path, account, padding] = process.argv.slice(2);
const store = openFileStore(path);
const fill = 'a'.repeat(Number(padding ?? 0));

answerTo(async ({ commits }) => {
  const startedAt = performance.now();
  let longestMs = 0;
  for (let index = 0; index < commits; index += 1) {
    const at = performance.now();
    await countedCommit(store, account, fill);
    longestMs = Math.max(longestMs, performance.now() - at);
  }
  return { commits, tookMs: performance.now() - startedAt, longestMs };
});
process.send({ note: 'ready' });
