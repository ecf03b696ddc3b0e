import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';

import { startAuthorizationServer } from '../../mocks/index.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { runCommand } from '../support/command.ts';
import { usePostgres } from '../support/postgres.ts';
import { signIn } from '../support/sign-in.ts';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';

const { createDatabase } = usePostgres();

test('R-9700-5 of two hosts with one expired login in PostgreSQL one refreshes; a host that may read access tokens only gets them all the same', async () => {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const path = storeFile();
  await signIn({ store: openFileStore(path), server });
  const url = await createDatabase();
  const home = temporaryDirectory();
  const keys = join(home, 'keys.json');
  const env = { SHARED: url, CODEX_LOGIN_KEYS_FILE: keys };
  await runCommand(['store', 'init', '--store', 'env:SHARED', '--new-keys', keys], { home, env });
  await runCommand(['store', 'move', '--from', path, '--to', 'env:SHARED'], { home, env });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  const left = (ms: number) =>
    client.query('UPDATE codex_login.credential SET expires_at = $1', [new Date(Date.now() + ms)]);
  const sync = async (more: Record<string, string> = {}) => {
    const own = temporaryDirectory();
    const ended = await runCommand(['sync', '--store', 'env:SHARED', '--once', '--json'], {
      home: own,
      env: { ...env, ...more },
    });
    const store = join(own, '.openclaw/agents/main/agent/auth-profiles.json');
    return { ...ended, stored: () => readFileSync(store, 'utf8') };
  };

  await left(-1);
  const hosts = await Promise.all([sync(), sync()]);
  expect(hosts.map(({ status, events }) => [status, events.at(-1)?.message])).toEqual([
    [0, undefined],
    [0, undefined],
  ]);
  const refreshes = server.journal.entries.filter(({ grantType }) => grantType === 'refresh_token');
  expect(refreshes.map(({ outcome }) => outcome)).toEqual(['rotated']);

  const name = `reader_${randomUUID().replaceAll('-', '')}`;
  await client.query(`CREATE ROLE ${name} LOGIN PASSWORD 'reading' IN ROLE codex_login_reader`);
  onTestFinished(async () => void (await client.query(`DROP ROLE ${name}`)));
  const { access } = JSON.parse(readFileSync(keys, 'utf8'));
  const readerKeys = join(home, 'reader-keys.json');
  writeFileSync(readerKeys, JSON.stringify({ access }));
  const address = Object.assign(new URL(url), { username: name, password: 'reading' });
  const reading = { SHARED: address.href, CODEX_LOGIN_KEYS_FILE: readerKeys };
  const reader = await sync(reading);
  expect([reader.status, reader.events.at(-1)?.type]).toEqual([0, 'result']);
  expect(JSON.parse(reader.stored()).profiles).toEqual(JSON.parse(hosts[0]?.stored() ?? '').profiles);

  await left(-1);
  const late = await sync(reading);
  expect([late.status, late.events.at(-1)?.code]).toEqual([9, 'ERR_REFRESH_ELSEWHERE']);
  expect(server.journal.entries.filter(({ grantType }) => grantType === 'refresh_token')).toHaveLength(1);
});
