import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { startAuthorizationServer } from '../../mocks/index.ts';
import { doctorResult, findingEvent } from '../../src/words/schemas/doctor.ts';
import { runCommand } from '../support/command.ts';
import { provider } from '../support/damaged-stores.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { storeFile } from '../support/temporary.ts';

const me = `${provider}:me@example.com`;
const profile = (more: object = {}) => ({
  type: 'oauth',
  provider,
  access: 'planted-access-token-of-some-length',
  refresh: 'planted-refresh-token-of-some-length',
  expires: 1_900_000_000_000,
  accountId: 'me',
  email: 'me@example.com',
  unknown: 'planted-unknown-field',
  ...more,
});
const sound = {
  version: 1,
  profiles: { [me]: profile() },
  order: { [provider]: [me] },
  lastGood: { [provider]: me },
};
const broken = {
  version: 1,
  profiles: {
    [me]: profile({ expires: 1_900_000_000 }),
    [`${provider}:gone-bad`]: profile({
      access: '',
      refresh: '',
      accountId: 'other',
      email: 'other@example.com',
    }),
  },
  order: { [provider]: ['gone'] },
};

async function run(store: string, ...args: string[]) {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const ended = await runCommand(['doctor', '--store', store, '--issuer', server.issuer, ...args], {
    home: dirname(store),
  });
  // No token was asked for, and nothing secret was said to anybody.
  expect(JSON.stringify(server.journal)).not.toContain('/oauth/token');
  expect(ended.stdout + ended.stderr).not.toContain('planted');
  return ended;
}
const beside = (store: string) => readdirSync(dirname(store)).filter((name) => name.endsWith('.bak'));

describe('codex-login doctor', () => {
  test('says that nothing is wrong, and ends with 0', async () => {
    const store = storeFile(sound);
    const { status, stdout, stderr } = await run(store);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(`openai-codex in ${store} (generation file)\nNothing is wrong.\n`);
  });

  test('tells what, why and what to do, ends with 9, and changes nothing', async () => {
    const store = storeFile(broken);
    const before = { bytes: readFileSync(store, 'utf8'), time: statSync(store).mtimeMs };
    const { status, stdout } = await run(store);
    expect(status).toBe(9);
    expect(stdout).toMatch(
      /✖ expires-in-seconds {2}openai-codex:me@example\.com\n {4}The profile has its expiry in seconds\.\n {4}why {5}\S.+\.\n {4}remedy {2}codex-login doctor --fix --store \S+\n/,
    );
    expect(stdout).toContain('order-names-nothing');
    expect(stdout).toContain(
      `2 errors, 1 info.\n2 can be repaired: codex-login doctor --fix --store ${store} (`,
    );
    expect({ bytes: readFileSync(store, 'utf8'), time: statSync(store).mtimeMs }).toEqual(before);
  });

  test('with information alone ends with 0', async () => {
    const { status, stdout } = await run(storeFile({ ...sound, lastGood: {} }));
    expect(status).toBe(0);
    expect(stdout).toContain('last-good-missing');
  });

  test('--fix repairs in one commit after a backup, and says what is left', async () => {
    const store = storeFile(broken);
    const before = readFileSync(store, 'utf8');
    const { status, stdout } = await run(store, '--fix');
    expect(status).toBe(0);
    expect(stdout).toMatch(/✔ expires-in-seconds/);
    expect(stdout).toMatch(/✔ order-names-nothing/);
    expect(stdout).toMatch(/· credential-missing/);
    expect(stdout).toContain('Left: 1 info.');
    const [backup = ''] = beside(store);
    expect(stdout).toContain(backup);
    expect(readFileSync(join(dirname(store), backup), 'utf8')).toBe(before);
    expect(statSync(join(dirname(store), backup)).mode & 0o777).toBe(0o600);
    const { profiles, order, lastGood } = expectInvariants(store);
    expect(profiles[me]).toEqual(profile());
    expect({ order, lastGood }).toEqual({ order: { [provider]: [me] }, lastGood: { [provider]: me } });
    expect(beside(store)).toHaveLength(1);
    const status9 = await runCommand(['status', '--store', store], { home: dirname(store) });
    expect(status9).toMatchObject({ status: 0, stdout: expect.stringContaining('will be used') });
  });

  test('--dry-run shows the difference with every token masked, and writes nothing', async () => {
    const store = storeFile(broken);
    chmodSync(store, 0o644);
    const before = { bytes: readFileSync(store, 'utf8'), time: statSync(store).mtimeMs };
    const { status, stdout } = await run(store, '--dry-run');
    expect(status).toBe(9);
    expect(stdout).toContain(`--- ${store}\n+++ ${store}\n@@ `);
    expect(stdout).toContain('-      "expires": 1900000000,\n+      "expires": 1900000000000,');
    expect(stdout).toMatch(/"refresh": "plan… \(36 characters\)"/);
    expect(stdout).toContain('Nothing was changed.');
    expect({ bytes: readFileSync(store, 'utf8'), time: statSync(store).mtimeMs }).toEqual(before);
    expect(statSync(store).mode & 0o777).toBe(0o644);
    expect(beside(store)).toEqual([]);
    // Both at once: what is asked not to be changed is not changed.
    await run(store, '--dry-run', '--fix');
    expect(readFileSync(store, 'utf8')).toBe(before.bytes);
  });

  test('--json is a finding a line and then the result, each as the published schema has it', async () => {
    const store = storeFile(broken);
    const { status, events, stderr } = await run(store, '--json');
    expect({ status, stderr }).toEqual({ status: 9, stderr: '' });
    for (const event of events.slice(0, -1)) expect(findingEvent.parse(event)).toEqual(event);
    expect(doctorResult.parse(events.at(-1))).toEqual(events.at(-1));
    expect(events.map(({ id }) => id)).toEqual([
      'expires-in-seconds',
      'credential-missing',
      'order-names-nothing',
      undefined,
    ]);
    expect(events.at(-1)).toMatchObject({
      ok: true,
      healthy: false,
      errors: 2,
      warnings: 0,
      infos: 1,
      fixable: 2,
      store,
    });
    const schema = readFileSync(
      join(inject('installed'), 'node_modules/codex-login/dist/events.schema.json'),
      'utf8',
    );
    expect(schema).toContain('"finding"');
    expect(schema).toContain('"order-names-nothing"');
  });

  test('--json with --fix and with --dry-run says what was done and what would be', async () => {
    const store = storeFile(broken);
    const planned = (await run(store, '--dry-run', '--json')).events.at(-1);
    expect(doctorResult.parse(planned).changes).toMatchObject([
      { file: store, difference: expect.stringContaining('@@') },
    ]);
    const { events, status } = await run(store, '--fix', '--json');
    expect(status).toBe(0);
    expect(events.filter(({ fixed }) => fixed).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['expires-in-seconds', 'order-names-nothing']),
    );
    for (const event of events.slice(0, -1)) expect(findingEvent.parse(event)).toEqual(event);
    expect(doctorResult.parse(events.at(-1))).toMatchObject({ healthy: true, backups: [{ file: store }] });
  });

  test('a corrupt file is set aside with its bytes by --fix only', async () => {
    const text = JSON.stringify(sound, null, 2).slice(0, -40);
    const store = storeFile(text);
    const { status, stdout } = await run(store);
    expect(status).toBe(9);
    expect(stdout).toContain('store-corrupt');
    expect(readFileSync(store, 'utf8')).toBe(text);
    const fixed = await run(store, '--fix');
    expect(fixed.status).toBe(9);
    expect(fixed.stdout).toContain('nothing-stored');
    const [backup = ''] = beside(store);
    expect(readFileSync(join(dirname(store), backup), 'utf8')).toBe(text);
    expect(JSON.parse(readFileSync(store, 'utf8'))).toEqual({ version: 1, profiles: {} });
  });

  test('an openclaw.json beside the store is corrected with its comments kept', async () => {
    const store = storeFile(sound);
    const path = join(dirname(store), 'openclaw.json');
    const text = `{ auth: { profiles: { '${me}': { provider: '${provider}', mode: 'api_key' /* hm */ } } }, key: 'planted-in-openclaw' } // end\n`;
    writeFileSync(path, text);
    const planned = await run(store, '--dry-run');
    expect(planned.stdout).toContain(`-mode: "api_key"\n+mode: "oauth"`);
    expect(readFileSync(path, 'utf8')).toBe(text);
    const { status, stdout } = await run(store, '--fix');
    expect(status).toBe(0);
    expect(stdout).toContain('configured-mode');
    expect(readFileSync(path, 'utf8')).toBe(text.replace("'api_key'", "'oauth'"));
  });

  test('usage: an unknown option, a positional and a provider that is none end with 2', async () => {
    const store = storeFile(sound);
    for (const args of [['--demo'], ['everything'], ['--issuer', 'ftp://x']]) {
      const { status } = await runCommand(['doctor', '--store', store, ...args], { home: dirname(store) });
      expect(status).toBe(2);
    }
    const { stdout } = await runCommand(['doctor', '--help'], { home: dirname(store) });
    expect(stdout).toContain('Exit status 0: nothing but information was found; 9:');
  });
});
