import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StateFinding } from '../../../../src/store/examination/findings.ts';
import { backUp } from '../../../../src/store/file/backup.ts';
import { openFileStore } from '../../../../src/store/file/file-store.ts';
import { commitRepair } from '../../../../src/store/file/repair-commit.ts';
import { openMemoryStore } from '../../../../src/store/memory-store.ts';
import type { AuthProfiles, ProfileStore } from '../../../../src/store/profile-store.ts';
import { finding } from '../../../../src/words/findings.ts';
import { now } from '../../../support/damaged-stores.ts';
import { storeFile, temporaryDirectory } from '../../../support/temporary.ts';

const details = { subject: 'x', message: 'It is not marked.', reason: 'A test wants it so.', fixable: true };
/** A repair that is easy to see. */
const mark = (state: AuthProfiles): StateFinding[] =>
  state.marked === true
    ? []
    : [{ ...finding('order-dangling', details), edit: (current) => ({ ...current, marked: true }) }];
const backupsBeside = (path: string) => readdirSync(dirname(path)).filter((name) => name.endsWith('.bak'));

describe('a backup', () => {
  test('has the same bytes, mode 0600, the time in its name, and is never written over another', () => {
    const path = storeFile({ profiles: {} });
    const bytes = Buffer.from([0xff, 0x00, 0x7b]);
    const [first, second] = [backUp(path, bytes, now), backUp(path, 'other', now)];
    expect(first).toBe(`${path}.2026-11-24T12-00-00-000Z.bak`);
    expect(second).toBe(`${path}.2026-11-24T12-00-00-000Z-2.bak`);
    expect(readFileSync(first)).toEqual(bytes);
    expect(statSync(first).mode & 0o777).toBe(0o600);
  });
});

describe('a repair', () => {
  test('makes the backup before it changes anything', async () => {
    const path = storeFile({ profiles: {} });
    const before = readFileSync(path, 'utf8');
    const store = openFileStore(path);
    let seen: string[] = [];
    const watched: ProfileStore = {
      ...store,
      commit(...args) {
        seen = backupsBeside(path);
        return store.commit(...args);
      },
    };
    const done = await commitRepair(watched, mark);
    expect(seen).toHaveLength(1);
    expect(done?.repaired).toMatchObject([{ id: 'order-dangling' }]);
    expect(readFileSync(done?.backups[0]?.backup ?? '', 'utf8')).toBe(before);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ profiles: {}, marked: true });
  });

  test('starts over when somebody writes in between, so that the backup is what was replaced', async () => {
    const path = storeFile({ profiles: {} });
    const store = openFileStore(path);
    let interfered = false;
    const watched: ProfileStore = {
      ...store,
      async commit(...args) {
        if (!interfered) {
          interfered = true;
          await store.commit((state) => ({ write: true, next: { ...state, theirs: 1 }, result: undefined }));
        }
        return store.commit(...args);
      },
    };
    const done = await commitRepair(watched, mark);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ profiles: {}, theirs: 1, marked: true });
    expect(JSON.parse(readFileSync(done?.backups[0]?.backup ?? '', 'utf8'))).toEqual({
      profiles: {},
      theirs: 1,
    });
  });

  test('that fails leaves the store as it was and no copy of it', async () => {
    const path = storeFile({ profiles: {} });
    const before = readFileSync(path, 'utf8');
    const failing: ProfileStore = { ...openFileStore(path), commit: () => Promise.reject(new Error('no')) };
    await expect(commitRepair(failing, mark)).rejects.toThrow('no');
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(backupsBeside(path)).toEqual([]);
  });

  test('changes nothing where no backup can be made', async () => {
    const memory = openMemoryStore();
    const location = join(temporaryDirectory(), 'gone', 'openclaw-agent.sqlite');
    const store: ProfileStore = { ...memory, info: { ...memory.info, kind: 'openclaw', location } };
    await expect(commitRepair(store, mark)).rejects.toMatchObject({ code: 'ERR_STORE_IO', store: location });
    expect((await memory.read()).state).not.toHaveProperty('marked');
  });

  test('of a database keeps its content as JSON beside it', async () => {
    const memory = openMemoryStore();
    const location = join(temporaryDirectory(), 'openclaw-agent.sqlite');
    const store: ProfileStore = { ...memory, info: { ...memory.info, kind: 'openclaw', location } };
    const [kept] = (await commitRepair(store, mark))?.backups ?? [];
    expect(kept).toMatchObject({
      file: location,
      backup: expect.stringMatching(/\.sqlite\.json\.\S+Z\.bak$/),
    });
    expect(JSON.parse(readFileSync(kept?.backup ?? '', 'utf8'))).toEqual({ version: 1, profiles: {} });
  });

  test('of a store that needs none writes nothing', async () => {
    const path = storeFile({ profiles: {}, marked: true });
    expect(await commitRepair(openFileStore(path), mark)).toBeUndefined();
    expect(backupsBeside(path)).toEqual([]);
  });

  test('works on every store that keeps the contract', async () => {
    const store = openMemoryStore();
    expect(await commitRepair(store, mark)).toMatchObject({
      backups: [],
      repaired: [{ id: 'order-dangling' }],
    });
    expect((await store.read()).state).toMatchObject({ marked: true });
  });
});
