// One process that needs a valid access token, by its program's own function for it:
// `node refresher-process.mjs <codex-login|pi> <package directory> <store>`. It loads, says that it is ready, and answers a message with the
// token, or with why there is none.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [whose, directory, path] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(directory, file)).href);

const ASK = {
  async 'codex-login'() {
    const { requireCredential } = await load('dist/src/index.js');
    const { openFileStore } = await load('dist/src/store/index.js');
    return async () => (await requireCredential({ store: openFileStore(path) })).accessToken;
  },
  /** The store is opened when it is asked, as by a pi that starts. */
  async pi() {
    const { AuthStorage } = await load('dist/index.js');
    return async () => {
      const storage = AuthStorage.create(path);
      const key = await storage.getApiKey('openai-codex');
      if (key === undefined) throw storage.drainErrors()[0] ?? new Error('no key');
      return key;
    };
  },
};

const ask = await ASK[whose]();
process.on('message', async () => {
  try {
    process.send({ token: await ask() });
  } catch (error) {
    process.send({ failed: String(error.message).slice(0, 200) });
  }
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
