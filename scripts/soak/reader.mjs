// A process that reads as often as it can, holds what it sees against the invariants, and says every so often how far it is.

import { setPriority } from 'node:os';

import { stateFlaws } from '../../test/support/store-flaws.mjs';
import { answerTo, openFileStore } from './built.mjs';
import { countsIn } from './counter.mjs';

const TOLD_EVERY = 500;
const [path] = process.argv.slice(2);
const store = openFileStore(path);
let running = true;
answerTo(({ stop }) => {
  running = !stop;
});

// What the writers leave of the processor.
setPriority(10);
let newest = 0;
for (let reads = 0, bad = []; running; reads += 1) {
  try {
    const { state } = await store.read();
    const { sum, total } = countsIn(state);
    bad.push(...stateFlaws(state));
    if (sum !== total) bad.push(`S-2 ${sum} commits in the profiles, ${total} beside them`);
    if (total < newest) bad.push(`S-5 ${total} commits after ${newest}`);
    newest = total;
  } catch (error) {
    bad.push(`S-1 ${error.message}`);
  }
  if (reads % TOLD_EVERY === TOLD_EVERY - 1) {
    process.send({ note: { reads: TOLD_EVERY, bad: bad.slice(0, 5) } });
    bad = [];
    await new Promise((resolve) => setImmediate(resolve));
  }
}
