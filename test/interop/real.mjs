// OpenClaw's own functions in a process of their own: `node real.mjs <package directory>`, asked by messages
// `{id, ask, …}` and answering `{id, answer}` or `{id, error}`. Its bundles have names with a hash and their exports
// are shortened, so each function is found by its own name.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = join(process.argv[2], 'dist');
const bundles = readdirSync(dist);

/** What has this name, out of the one bundle called `<prefix>-….js` that defines and exports it. */
async function real(prefix, name) {
  for (const file of bundles.filter((one) => one.startsWith(`${prefix}-`) && one.endsWith('.js'))) {
    const source = readFileSync(join(dist, file), 'utf8');
    const exported = new RegExp(`^export \\{.*\\b${name} as ([\\w$]+)`, 'm').exec(source);
    if (exported === null || !new RegExp(`(?:function|const) ${name}\\b`).test(source)) continue;
    return (await import(pathToFileURL(join(dist, file)).href))[exported[1]];
  }
  throw new Error(`OpenClaw has no ${name} in ${prefix}-*.js`);
}

// Tells whenever OpenClaw finds its lock taken, the sign that it waits, and when it removes one that another process holds and
// that is younger than a stale one. OpenClaw calls the functions through this object.
const { open, rm } = fs;
fs.open = async (path, flags, ...more) => {
  try {
    return await open(path, flags, ...more);
  } catch (error) {
    if (error.code === 'EEXIST' && String(path).endsWith('.lock')) process.send({ event: 'busy' });
    throw error;
  }
};

fs.rm = (path, ...more) => {
  if (String(path).endsWith('.lock') && isAnothers(path)) process.send({ event: 'robbed' });
  return rm(path, ...more);
};

function isAnothers(lock) {
  try {
    const { pid, createdAt } = JSON.parse(readFileSync(lock, 'utf8'));
    return pid !== process.pid && process.kill(pid, 0) && Date.now() - Date.parse(createdAt) < 30_000;
  } catch {
    return false;
  }
}

const resolveAuthProfileOrder = await real('order', 'resolveAuthProfileOrder');
const resolveAuthProfileEligibility = await real('order', 'resolveAuthProfileEligibility');
const ensureAuthProfileStore = await real('store', 'ensureAuthProfileStore');
const updateAuthProfileStoreWithLock = await real('store', 'updateAuthProfileStoreWithLock');
const resolveAuthStorePath = await real('store', 'resolveAuthStorePath');
const forgetStores = await real('store', 'clearRuntimeAuthProfileStoreSnapshots');
const lockOptions = await real('store', 'AUTH_STORE_LOCK_OPTIONS');
const withFileLock = await real('file-lock', 'withFileLock');

const provider = 'openai-codex';
let letGo = () => undefined;

const add = (profileId) =>
  updateAuthProfileStoreWithLock({
    updater: (store) => {
      store.profiles[profileId] = {
        type: 'oauth',
        provider,
        access: 'a',
        refresh: 'r',
        expires: 1_900_000_000_000,
      };
      return true;
    },
  });

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const answers = {
  /** What a turn would use: the order by the files as they are, and the key that goes with a request. */
  async route({ agentDir }) {
    const loadConfig = await real('io', 'loadConfig');
    const resolveApiKeyForProvider = await real('model-auth', 'resolveApiKeyForProvider');
    forgetStores();
    const cfg = loadConfig();
    const order = resolveAuthProfileOrder({ cfg, provider, store: ensureAuthProfileStore(agentDir) });
    try {
      const { profileId, apiKey } = await resolveApiKeyForProvider({ cfg, provider, agentDir });
      return { order, profileId, apiKey };
    } catch (error) {
      return { order, error: error.message };
    }
  },
  /** The order by a store and a configuration that were made up, and each id's own reason. */
  order({ main, agent, cfg, ids }) {
    const agentDir = agent === undefined ? undefined : join(process.env.HOME, 'other-agent');
    write(resolveAuthStorePath(), main);
    if (agentDir !== undefined) write(resolveAuthStorePath(agentDir), agent);
    forgetStores();
    const store = ensureAuthProfileStore(agentDir);
    const order = resolveAuthProfileOrder({ cfg, provider, store });
    const reasons = ids.map(
      (profileId) => resolveAuthProfileEligibility({ cfg, store, provider, profileId }).reasonCode,
    );
    return { order, reasons };
  },
  /** Adds these profiles, all at once; which of them OpenClaw itself gave up. */
  async add({ ids }) {
    const stores = await Promise.all(ids.map(add));
    return { refused: ids.filter((_, index) => stores[index] === null) };
  },
  /** Holds the lock, as OpenClaw does while it refreshes a token, adds a profile and lets go when told to. */
  async hold({ profileId }) {
    await withFileLock(resolveAuthStorePath(), lockOptions, async () => {
      process.send({ event: 'held' });
      await new Promise((resolve) => {
        letGo = resolve;
      });
      await add(profileId);
    });
  },
  letGo: () => letGo(),
};

process.on('message', async ({ id, ask, ...question }) => {
  try {
    process.send({ id, answer: (await answers[ask](question)) ?? null });
  } catch (error) {
    process.send({ id, error: String(error.stack) });
  }
});
process.on('disconnect', () => process.exit());
process.send({ event: 'ready' });
