// Makes every access token in the main store expired: `node expire.mjs <package directory> <auth-profiles.json>`. A file is
// edited; a database through OpenClaw's own SDK.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , directory, file] = process.argv;
const expire = (store) => {
  for (const profile of Object.values(store.profiles)) profile.expires = Date.now() - 3_600_000;
  return true;
};
if (existsSync(file)) {
  const store = JSON.parse(readFileSync(file, 'utf8'));
  expire(store);
  writeFileSync(file, JSON.stringify(store));
} else {
  const { exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const entry = pathToFileURL(join(directory, exports['./plugin-sdk/provider-auth'].default)).href;
  const { updateAuthProfileStoreWithLock } = await import(entry);
  if ((await updateAuthProfileStoreWithLock({ updater: expire })) === null) process.exitCode = 1;
}
process.exit();
