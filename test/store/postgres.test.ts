import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { diagnoseStore } from '../../src/fleet/diagnosis.ts';
import { moveProfiles } from '../../src/fleet/move.ts';
import { claimRefresh, refreshableIn, settleRefresh } from '../../src/store/edits/refresh.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { migrate, rewrapAll } from '../../src/store/postgres/migration.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { SCHEMA_VERSION } from '../../src/store/postgres/schema.ts';
import type { ProfileStore } from '../../src/store/profile-store.ts';
import { createKeyRing, demandWhole, parseKeyRing, rotateKeyRing } from '../../src/store/sealing/key-ring.ts';
import { startCuttingProxy } from '../support/cutting-proxy.mjs';
import { connectionsTo, newKeyRing, usePostgres } from '../support/postgres.ts';
import { commitLogin, provider } from '../support/record.ts';
import { storeFile } from '../support/temporary.ts';

const me = `${provider}:me@example.com`;
const { openStore, url, sql, createDatabase } = usePostgres();
const renewed = { access: 'access-new', refresh: 'refresh-new', expires: 1_950_000_000_000 };
const keyOf = (store: ProfileStore) => store.info.location.split('#')[1] ?? '';
const rowOf = async (store: ProfileStore) =>
  (await sql(`SELECT * FROM codex_login.credential WHERE store = $1`, [keyOf(store)]))[0] ?? {};
const claim = (store: ProfileStore, id: string) =>
  store.commit(
    (state, { now }) => claimRefresh(state, { profileId: me, id, by: 'a test', isFresh: () => false }, now),
    { profileId: me },
  );
const settle = (store: ProfileStore, presented = 'refresh-me') =>
  store.commit((state) => settleRefresh(state, { profileId: me, presented, tokens: renewed }), {
    profileId: me,
  });

/** A user in one of the three roles, or in none, with the password "secret". */
async function roleIn(role: string | undefined): Promise<string> {
  const name = `${role}_${Math.random().toString(36).slice(2)}`;
  await sql(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'`);
  if (role !== undefined) await sql(`GRANT codex_login_${role} TO ${name}`);
  onTestFinished(async () => void (await sql(`DROP ROLE ${name}`)));
  return name;
}

describe('a database', () => {
  test('holds no token, and nothing that is unknown, in the clear', async () => {
    const store = await openStore();
    await commitLogin(store, 'me');
    await store.commit((state) => ({
      write: true,
      next: {
        ...state,
        planted: 'planted-beside',
        profiles: { ...state.profiles, [me]: { ...state.profiles[me], idToken: 'planted-inside' } },
      },
      result: undefined,
    }));
    const rows = await sql(
      `SELECT row_to_json(c)::text AS text, encode(access_sealed, 'escape') || encode(refresh_sealed, 'escape') AS bytes
      FROM codex_login.credential c UNION ALL SELECT row_to_json(s)::text, encode(rest_sealed, 'escape') FROM codex_login.store s`,
    );
    const everything = JSON.stringify(rows);
    for (const secret of ['access-me', 'refresh-me', 'planted']) expect(everything).not.toContain(secret);
    expect((await store.read()).state).toMatchObject({
      planted: 'planted-beside',
      profiles: { [me]: { idToken: 'planted-inside' } },
    });
  });

  test('whose records were put in one another’s places, or changed, opens nothing and says so', async () => {
    const keyRing = newKeyRing();
    const [one, two] = [await openStore({ keyRing }), await openStore({ keyRing })];
    await commitLogin(one, 'me');
    await commitLogin(two, 'you');
    await sql(
      `UPDATE codex_login.credential SET access_sealed = (SELECT access_sealed FROM codex_login.credential WHERE store = $2)
      WHERE store = $1`,
      [keyOf(one), keyOf(two)],
    );
    await expect(one.read()).rejects.toMatchObject({ code: 'ERR_STORE_KEY', exitCode: 7 });
    await expect(commitLogin(one, 'me')).rejects.toMatchObject({
      code: 'ERR_STORE_KEY',
      outcome: 'unchanged',
    });
  });

  test('without the key ring of whoever sealed it says which key is missing', async () => {
    const store = await openStore();
    await commitLogin(store, 'me');
    const other = parseKeyRing(createKeyRing('second'));
    const stranger = await openStore({ storeKey: keyOf(store), keyRing: other });
    await expect(stranger.read()).rejects.toThrow('no key "first"');
  });

  test('has one holder for each refresh token: a second one is refused, and nothing of its commit is stored', async () => {
    const keyRing = newKeyRing();
    const [one, two] = [await openStore({ keyRing }), await openStore({ keyRing })];
    await commitLogin(one, 'me');
    await expect(commitLogin(two, 'me')).rejects.toMatchObject({ code: 'ERR_STORE_CONFLICT', exitCode: 7 });
    expect((await two.read()).state).toEqual({ version: 1, profiles: {} });
  });

  test('has every one of several first logins at once: in profiles, and in the order', async () => {
    const keyRing = newKeyRing();
    const first = await openStore({ keyRing });
    // A store that is there, and empty: no row of a credential holds anybody up.
    await first.commit((state) => ({ write: true, next: { ...state, note: 1 }, result: undefined }));
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const stores = await Promise.all(names.map(() => openStore({ keyRing, storeKey: keyOf(first) })));
    await Promise.all(names.map((name, index) => commitLogin(stores[index] ?? first, name)));
    const { state } = await first.read();
    expect(Object.keys(state.profiles)).toHaveLength(6);
    expect([...(state.order?.[provider] ?? [])].sort()).toEqual(Object.keys(state.profiles).sort());
  });

  test('shows a commit whole or not at all, however often it is read meanwhile', async () => {
    const store = await openStore();
    await commitLogin(store, 'one');
    let isDone = false;
    const reading = (async () => {
      let reads = 0;
      for (; !isDone; reads += 1) {
        const { state } = await store.read();
        const [first] = state.order?.[provider] ?? [];
        expect(state.lastGood?.[provider]).toBe(first);
        expect(Object.keys(state.profiles)).toContain(first);
      }
      return reads;
    })();
    for (const name of ['two', 'three', 'four', 'five', 'six']) await commitLogin(store, name);
    isDone = true;
    expect(await reading).toBeGreaterThan(5);
  });
});

describe('a refresh', () => {
  test('is one update of one row each for claim and settlement: the row of its store, its routing and its seal are left', async () => {
    const store = await openStore();
    await commitLogin(store, 'me');
    const parents = () =>
      sql(
        'SELECT s.version, s.xmin, r.xmin AS routed FROM codex_login.store s JOIN codex_login.routing r ON r.store = s.k WHERE k = $1',
        [keyOf(store)],
      );
    const before = { row: await rowOf(store), parents: await parents() };
    await claim(store, 'mine');
    const claimed = await rowOf(store);
    expect(claimed).toMatchObject({
      claim_id: 'mine',
      access_sealed: before.row.access_sealed,
      refresh_sealed: before.row.refresh_sealed,
    });
    await settle(store);
    const settled = await rowOf(store);
    expect(settled).toMatchObject({ claim_id: null, gen: 1 });
    expect(settled.fingerprint).not.toEqual(before.row.fingerprint);
    expect(await parents()).toEqual(before.parents);
    expect((await store.read()).state.profiles[me]).toMatchObject({ ...renewed, gen: 1 });
  });

  test('sees one profile of many, and can change no other', async () => {
    const store = await openStore();
    for (const name of ['me', 'you']) await commitLogin(store, name);
    let seen: string[] = [];
    await store.commit(
      (state) => {
        seen = Object.keys(state.profiles);
        return { write: false, result: undefined };
      },
      { profileId: me },
    );
    expect(seen).toEqual([me]);
    expect(Object.keys((await store.read({ profileId: me })).state.profiles)).toEqual([me]);
    expect((await store.read({ profileId: 'none' })).state.profiles).toEqual({});
    for (const change of [{ order: { [provider]: [me] } }, { profiles: {} }, { usageStats: {} }])
      await expect(
        store.commit((state) => ({ write: true, next: { ...state, ...change }, result: undefined }), {
          profileId: me,
        }),
      ).rejects.toMatchObject({ code: 'ERR_UNEXPECTED' });
  });

  test('reads times and counts as they are, whatever the program around makes of the driver’s types', async () => {
    const store = await openStore();
    await commitLogin(store, 'me');
    const { types } = pg;
    for (const oid of [20, 23, 114, 701, 1184]) {
      const usual = types.getTypeParser(oid);
      types.setTypeParser(oid, (text: string) => `“${text}”`);
      onTestFinished(() => types.setTypeParser(oid, usual));
    }
    expect(await claim(store, 'one')).toMatchObject({ kind: 'claimed' });
    expect(await claim(store, 'two')).toMatchObject({ kind: 'held', claim: { id: 'one', attempt: 1 } });
    const { state, now } = await store.read();
    expect([typeof now, state.order?.[provider]]).toEqual(['number', [me]]);
  });

  test('has one holder of a claim among many processes’ connections', async () => {
    const keyRing = newKeyRing();
    const store = await openStore({ keyRing });
    await commitLogin(store, 'me');
    const others = await Promise.all(
      Array.from({ length: 8 }, () => openStore({ keyRing, storeKey: keyOf(store), connections: 1 })),
    );
    const outcomes = await Promise.all(others.map((one, index) => claim(one, `claim-${index}`)));
    expect(outcomes.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'held')).toHaveLength(7);
  });
});

test('a database that isolates more by default turns nobody away: who comes second looks again', async () => {
  const url = await createDatabase();
  const connections = await connectionsTo(url);
  const name = new URL(url).pathname.slice(1);
  await connections.write(`ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read'`);
  await migrate(connections, 'a test');
  const keyRing = newKeyRing();
  const stores = await Promise.all(
    Array.from({ length: 6 }, () => openStore({ url, keyRing, storeKey: 'one', connections: 1 })),
  );
  await Promise.all(stores.map((store, index) => commitLogin(store, `me-${index}`)));
  const [store] = stores as [ProfileStore];
  const { profiles } = (await store.read()).state;
  expect(Object.keys(profiles)).toHaveLength(6);
  const [profileId = ''] = Object.keys(profiles);
  let claiming: Promise<unknown> | undefined;
  await connections.transaction(async (query) => {
    await query('UPDATE codex_login.credential SET revision = revision + 1');
    claiming = store.commit(
      (state, { now }) =>
        claimRefresh(state, { profileId, id: 'c', by: 'a test', isFresh: () => false }, now),
      { profileId },
    );
    claiming.catch(() => undefined);
    const waiting = 'SELECT 1 FROM pg_locks WHERE NOT granted';
    while ((await connections.read(waiting)).rows.length === 0);
  });
  expect(await claiming).toMatchObject({ kind: 'claimed' });
  await connections.close();
});

describe('a connection that breaks', () => {
  async function behindProxy(more: { statementMs?: number; connectMs?: number } = {}) {
    const found = inject('postgres');
    if ('missing' in found) throw new Error(found.missing);
    const proxy = await startCuttingProxy(found);
    onTestFinished(() => proxy.close());
    const keyRing = newKeyRing();
    const store = await openStore({ keyRing, ...more, at: proxy.port });
    const direct = await openStore({ keyRing, storeKey: keyOf(store) });
    await commitLogin(direct, 'me');
    return { proxy, store, direct };
  }

  test('is none: a writer that was slow between reading and writing overwrites nothing, and looks again', async () => {
    const { proxy, store, direct } = await behindProxy();
    await store.read();
    let runs = 0;
    const slow = store.commit(
      (state) => {
        runs += 1;
        const tokens = { access: 'stale', refresh: 'stale' };
        return settleRefresh(state, { profileId: me, presented: 'refresh-me', tokens });
      },
      { profileId: me },
    );
    const letGo = await proxy.hold('UPDATE codex_login.credential');
    await settle(direct);
    letGo();
    expect(await slow).toMatchObject({ kind: 'superseded' });
    expect(runs).toBe(2);
    expect((await direct.read()).state.profiles[me]).toMatchObject({ ...renewed, gen: 1 });
  });

  test.each(['claim', 'settle'] as const)(
    'after a %s has arrived makes its outcome unknown, and the second run knows its own effect',
    async (step) => {
      const { proxy, store, direct } = await behindProxy();
      await store.read();
      if (step === 'settle') await claim(direct, 'mine');
      const run = () => (step === 'claim' ? claim(store, 'mine') : settle(store));
      proxy.cutAfter('UPDATE codex_login.credential');
      await expect(run()).rejects.toMatchObject({
        code: 'ERR_STORE_UNREACHABLE',
        outcome: 'unknown',
        exitCode: 7,
      });
      const again = await run();
      expect(again.kind).toBe(step === 'claim' ? 'claimed' : 'settled');
      const { revision } = await rowOf(direct);
      expect(Number(revision)).toBe(step === 'claim' ? 2 : 3);
    },
  );

  test('before a settle has arrived leaves what was stored, and the second run stores it', async () => {
    const { proxy, store, direct } = await behindProxy();
    await store.read();
    proxy.cutBefore('UPDATE codex_login.credential');
    await expect(settle(store)).rejects.toMatchObject({ outcome: 'unknown' });
    expect((await direct.read()).state.profiles[me]).toMatchObject({ refresh: 'refresh-me' });
    expect(await settle(store)).toMatchObject({ kind: 'settled' });
  });

  test.each([
    ['before the COMMIT of a login arrives leaves nothing of it', 'cutBefore', 'COMMIT', 'unknown', false],
    ['after the COMMIT of a login has arrived leaves all of it', 'cutAfter', 'COMMIT', 'unknown', true],
    [
      'in the middle of a login leaves nothing of it',
      'cutBefore',
      'INSERT INTO codex_login.credential',
      'unchanged',
      false,
    ],
  ] as const)('%s', async (_, cut, statement, outcome, isThere) => {
    const { proxy, store, direct } = await behindProxy();
    await store.read();
    proxy[cut](statement);
    await expect(commitLogin(store, 'you')).rejects.toMatchObject({ code: 'ERR_STORE_UNREACHABLE', outcome });
    const { state } = await direct.read();
    const you = `${provider}:you@example.com`;
    expect([state.profiles[you] !== undefined, state.lastGood?.[provider] === you]).toEqual([
      isThere,
      isThere,
    ]);
    // And the caller runs it again.
    await commitLogin(store, 'you');
    expect((await direct.read()).state).toMatchObject({
      lastGood: { [provider]: you },
      order: { [provider]: [you, me] },
    });
  });

  test('for good is told within its deadline, and one that was idle is replaced without a word', async () => {
    const { proxy, store } = await behindProxy({ statementMs: 300, connectMs: 300 });
    await store.read();
    proxy.stall();
    await expect(claim(store, 'mine')).rejects.toMatchObject({
      code: 'ERR_STORE_UNREACHABLE',
      outcome: 'unchanged',
    });
    proxy.heal();
    await expect(store.read()).resolves.toBeDefined();
    proxy.refuse();
    await expect(store.read()).rejects.toMatchObject({ code: 'ERR_STORE_UNREACHABLE' });
    proxy.heal();
    await expect(claim(store, 'mine')).resolves.toMatchObject({ kind: 'claimed' });
  });
});

describe('a server', () => {
  /** Opens it as the command line does, with nothing but what the environment says. */
  const open = async (
    changed: (address: URL) => void,
    environment: Record<string, string> = {},
    caFile?: string,
  ) => {
    const address = new URL(url());
    const { password } = address;
    address.password = '';
    changed(address);
    const store = await openPostgresStore(address.href, {
      environment: { HOME: '/nowhere', PGPASSWORD: password, ...environment },
      keyRing: newKeyRing(),
      caFile,
    });
    onTestFinished(() => store.close());
    return store;
  };

  test.each<[string, string, (address: URL) => void, Record<string, string>]>([
    ['that cannot be reached', 'ERR_STORE_UNREACHABLE', (to) => Object.assign(to, { port: '1' }), {}],
    ['that does not know the password', 'ERR_STORE_DENIED', () => undefined, { PGPASSWORD: 'planted' }],
    ['that gets no password', 'ERR_STORE_DENIED', () => undefined, { PGPASSWORD: '' }],
    ['without that database', 'ERR_STORE_SCHEMA', (to) => Object.assign(to, { pathname: '/none' }), {}],
  ])('%s is told as %s, with status 7', async (_, code, changed, environment) => {
    const store = await open(changed, environment);
    await expect(store.read()).rejects.toMatchObject({
      code,
      exitCode: 7,
      message: expect.not.stringContaining('planted'),
    });
  });

  test('is let in to by the password file', async () => {
    const { password } = new URL(url());
    const file = storeFile(`*:*:*:*:${password}\n`);
    const store = await open(() => undefined, { PGPASSWORD: '', PGPASSFILE: file });
    await expect(store.read()).resolves.toMatchObject({ state: { profiles: {} } });
  });

  test('is reached over TLS by the certificate that its CA vouches for, and by no other', async ({
    skip,
  }) => {
    const found = inject('postgres');
    if ('missing' in found || found.ca === undefined) return skip('this server has no TLS');
    const ca = storeFile(found.ca);
    const over = async (hostname: string, search: string, caFile?: string) =>
      (await open((address) => Object.assign(address, { hostname, search }), {}, caFile)).read();
    await over('localhost', 'sslmode=verify-full', ca);
    await over('localhost', `sslmode=verify-full&sslrootcert=${ca}`);
    // Another name than the one in the certificate: only verify-ca lets it pass.
    await over('127.0.0.1', `sslmode=verify-ca&sslrootcert=${ca}`);
    await over('localhost', 'sslmode=require');
    for (const [hostname, search] of [
      ['127.0.0.1', `sslmode=verify-full&sslrootcert=${ca}`],
      ['localhost', 'sslmode=verify-full'],
      ['localhost', 'sslmode=verify-ca'],
    ] as const)
      await expect(over(hostname, search)).rejects.toMatchObject({
        code: 'ERR_STORE_UNREACHABLE',
        message: expect.stringContaining('TLS is not what sslmode demands'),
      });
  });
});

describe('roles', () => {
  const login = roleIn;
  const readerRing = (keyRing: ReturnType<typeof newKeyRing>) => ({ access: keyRing.access });

  test('a writer signs in and refreshes, and changes no table', async () => {
    const writer = await login('writer');
    const store = await openStore({ as: writer });
    await commitLogin(store, 'me');
    await claim(store, 'mine');
    await expect(settle(store)).resolves.toMatchObject({ kind: 'settled' });
    await store.probe?.();
    const connections = await connectionsTo(url(writer, 'secret'));
    await expect(connections.write('DROP TABLE codex_login.routing')).rejects.toMatchObject({
      code: 'ERR_STORE_DENIED',
    });
    await connections.close();
  });

  test('a reader uses access tokens, is refused refresh tokens by the server, and changes nothing', async () => {
    const keyRing = newKeyRing();
    const store = await openStore({ keyRing });
    await commitLogin(store, 'me');
    const reader = await login('reader');
    const reading = await openStore({ storeKey: keyOf(store), keyRing: readerRing(keyRing), as: reader });
    const { state } = await reading.read();
    expect(state.profiles[me]).toMatchObject({ access: 'access-me', expires: 1_900_000_000_000 });
    expect(state.profiles[me]).not.toHaveProperty('refresh');
    expect(reading.info.readOnly).toBe(true);
    await expect(commitLogin(reading, 'you')).rejects.toMatchObject({ code: 'ERR_STORE_KEY' });
    await expect(reading.probe?.()).rejects.toMatchObject({ code: 'ERR_STORE_KEY' });
    const connections = await connectionsTo(url(reader, 'secret'));
    for (const statement of [
      'SELECT refresh_sealed FROM codex_login.credential',
      'SELECT fingerprint FROM codex_login.credential',
      "UPDATE codex_login.credential SET claim_id = 'x'",
    ])
      await expect(connections.write(statement)).rejects.toMatchObject({ code: 'ERR_STORE_DENIED' });
    await connections.close();
    // A writer's keys without a writer's rights: told before anybody signs in.
    const mistaken = await openStore({ storeKey: keyOf(store), keyRing, as: reader });
    await expect(mistaken.probe?.()).rejects.toMatchObject({ code: 'ERR_STORE_DENIED' });
  });

  test('whose access token is over is sent to whoever refreshes it', async () => {
    const { requireCredential } = await import('../../src/require-credential.ts');
    const keyRing = newKeyRing();
    const store = await openStore({ keyRing });
    await commitLogin(store, 'me');
    const reading = await openStore({ storeKey: keyOf(store), keyRing: readerRing(keyRing) });
    const ask = () =>
      requireCredential({ store: reading, fetch: () => Promise.reject(new Error('nobody is asked')) });
    expect(await ask()).toMatchObject({ accessToken: 'access-me', refreshed: false });
    await store.commit((state) => ({
      write: true,
      next: { ...state, profiles: { [me]: { ...state.profiles[me], expires: 1_600_000_000_000 } } },
      result: undefined,
    }));
    await expect(ask()).rejects.toMatchObject({ code: 'ERR_REFRESH_ELSEWHERE' });
  });
});

describe('tables', () => {
  test('are made once, however many do it at the same time', async () => {
    const database = await createDatabase();
    const all = await Promise.all(Array.from({ length: 4 }, () => connectionsTo(database)));
    const outcomes = await Promise.all(all.map((connections) => migrate(connections, 'a test')));
    expect(outcomes.map(({ from }) => from).sort()).toEqual(
      [0, 1, 1, 1].map((from) => from * SCHEMA_VERSION),
    );
    await Promise.all(all.map(({ close }) => close()));
  });

  test('that are not there, or of another version, are told with the command that helps', async () => {
    const database = await createDatabase();
    const store = await openStore({ url: database });
    await expect(store.read()).rejects.toMatchObject({
      code: 'ERR_STORE_SCHEMA',
      hint: expect.stringContaining('store init'),
    });
    const connections = await connectionsTo(database);
    await migrate(connections, 'a test');
    await connections.write('UPDATE codex_login.schema_version SET version = 99');
    await expect(store.read()).rejects.toMatchObject({ hint: expect.stringContaining('Update codex-login') });
    await expect(migrate(connections, 'a test')).rejects.toMatchObject({ code: 'ERR_STORE_SCHEMA' });
    await connections.close();
  });

  test('keep their statements without names, sessions without memory, and locks without advice outside a migration', () => {
    const folder = fileURLToPath(new URL('../../src/store/postgres', import.meta.url));
    for (const file of readdirSync(folder)) {
      const text = readFileSync(join(folder, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
      expect([
        file,
        /\b(?:LISTEN|PREPARE|DECLARE|TEMP TABLE)\b|\bname:\s*'|\bSET (?!LOCAL|NOT|version|revision|position|synchronous_)[a-z_]+ =/.exec(
          text,
        )?.[0],
      ]).toEqual([file, undefined]);
      if (file !== 'migration.ts') expect(text).not.toContain('advisory');
    }
  });
});

describe('keys', () => {
  test('that are turned leave every record readable, and at last need the older ones no more', async () => {
    const first = createKeyRing('first');
    const database = await createDatabase();
    const connections = await connectionsTo(database);
    await migrate(connections, 'a test');
    const open = (text: string) =>
      openStore({ url: database, storeKey: 'main', keyRing: parseKeyRing(text) });
    await commitLogin(await open(first), 'me');
    await (await open(first)).commit((state) => ({
      write: true,
      next: { ...state, more: 1 },
      result: undefined,
    }));
    const added = rotateKeyRing(first, 'second').text;
    const turned = rotateKeyRing(added, 'x').text;
    const ring = demandWhole(parseKeyRing(turned));
    expect(await rewrapAll(connections, 'a test', ring)).toBe(2);
    expect(await rewrapAll(connections, 'a test', ring)).toBe(0);
    const [newest] = ring.access;
    const only = { ...ring, access: newest ? [newest] : [], refresh: ring.refresh.slice(0, 1) };
    const store = await openStore({ url: database, storeKey: 'main', keyRing: only });
    expect((await store.read()).state).toMatchObject({
      more: 1,
      profiles: { [me]: { refresh: 'refresh-me' } },
    });
    // Whoever has only added the newer keys still reads all of it.
    await expect((await open(added)).read()).resolves.toBeDefined();
    await expect((await open(first)).read()).rejects.toMatchObject({ code: 'ERR_STORE_KEY' });
    await connections.close();
  });
});

test('keys that are turned while somebody claims leave no record under an older one', async () => {
  const keys = createKeyRing('first');
  const turned = rotateKeyRing(rotateKeyRing(keys, 'second').text, 'x').text;
  const database = await createDatabase();
  const connections = await connectionsTo(database);
  await migrate(connections, 'a test');
  const store = await openStore({ url: database, keyRing: parseKeyRing(keys) });
  await commitLogin(store, 'me');
  let writes = 0;
  const slow = {
    ...connections,
    async write<Row>(text: string, values?: readonly unknown[]) {
      writes += 1;
      if (writes === 1) await claim(store, 'meanwhile');
      return connections.write<Row>(text, values);
    },
  };
  const ring = demandWhole(parseKeyRing(turned));
  expect(await rewrapAll(slow, 'a test', ring)).toBe(1);
  expect(await rewrapAll(connections, 'a test', ring)).toBe(0);
  await connections.close();
});

describe('store doctor', () => {
  const idsOf = async (options: Parameters<typeof diagnoseStore>[0]) =>
    (await diagnoseStore(options)).findings.map(({ id }) => id);
  /** What is true of the server of the tests, and of who owns its databases. */
  const server = ['store-fsync-off', 'store-torn-pages'];
  const usual = [...server, 'store-owner-used'];

  test('finds what is true of a server, its tables and its user, and whether the keys that are in use are here', async () => {
    const keys = createKeyRing('first');
    const where = await createDatabase();
    const environment = { CODEX_LOGIN_KEYS: keys };
    expect(await idsOf({ where, environment })).toEqual([...server, 'store-schema']);
    const connections = await connectionsTo(where);
    await migrate(connections, 'a test');
    const store = await openStore({ url: where, keyRing: parseKeyRing(keys) });
    await commitLogin(store, 'me');
    expect(await diagnoseStore({ where, environment })).toMatchObject({
      healthy: false,
      findings: usual.map((id) => ({ id })),
      server: expect.stringMatching(/^\d+/),
    });
    const twice = (id: string) => [...usual, id, id];
    const stranger = { CODEX_LOGIN_KEYS: createKeyRing('other') };
    expect(await idsOf({ where, environment: stranger })).toEqual(twice('store-keys-missing'));
    const namesake = { CODEX_LOGIN_KEYS: createKeyRing('first') };
    expect(await idsOf({ where, environment: namesake })).toEqual(twice('store-record-unopened'));
    const added = rotateKeyRing(keys, 'second').text;
    expect(await idsOf({ where, environment: { CODEX_LOGIN_KEYS: added } })).toEqual(
      twice('store-key-unused'),
    );
    const turned = rotateKeyRing(added, 'x').text;
    expect(await idsOf({ where, environment: { CODEX_LOGIN_KEYS: turned } })).toEqual(
      twice('store-older-keys'),
    );
    expect(await idsOf({ where, environment: {} })).toEqual(['store-keys-missing', ...usual]);
    await connections.write(
      `ALTER DATABASE ${new URL(where).pathname.slice(1)} SET synchronous_commit = off`,
    );
    expect(await idsOf({ where, environment })).toContain('store-asynchronous-commit');
    for (const bytes of ['', '01', '01ff1b5b', '0102ffff00']) {
      await connections.write(`UPDATE codex_login.credential SET access_sealed = '\\x${bytes}'`);
      expect(await idsOf({ where, environment })).toContain('store-record-unopened');
    }
    await connections.close();
  });

  test('works as a reader, whose keys and rights are few', async () => {
    const keys = createKeyRing('first');
    const store = await openStore({ keyRing: parseKeyRing(keys) });
    await commitLogin(store, 'me');
    const { access } = JSON.parse(keys);
    const environment = { CODEX_LOGIN_KEYS: JSON.stringify({ access }) };
    const ids = async (role: string) => {
      const name = await roleIn(role);
      return (await idsOf({ where: url(name, 'secret'), environment })).filter((id) => !server.includes(id));
    };
    // Other tests have sealed under keys of their own, of the same name.
    expect((await ids('reader')).filter((id) => !id.includes('record') && !id.includes('keys'))).toEqual([]);
    expect(await ids('writer')).toContain('store-reader-writes');
    const nobody = await roleIn(undefined);
    expect(await idsOf({ where: url(nobody, 'secret'), environment })).toContain('store-grant-missing');
  });
});

describe('a move', () => {
  test('goes from a file into a database, from store to store there, and back; the token has one holder throughout', async () => {
    const keyRing = newKeyRing();
    const file = openFileStore(storeFile());
    const [one, two] = [await openStore({ keyRing }), await openStore({ keyRing })];
    await commitLogin(file, 'me');
    const configuration = async () => undefined;
    let from: ProfileStore = file;
    for (const to of [one, two, file]) {
      await moveProfiles({
        from: { store: from, provider, configuration },
        to: { store: to, provider, configuration },
      });
      for (const store of [file, one, two]) {
        const { state } = await store.read();
        expect(refreshableIn(state, me)?.refresh).toBe(store === to ? 'refresh-me' : undefined);
        expect(Object.keys(state.profiles)).toEqual(store === to ? [me] : []);
      }
      from = to;
    }
  });

  test('that was killed in a database keeps the inert token sealed from readers', async () => {
    const keyRing = newKeyRing();
    const store = await openStore({ keyRing });
    await commitLogin(store, 'me');
    const { beginMove, moveMarkIn } = await import('../../src/store/edits/move.ts');
    await store.commit((state, { now }) => beginMove(state, { profileId: me, id: 'm', to: 'there' }, now));
    expect(moveMarkIn((await store.read()).state, me)?.profile).toMatchObject({
      refresh: 'refresh-me',
      type: 'oauth',
    });
    expect((await rowOf(store)).fingerprint).toBeNull();
    const reading = await openStore({ storeKey: keyOf(store), keyRing: { access: keyRing.access } });
    const { state } = await reading.read();
    expect(JSON.stringify(state)).not.toContain('refresh-me');
    expect(state.profiles[me]).toMatchObject({ type: 'token', token: 'access-me' });
  });
});
