// One process of the measurement: loads a range of profiles, or reads or refreshes for a while, and tells how long each took.

import { gatewaysFor, PROFILES_EACH, profileIdOf, profileOf, randomOf, storeKeyOf } from './fleet.mjs';

const load = (file) => import(new URL(`../../dist/src/${file}.js`, import.meta.url).href);
const [{ parsePostgresUrl }, { openConnections }, { storeOver }, { systemClock }, { parseKeyRing }] =
  await Promise.all(
    [
      'store/postgres/address',
      'store/postgres/connection',
      'store/postgres/postgres-store',
      'system',
      'store/sealing/key-ring',
    ].map(load),
  );
const { claimRefresh, settleRefresh } = await load('store/edits/refresh');
const { partsOf } = await load('store/postgres/columns');
const { sealedColumns } = await load('store/postgres/rows');

process.on('message', async ({ url, keys, kind, connections: most = 2, ...job }) => {
  const ring = parseKeyRing(keys);
  const connections = await openConnections(parsePostgresUrl(url, {}), {
    location: 'bench',
    environment: {},
    clock: systemClock,
    most,
    connectMs: 10_000,
    statementMs: 120_000,
  });
  const answer =
    kind === 'load'
      ? await loadProfiles(connections, ring, job)
      : await ask(connections, ring, kind, { ...job, most });
  await connections.close();
  process.send(answer);
});
process.on('disconnect', () => process.exit());

const BATCH = 500;

/** As commits would leave them, many in one statement. */
async function loadProfiles({ write }, ring, { from, to }) {
  for (let start = from; start < to; start += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, to - start) }, (_, index) => start + index);
    const stores = [...new Set(numbers.map((number) => storeKeyOf(Math.floor(number / PROFILES_EACH))))];
    await write(
      'INSERT INTO codex_login.store (k, version) SELECT k, 1 FROM unnest($1::text[]) AS k ON CONFLICT DO NOTHING',
      [stores],
    );
    const rows = numbers.map((number) => {
      const store = storeKeyOf(Math.floor(number / PROFILES_EACH));
      const parts = partsOf(profileOf(number));
      return {
        store,
        id: profileIdOf(number),
        position: number % PROFILES_EACH,
        ...parts.columns,
        ...sealedColumns(parts, undefined, { store, profile: profileIdOf(number) }, ring),
      };
    });
    const column = (name) => rows.map((row) => row[name]);
    await write(
      `INSERT INTO codex_login.credential (store, id, position, type, provider, account_id, email, expires_at, access_sealed, refresh_sealed, fingerprint)
      SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::bytea[], $10::bytea[], $11::bytea[])`,
      [
        'store',
        'id',
        'position',
        'type',
        'provider',
        'account_id',
        'email',
        'expires_at',
        'access_sealed',
        'refresh_sealed',
        'fingerprint',
      ].map(column),
    );
    const orders = stores.filter((store) =>
      numbers.some(
        (number) => number % PROFILES_EACH === 0 && storeKeyOf(Math.floor(number / PROFILES_EACH)) === store,
      ),
    );
    for (const store of orders) {
      const first = Number(store.split('-')[1]) * PROFILES_EACH;
      const ids = Array.from({ length: PROFILES_EACH }, (_, index) => profileIdOf(first + index));
      await write(
        'INSERT INTO codex_login.routing (store, provider, position, ord, last_good) VALUES ($1, $2, 0, $3, $4)',
        [store, 'openai-codex', ids, ids[0]],
      );
    }
  }
  if (to > from) await write('ANALYZE codex_login.credential');
  return {};
}

/** Every connection asks, gets its answer, and asks again. */
async function ask(connections, ring, kind, { profiles, seconds, seed, most }) {
  const latencies = [];
  const random = randomOf(seed);
  const gateways = gatewaysFor(profiles);
  const storeOf = (gateway) =>
    storeOver(connections, { location: 'bench', storeKey: storeKeyOf(gateway), ring, clock: systemClock });
  // The version of the tables is looked at once a process, and so once a gateway; not once a question.
  const stores = new Map();
  const known = async (gateway) => {
    const there = stores.get(gateway);
    if (there) return there;
    const store = storeOf(gateway);
    await store.read({ profileId: 'none' });
    stores.set(gateway, store);
    return store;
  };
  const few = Math.min(gateways, 2_000);
  const chosen = Array.from({ length: few }, () => random(gateways));
  for (const gateway of chosen) await known(gateway);
  const questions = {
    profile: async (store, profileId) => {
      const { state } = await store.read({ profileId });
      if (state.profiles[profileId]?.access === undefined) throw new Error(`${profileId} is not there`);
    },
    store: async (store) => void (await store.read()),
    refresh: refreshOf,
  };
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  const until = began + seconds * 1000;
  const asking = async (connection) => {
    while (performance.now() < until) {
      const gateway = chosen[random(few)];
      // Nobody else refreshes the same one: what is measured is the cost, not the wait.
      const slot =
        kind === 'refresh'
          ? (random((PROFILES_EACH / 8) | 0) * 8 + connection + (seed - 1) * most) % PROFILES_EACH
          : random(PROFILES_EACH);
      const profileId = profileIdOf(gateway * PROFILES_EACH + slot);
      const store = await known(gateway);
      const asked = performance.now();
      await questions[kind](store, profileId, gateway * PROFILES_EACH + slot);
      latencies.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: most }, (_, connection) => asking(connection)));
  const { user, system } = process.cpuUsage(cpuBefore);
  return { latencies, seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 };
}

let claims = 0;

/** Claim, and settle with what a server would have granted: the two commits of a refresh. */
async function refreshOf(store, profileId, number) {
  claims += 1;
  const id = `${process.pid}-${claims}`;
  const claimed = await store.commit(
    (state, { now }) => claimRefresh(state, { profileId, id, by: 'bench', isFresh: () => false }, now),
    { profileId },
  );
  if (claimed.kind !== 'claimed') throw new Error(`${profileId}: ${claimed.kind}`);
  const { access, refresh, expires } = profileOf(number, `${id}`);
  const settled = await store.commit(
    (state) =>
      settleRefresh(state, {
        profileId,
        presented: claimed.profile.refresh,
        tokens: { access, refresh, expires },
      }),
    { profileId },
  );
  if (settled.kind !== 'settled') throw new Error(`${profileId}: ${settled.kind}`);
}
