// Builds dist/: compiled src and mocks with declarations, the program as a bundle, and the two JSON Schemas that the package publishes.
// It is made aside and put in place by a rename: a failed build leaves the old one, and a login that runs from it goes on.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { bundlePackages } from './build/bundle-packages.mjs';
import { bundleProgram } from './build/bundle-program.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;
const workshop = `${root}.build-${process.pid}`;
const made = `${workshop}/dist`;
/** A build takes seconds: a workshop of this age, in milliseconds, belongs to one that was killed. */
const ABANDONED_MS = 10 * 60_000;

for (const name of readdirSync(root).filter((name) => name.startsWith('.build-'))) {
  const { mtimeMs } = statSync(root + name, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
  if (Date.now() - mtimeMs > ABANDONED_MS) rmSync(root + name, { recursive: true, force: true });
}
process.once('exit', () => rmSync(workshop, { recursive: true, force: true }));
mkdirSync(workshop);
const { status } = spawnSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`, '--outDir', made],
  {
    stdio: ['ignore', 2, 2],
  },
);
if (status !== 0) process.exit(status ?? 1);

const { eventsJsonSchema } = await import(`${made}/src/words/schemas/index.js`);
const { authProfilesJsonSchema } = await import(`${made}/src/store/schema.js`);
writeFileSync(`${made}/events.schema.json`, `${JSON.stringify(eventsJsonSchema(), null, 2)}\n`);
writeFileSync(`${made}/auth-profiles.schema.json`, `${JSON.stringify(authProfilesJsonSchema(), null, 2)}\n`);
// They are zod's, which is not installed with the package. What still asks for one of them fails to bundle.
rmSync(`${made}/src/words/schemas`, { recursive: true });
for (const kind of ['js', 'd.ts']) rmSync(`${made}/src/store/schema.${kind}`);
await bundlePackages(`${made}/src`);
await bundleProgram(`${made}/src`);
putInPlace();

/** Another build may do the same in this moment: whichever is last stays. */
function putInPlace() {
  for (let attempt = 0; ; attempt += 1) {
    try {
      renameSync(dist, `${workshop}/old-${attempt}`);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
    try {
      return renameSync(made, dist);
    } catch (error) {
      if (attempt === 9 || !['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
    }
  }
}
