// A process that needs a valid access token, once for every message: `{ stopAt?, killAt? }` name a point of the protocol at which it
// stops or kills itself; "sent" is the server's to tell, and whoever runs the trial kills it then. It answers with a hash of the token, or with the error's code and words.

import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const [dist, path, mode] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(`${dist}/src/${file}.js`).href);
const [{ requireCredential }, { openFileStore, openPostgresStore, parseKeyRing }] = await Promise.all([
  load('index'),
  load('store/index'),
]);
const { drainFlights } = await load('refresh/under-way');

let plan = {};
/** The points, in their order: claiming, claimed, sending, answered, settled. */
const reach = (point) => {
  if (plan.killAt === point) process.kill(process.pid, 'SIGKILL');
  if (plan.stopAt === point) {
    plan = {};
    process.send({ note: { stopped: point } });
    process.kill(process.pid, 'SIGSTOP');
  }
};

const { url, storeKey, keys } = JSON.parse(process.env.SHARED_STORE || '{}');
const file = url
  ? await openPostgresStore(url, { storeKey, keyRing: parseKeyRing(keys), environment: {}, connections: 2 })
  : openFileStore(path);
let commits = 0;
const told = (inner) => ({
  async commit(fn, options) {
    commits += 1;
    const which = commits;
    reach(which === 1 ? 'claiming' : 'settling');
    const result = await inner.commit(fn, options);
    reach(which === 1 ? 'claimed' : 'settled');
    return result;
  },
});
const store = {
  ...file,
  ...told(file),
  // Without OpenClaw's locks the claim alone has to do.
  exclusively:
    mode === 'claims' || url
      ? undefined
      : (profile, use, options) => file.exclusively(profile, (held) => use(told(held)), options),
};
const send = async (url, init) => {
  reach('sending');
  const response = await fetch(url, init);
  const text = await response.text();
  reach('answered');
  return new Response(text, { status: response.status, headers: response.headers });
};

process.on('message', async (question) => {
  plan = question;
  commits = 0;
  try {
    const { accessToken, refreshed } = await requireCredential({
      store,
      fetch: send,
      ...(question.waitMs === undefined ? {} : { waitMs: question.waitMs }),
    });
    const token = createHash('sha256').update(accessToken).digest('hex').slice(0, 12);
    process.send({ answer: { token, refreshed } });
  } catch (error) {
    process.send({ answer: { code: error.code ?? error.name, message: error.message } });
  }
  await drainFlights(store);
});
process.on('disconnect', () => process.exit());
process.send({ note: { ready: true } });
