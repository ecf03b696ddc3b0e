import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claimRefresh, refuseRefresh, releaseRefresh, settleRefresh } from '../../src/store/edits/refresh.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { openMemoryStore } from '../../src/store/memory-store.ts';
import type { AuthProfiles, ProfileStore } from '../../src/store/profile-store.ts';
import { usePostgres } from '../support/postgres.ts';
import { commitLogin, provider } from '../support/record.ts';
import { storeFile } from '../support/temporary.ts';

const renewed = { access: 'access-new', refresh: 'refresh-new', expires: 1_950_000_000_000 };

/** Claims the credential of `commitLogin`, whatever its expiry says. */
function claim(store: ProfileStore, profileId: string, id: string) {
  return store.commit((state, { now }) =>
    claimRefresh(state, { profileId, id, by: 'a test', isFresh: () => false }, now),
  );
}

/** What every store keeps, whatever it is made of. */
describe.each<[string, (initial?: AuthProfiles) => Promise<ProfileStore>]>([
  ['a file', async (initial) => openFileStore(storeFile(initial))],
  ['memory', async (initial) => openMemoryStore(initial ? { initial } : {})],
])('a store in %s', (_, open) => {
  describeContract(open);
});

describe('a store in PostgreSQL', () => {
  const { openStore } = usePostgres();
  describeContract((initial) => openStore(initial ? { initial } : {}));
});

function describeContract(open: (initial?: AuthProfiles) => Promise<ProfileStore>): void {
  test('is empty before its first commit', async () => {
    expect((await (await open()).read()).state).toEqual({ version: 1, profiles: {} });
  });

  test('S-2 reads back profile, order and lastGood of a commit together', async () => {
    const store = await open();
    const result = await commitLogin(store, 'me');
    const { state } = await store.read();
    expect(state.lastGood?.[provider]).toBe(result.profileId);
    expect(state.order?.[provider]).toEqual([result.profileId]);
    expect(state.profiles[result.profileId]).toMatchObject({ access: 'access-me' });
  });

  test('S-2 S-8 keeps the old state when the function throws, and passes its error on as it is', async () => {
    const store = await open({ profiles: { a: { type: 'token', provider: 'x' } } });
    const before = await store.read();
    const mine = new Error('mine');
    await expect(
      store.commit(() => {
        throw mine;
      }),
    ).rejects.toBe(mine);
    expect(await store.read()).toMatchObject({ state: before.state, version: before.version });
    await expect(commitLogin(store, 'me')).resolves.toBeDefined();
  });

  test('writes nothing when the function says so', async () => {
    const store = await open();
    const before = await store.read();
    expect(await store.commit(() => ({ write: false, result: 7 }))).toBe(7);
    expect((await store.read()).version).toBe(before.version);
  });

  test('S-5 loses no update of a hundred at once, and shows each the newest state', async () => {
    const store = await open();
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        store.commit((state) => ({
          write: true,
          next: {
            ...state,
            profiles: { ...state.profiles, [`p${index}`]: { type: 'token', provider: 'x' } },
          },
          result: undefined,
        })),
      ),
    );
    expect(Object.keys((await store.read()).state.profiles)).toHaveLength(100);
  });

  test('gives out copies: what is done to them changes nothing', async () => {
    const store = await open({ profiles: { a: { type: 'token', provider: 'x' } } });
    const { state } = await store.read();
    state.profiles.a = { type: 'api_key' };
    expect((await store.read()).state.profiles.a).toEqual({ type: 'token', provider: 'x' });
  });

  test('S-3 refuses a commit that would name a profile in vain or has times in seconds, and says where', async () => {
    const store = await open();
    const write = (next: AuthProfiles) => store.commit(() => ({ write: true, next, result: undefined }));
    const oauth = {
      type: 'oauth',
      provider,
      access: 'planted-secret',
      refresh: 'planted-secret',
      expires: 1_900_000_000,
    };
    await expect(write({ profiles: { a: oauth } })).rejects.toThrow('"profiles.a.expires"');
    await expect(write({ profiles: { a: oauth } })).rejects.not.toThrow('planted-secret');
    await expect(write({ profiles: {}, lastGood: { [provider]: 'gone' } })).rejects.toThrow(
      '"lastGood.openai-codex"',
    );
    await expect(write({ profiles: {}, order: { [provider]: ['gone'] } })).rejects.toThrow(
      '"order.openai-codex"',
    );
    await expect(write({ profiles: {}, order: { [provider]: [] } })).rejects.toThrow('"order.openai-codex"');
    expect((await store.read()).state.profiles).toEqual({});
  });

  test('S-4 never judges what was there before', async () => {
    const odd = {
      version: 'x',
      profiles: { a: 'nonsense', b: { type: 'magic' } },
      order: { q: ['gone'] },
      lastGood: { q: 'gone' },
    } as unknown as AuthProfiles;
    const store = await open(odd);
    await commitLogin(store, 'me');
    expect((await store.read()).state).toMatchObject(odd);
  });

  test('has one holder of a claim, however many ask at once', async () => {
    const store = await open();
    const { profileId } = await commitLogin(store, 'me');
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => claim(store, profileId, `claim-${index}`)),
    );
    const holders = outcomes.filter(({ kind }) => kind === 'claimed');
    expect(holders).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'held')).toHaveLength(19);
    const { state } = await store.read();
    expect(state.profiles[profileId]).toMatchObject({ claim: { attempt: 1 }, access: 'access-me' });
  });

  test('R-9700-5 settles a refresh as one: both tokens, the generation, no claim; and leaves the rest', async () => {
    const store = await open();
    const { profileId } = await commitLogin(store, 'me');
    await claim(store, profileId, 'mine');
    await store.commit((state) =>
      settleRefresh(state, { profileId, presented: 'refresh-me', tokens: renewed }),
    );
    const { state } = await store.read();
    expect(state.profiles[profileId]).toEqual({
      type: 'oauth',
      provider,
      accountId: 'me',
      ...renewed,
      gen: 1,
    });
    expect(state.order?.[provider]).toEqual([profileId]);
    expect(state.lastGood?.[provider]).toBe(profileId);
  });

  test('keeps what a refusal says until a login clears it', async () => {
    const store = await open();
    const { profileId } = await commitLogin(store, 'me');
    await claim(store, profileId, 'mine');
    await store.commit((state, { now }) =>
      refuseRefresh(
        state,
        { profileId, presented: 'refresh-me', claimId: 'mine', code: 'invalid_grant' },
        now,
      ),
    );
    const { state, now } = await store.read();
    expect(state.profiles[profileId]).toMatchObject({ dead: { code: 'invalid_grant' }, access: 'access-me' });
    expect(Math.abs((state.profiles[profileId] as { dead: { at: number } }).dead.at - now)).toBeLessThan(
      60_000,
    );
    await commitLogin(store, 'me');
    expect((await store.read()).state.profiles[profileId]).not.toHaveProperty('dead');
  });

  test('keeps a claim until it is released, and gives out the next one then', async () => {
    const store = await open();
    const { profileId } = await commitLogin(store, 'me');
    await claim(store, profileId, 'mine');
    await store.commit((state) => releaseRefresh(state, { profileId, claimId: 'another' }));
    expect(await claim(store, profileId, 'yours')).toMatchObject({ kind: 'held', claim: { id: 'mine' } });
    await store.commit((state) => releaseRefresh(state, { profileId, claimId: 'mine' }));
    expect(await claim(store, profileId, 'yours')).toMatchObject({ kind: 'claimed', claim: { attempt: 1 } });
  });

  test('a login beside a claim wins: the settle of the old token changes nothing', async () => {
    const store = await open();
    const { profileId } = await commitLogin(store, 'me');
    await store.commit((state) => ({
      write: true,
      next: {
        ...state,
        profiles: { ...state.profiles, [profileId]: { ...state.profiles[profileId], refresh: 'older' } },
      },
      result: undefined,
    }));
    await claim(store, profileId, 'mine');
    await commitLogin(store, 'me');
    const outcome = await store.commit((state) =>
      settleRefresh(state, { profileId, presented: 'older', tokens: renewed }),
    );
    expect(outcome.kind).toBe('superseded');
    const { state } = await store.read();
    expect(state.profiles[profileId]).toMatchObject({ access: 'access-me', refresh: 'refresh-me' });
    expect(state.profiles[profileId]).not.toHaveProperty('claim');
  });

  test('an aborted commit stores nothing', async () => {
    const store = await open();
    await expect(commitLogin(store, 'me', { signal: AbortSignal.abort() })).rejects.toThrow();
    expect((await store.read()).state.profiles).toEqual({});
  });
}

describe('a file that cannot be understood', () => {
  test.each([
    ['truncated', '{"version":1,"profiles":{"a":{"type":"oauth","access":"planted-secret'],
    ['with a byte order mark', '\uFEFF{"version":1,"profiles":{}}'],
    ['with a comment', '{"profiles":{} /* planted-secret */}'],
    ['empty', ''],
    ['a list', '[]'],
    ['with a list of profiles', '{"profiles":[]}'],
    ['with an order that is text', '{"profiles":{},"order":"planted-secret"}'],
  ])('because it is %s is refused with its bytes untouched, and quotes none of them', async (_, text) => {
    const path = storeFile(text);
    const store = openFileStore(path);
    for (const attempt of [store.read(), commitLogin(store, 'me')]) {
      await expect(attempt).rejects.toMatchObject({
        code: 'ERR_STORE_CORRUPT',
        exitCode: 7,
        store: path,
        message: expect.not.stringContaining('planted-secret'),
      });
    }
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('S-4 because its bytes are not UTF-8 is refused with every byte of them untouched', async () => {
    const path = storeFile('');
    const bytes = Buffer.concat([
      Buffer.from('{"profiles":{"a":{"type":"api_key","provider":"x","key":"'),
      Buffer.from([0xff, 0xfe, 0xe9]),
      Buffer.from('"}}}'),
    ]);
    writeFileSync(path, bytes);
    for (const attempt of [openFileStore(path).read(), commitLogin(openFileStore(path), 'me')]) {
      await expect(attempt).rejects.toMatchObject({
        code: 'ERR_STORE_CORRUPT',
        message: expect.stringContaining('not UTF-8'),
      });
    }
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  test.runIf(process.platform !== 'win32')(
    'because it is a pipe is refused at once: nobody waits for a writer that never comes',
    async () => {
      const path = storeFile();
      execFileSync('mkfifo', [path]);
      for (const attempt of [openFileStore(path).read(), commitLogin(openFileStore(path), 'me')]) {
        await expect(attempt).rejects.toMatchObject({
          code: 'ERR_STORE_IO',
          message: expect.stringContaining('pipe'),
        });
      }
      expect(lstatSync(path).isFIFO()).toBe(true);
    },
  );

  test('because a directory has its name is refused with what the system says', async () => {
    const path = storeFile();
    mkdirSync(path);
    await expect(openFileStore(path).read()).rejects.toMatchObject({
      code: 'ERR_STORE_IO',
      message: expect.stringContaining('EISDIR'),
    });
  });

  test('because a part of its path is a file is refused', async () => {
    const path = storeFile('{}');
    writeFileSync(path, '{}');
    await expect(commitLogin(openFileStore(join(path, 'below.json')), 'me')).rejects.toMatchObject({
      code: 'ERR_STORE_IO',
    });
  });
});
