// Builds dist/: compiled src and mocks with declarations, and the two JSON Schemas that the package publishes.

import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;

rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`],
  {
    stdio: ['ignore', 2, 2],
  },
);
if (status !== 0) process.exit(status ?? 1);

const { eventsJsonSchema } = await import(`${dist}/src/events.js`);
const { authProfilesJsonSchema } = await import(`${dist}/src/store/schema.js`);
writeFileSync(`${dist}/events.schema.json`, `${JSON.stringify(eventsJsonSchema(), null, 2)}\n`);
writeFileSync(`${dist}/auth-profiles.schema.json`, `${JSON.stringify(authProfilesJsonSchema(), null, 2)}\n`);
