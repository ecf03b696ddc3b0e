import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';

import { startAuthorizationServer } from '../../mocks/index.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { createKeyRing } from '../../src/store/sealing/key-ring.ts';
import { runCommand } from '../support/command.ts';
import { usePostgres } from '../support/postgres.ts';
import { signIn } from '../support/sign-in.ts';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';

const { createDatabase } = usePostgres();

/** An empty database, and the command line with what leads to it: the password in a variable, and nowhere else. */
async function fleet() {
  const home = temporaryDirectory();
  const address = new URL(await createDatabase());
  const { password } = address;
  address.password = '';
  const where = address.href;
  const keys = join(home, 'keys.json');
  const said: string[] = [];
  const run = async (args: string[], env: NodeJS.ProcessEnv = {}) => {
    const ended = await runCommand(args, {
      home,
      env: { PGPASSWORD: password, CODEX_LOGIN_KEYS_FILE: keys, ...env },
    });
    said.push(ended.stdout, ended.stderr);
    return ended;
  };
  return { home, where, password, keys, run, said };
}

describe("a move out of OpenClaw's store, whose gateway runs,", () => {
  async function beside(args: readonly string[]) {
    const home = temporaryDirectory();
    const directory = join(home, '.openclaw/agents/main/agent');
    mkdirSync(directory, { recursive: true });
    const me = 'openai-codex:me@example.com';
    const profile = { type: 'oauth', provider: 'openai-codex', access: 'a', refresh: 'r', expires: 4e12 };
    writeFileSync(
      join(directory, 'auth-profiles.json'),
      JSON.stringify({ version: 1, profiles: { [me]: profile } }),
    );
    const gateway = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
    const { port } = gateway.address() as AddressInfo;
    onTestFinished(() => void gateway.close());
    const env = { OPENCLAW_GATEWAY_PORT: String(port) };
    const to = join(home, 'other.json');
    return runCommand(['store', 'move', '--from', 'openclaw', '--to', to, ...args], { home, env });
  }

  test('tells a person that it may still use the old credential, and what to do', async () => {
    const { status, stderr } = await beside([]);
    expect(status).toBe(0);
    expect(stderr).toContain('A gateway is running and may still use the old credential');
    expect(stderr).toContain('Run: openclaw secrets reload');
  });

  test('tells a program the same', async () => {
    const { events } = await beside(['--json']);
    expect(events.at(-1)).toMatchObject({ action: 'move', moved: [{}], gateway: 'stale' });
  });
});

describe('a fleet from nothing', () => {
  test('is set up, signed in to, used, looked at and left, and nothing that is said holds a secret', async () => {
    const { where, password, keys, run, said } = await fleet();
    const server = await startAuthorizationServer();
    onTestFinished(() => server.close());
    const path = storeFile();
    await signIn({ store: openFileStore(path), server });

    const made = await run(['store', 'init', '--store', where, '--new-keys', keys, '--json']);
    expect(made.events).toMatchObject([
      { type: 'result', ok: true, action: 'init', from: 0, to: 1, roles: true, keys },
    ]);
    expect(statSync(keys).mode & 0o777).toBe(0o600);
    const ring = JSON.parse(readFileSync(keys, 'utf8'));
    // A key ring is never written over.
    const again = await run(['store', 'init', '--store', where, '--new-keys', keys]);
    expect([again.status, again.stderr]).toEqual([7, expect.stringContaining('exists already')]);
    expect(JSON.parse(readFileSync(keys, 'utf8'))).toEqual(ring);

    const moved = await run([
      'store',
      'move',
      '--from',
      path,
      '--to',
      where,
      '--store-key',
      'team',
      '--json',
    ]);
    expect(moved.events.at(-1)).toMatchObject({
      action: 'move',
      moved: [{ from: path, to: expect.stringMatching(/#team$/) }],
    });
    expect(JSON.parse(readFileSync(path, 'utf8')).profiles).toEqual({});

    const shared = ['--store', 'env:FLEET', '--store-key', 'team', '--verbose'];
    const env = { FLEET: where.replace('@', `:${password}@`), PGPASSWORD: '' };
    const token = await run(['token', '--force-refresh', ...shared], env);
    expect(token).toMatchObject({ status: 0, stdout: expect.stringMatching(/^eyJ\S+\n$/) });
    said.length = 0;
    const status = await run(['status', '--json', ...shared], env);
    expect(status.events[0]).toMatchObject({ generation: 'postgres', profiles: [{ routable: true }] });
    expect((await run(['order', 'get', ...shared], env)).stdout).toMatch(/^openai-codex:\S+\n$/);
    const doctor = await run(['store', 'doctor', '--json', '--store', where]);
    expect(doctor.status).toBe(9);
    expect(doctor.events.map(({ id, type }) => id ?? type)).toEqual([
      'store-fsync-off',
      'store-torn-pages',
      'store-owner-used',
      'result',
    ]);
    expect((await run(['logout', ...shared], env)).stderr).toContain('Revoked');
    const secrets = [
      password,
      ring.access[0].key,
      ring.refresh[0].key,
      ring.fingerprint,
      token.stdout.trim(),
    ];
    for (const secret of secrets) expect(said.join('')).not.toContain(secret);
  });

  test('leaves no key ring behind where its tables cannot be made, and can be set up again', async () => {
    const { where, password, keys, run } = await fleet();
    const connectionString = where.replace('@', `:${password}@`);
    const database = new Client({ connectionString });
    await database.connect();
    await database.query(
      'CREATE SCHEMA codex_login; CREATE TABLE codex_login.schema_version AS SELECT 99 AS version',
    );
    const init = ['store', 'init', '--store', where, '--new-keys', keys];
    const refused = await run(init);
    expect([refused.status, refused.stderr]).toEqual([7, expect.stringContaining('of version 99')]);
    expect(existsSync(keys)).toBe(false);
    await database.query('DROP SCHEMA codex_login CASCADE');
    await database.end();
    expect((await run(init)).status).toBe(0);
    expect(existsSync(keys)).toBe(true);
  });

  test('signs in to the shared store itself, and every machine has the token', async () => {
    const { where, keys, run } = await fleet();
    await run(['store', 'init', '--store', where, '--new-keys', keys]);
    const demo = await run(['login', '--demo', '--json', '--store', where]);
    expect(demo).toMatchObject({
      status: 0,
      stderr: expect.not.stringContaining('Nothing leaves this machine'),
    });
    expect(demo.events.at(-1)).toMatchObject({
      type: 'result',
      routable: true,
      store: expect.stringMatching(/#main$/),
    });
    const elsewhere = { HOME: temporaryDirectory() };
    expect(await run(['token', '--store', where], elsewhere)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^eyJ/),
    });
  });
});

describe('a shared store', () => {
  test('takes no password from the command line, wherever in a URL, and says what to do instead', async () => {
    for (const url of [
      'postgres://me:planted@h/x',
      'postgresql://h/x?password=planted',
      'postgres://h/x?sslpassword=planted',
    ])
      for (const args of [
        ['token', '--store', url],
        ['store', 'move', '--from', url, '--to', 'x'],
        ['sync', '--to', url],
      ]) {
        const { status, stdout, stderr } = await runCommand(args, { home: temporaryDirectory() });
        expect([status, stdout]).toEqual([2, '']);
        expect(stderr).toMatch(/PGPASSWORD.*env:/s);
        expect(stderr).not.toContain('planted');
      }
  });

  test('that asks for a password where none is given ends the command at once, with status 7', async () => {
    const { where, run, keys } = await fleet();
    writeFileSync(keys, createKeyRing('k'));
    const { status, stderr } = await run(['token', '--store', where], { PGPASSWORD: '' });
    expect([status, stderr]).toEqual([7, expect.stringMatching(/PGPASSFILE.*ERR_STORE_DENIED/s)]);
  });

  test('without the package pg is one sentence with the command that installs it', async () => {
    const { where, run, home, keys } = await fleet();
    const hook = join(mkdtempSync(join(home, 'hook-')), 'no-pg.mjs');
    writeFileSync(
      hook,
      `import { register } from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(\`export async function resolve(specifier, context, next) {
        if (specifier === 'pg') throw Object.assign(new Error('planted'), { code: 'ERR_MODULE_NOT_FOUND' });
        return next(specifier, context);
      }\`));`,
    );
    writeFileSync(keys, createKeyRing('k'));
    const { status, stderr } = await run(['token', '--store', where], { NODE_OPTIONS: `--import ${hook}` });
    expect([status, stderr]).toEqual([7, expect.stringMatching(/npm install pg.*ERR_STORE_DRIVER/s)]);
  });
});
