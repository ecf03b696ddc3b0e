// A process that joins a rendezvous of the built package, as often as its first goes: `meeter.mjs <built package> <directory> <target>`.
// Says `{ role, first }` each time; waits for any message before it joins for the first time.

import { pathToFileURL } from 'node:url';

const [built, runtimeDirectory, target] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(`${built}/dist/src/${file}.js`).href);
const { joinRendezvous } = await load('rendezvous/join');
const { systemClock } = await load('system');
const place = { uid: process.getuid(), runtimeDirectory, temporaryDirectory: runtimeDirectory };
const options = { place, pid: process.pid, clock: systemClock, signal: new AbortController().signal };

process.on('disconnect', () => process.exit());
process.send({ ready: true });
process.once('message', async () => {
  for (;;) {
    const joined = await joinRendezvous(target, options);
    process.send({ role: joined.role, first: joined.first?.pid });
    if (joined.role !== 'follower') return;
    for await (const _ of joined.events);
  }
});
