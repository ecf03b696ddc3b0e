// 64 processes that write and 8 that read, one store. Half of the commits are made as fast as they go, the rest spread over the
// reads, so that all of these are made meanwhile.

import { join } from 'node:path';

import { flawsOf } from '../../test/support/store-flaws.mjs';
import { count, openFileStore, withDirectory, withProcesses } from './built.mjs';
import { countsIn } from './counter.mjs';

const WRITERS = 64;
const COMMITS = 200;
const READERS = 8;
const READS = 1_000_000;

export async function* writersAndReaders(progress) {
  yield* await withDirectory(async (directory) => {
    const path = join(directory, 'auth-profiles.json');
    const bad = [];
    let reads = 0;
    let readsWhileWriting = 0;
    const startedAt = performance.now();
    return withProcesses(
      'writer.mjs',
      WRITERS,
      (index) => [path, `w${index}`, '0'],
      async (writers) => {
        await writers.askAll({ commits: 1 });
        return withProcesses(
          'reader.mjs',
          READERS,
          () => [path],
          async (readers) => {
            let wake = () => undefined;
            readers.hear(({ reads: more, bad: found }) => {
              reads += more;
              bad.push(...found);
              wake();
            });
            let done = 1;
            for (const step = 9; done < COMMITS; ) {
              const commits = Math.min(done < COMMITS / 2 ? COMMITS / 2 - done : step, COMMITS - done);
              await writers.askAll({ commits });
              done += commits;
              progress(`${count(done * WRITERS)} commits, ${count(reads)} reads`);
              readsWhileWriting = reads;
              const goOnAt = (READS * Math.max(0, done - COMMITS / 2)) / (COMMITS / 2);
              while (done < COMMITS && reads < goOnAt) {
                await new Promise((resolve) => {
                  wake = resolve;
                });
              }
            }
            readers.tell({ stop: true });
            const { state } = await openFileStore(path).read();
            const { each, total } = countsIn(state);
            const short = Object.values(each).filter((commits) => commits !== COMMITS);
            const lost = WRITERS * COMMITS - total;
            const flaws = flawsOf(path);
            const seconds = Math.round((performance.now() - startedAt) / 1000);
            return [
              {
                what: `${WRITERS} processes × ${COMMITS} commits to one store`,
                figure: `${count(total)} commits in ${seconds} s, ${lost} lost`,
                holds:
                  lost === 0 &&
                  short.length === 0 &&
                  Object.keys(each).length === WRITERS &&
                  flaws.length === 0,
                flaws,
              },
              {
                what: `${READERS} processes that read meanwhile`,
                figure: `${count(readsWhileWriting)} reads, ${bad.length} bad`,
                holds: bad.length === 0 && readsWhileWriting >= READS,
                flaws: bad,
              },
            ];
          },
        );
      },
    );
  });
}
