import { describe, expect, test } from 'vitest';
import { parsePostgresUrl } from '../../../../src/store/postgres/address.ts';
import { ROLES, SCHEMA_VERSION } from '../../../../src/store/postgres/schema.ts';
import { findInServer } from '../../../../src/store/postgres/server-findings.ts';
import type { ServerState } from '../../../../src/store/postgres/server-state.ts';
import { createKeyRing, parseKeyRing } from '../../../../src/store/sealing/key-ring.ts';

const ring = parseKeyRing(createKeyRing('one'));
const good: ServerState = {
  version: '15.18',
  user: 'alice',
  isSuperuser: false,
  settings: { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', synchronous_standby_names: '' },
  isStandby: false,
  standbys: [],
  isEncrypted: true,
  isPooled: false,
  schema: SCHEMA_VERSION,
  roles: [...ROLES],
  grants: { reads: true, writes: true, seesRefresh: true, owns: false },
};
const find = (
  changed: Partial<ServerState>,
  url = 'postgres://db.example.com/x',
  keyRing: typeof ring | undefined = ring,
) =>
  findInServer({ ...good, ...changed }, { location: url, address: parsePostgresUrl(url, {}), ring: keyRing });
const idsOf = (...args: Parameters<typeof find>) => find(...args).map(({ id }) => id);

describe('of a server in order', () => {
  test('nothing is found', () => {
    expect(find({})).toEqual([]);
    expect(
      find({
        standbys: [
          { name: 'b', state: 'quorum' },
          { name: 'c', state: 'async' },
        ],
      }),
    ).toEqual([]);
    // Who may not look at the standbys is told nothing of them.
    expect(find({ standbys: undefined })).toEqual([]);
    expect(find({ settings: { synchronous_commit: 'remote_apply' } })).toEqual([]);
  });
});

describe('a server', () => {
  test.each<[string, Partial<ServerState>]>([
    ['store-fsync-off', { settings: { fsync: 'off' } }],
    ['store-torn-pages', { settings: { full_page_writes: 'off' } }],
    ['store-asynchronous-commit', { settings: { synchronous_commit: 'off' } }],
    ['store-asynchronous-standby', { standbys: [{ name: 'b', state: 'async' }] }],
    ['store-standby', { isStandby: true }],
    ['store-schema', { schema: 0 }],
    ['store-schema', { schema: SCHEMA_VERSION + 1 }],
    ['store-roles-missing', { roles: ['codex_login_writer'] }],
    ['store-grant-missing', { grants: { ...good.grants, writes: false } }],
    ['store-owner-used', { isSuperuser: true }],
    ['store-owner-used', { grants: { ...good.grants, owns: true } }],
    ['store-pooler', { isPooled: true }],
  ])('%s', (id, changed) => {
    expect(idsOf(changed)).toEqual([id]);
  });

  test('whose acknowledged commits may be lost says what that costs: a spent token', () => {
    const [found] = find({ settings: { fsync: 'off' } });
    expect(found).toMatchObject({ severity: 'error', reason: expect.stringContaining('must sign in again') });
  });

  test('is no place for a reader with the rights of a writer (store-reader-writes)', () => {
    expect(idsOf({}, undefined, { access: ring.access })).toEqual(['store-reader-writes']);
    const reads = { reads: true, writes: false, seesRefresh: false, owns: false };
    expect(idsOf({ grants: reads }, undefined, { access: ring.access })).toEqual([]);
  });

  test.each([
    ['postgres://db.example.com/x?sslmode=disable', ['store-tls-unverified']],
    ['postgres://db.example.com/x?sslmode=require', ['store-tls-unverified']],
    ['postgres://db.example.com/x?sslmode=verify-ca', []],
    ['postgres://127.0.0.1/x', []],
    ['postgres:///x?host=/run/postgresql', []],
  ])('is reached in a way that is looked at too: %s', (url, ids) => {
    expect(idsOf({}, url)).toEqual(ids);
  });
});
