import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';

import { runCommand } from '../support/command.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { storeFile } from '../support/temporary.ts';

const oauth = (more: object = {}) => ({
  type: 'oauth',
  provider: 'openai-codex',
  access: 'planted-access',
  refresh: 'planted-refresh',
  expires: 1_900_000_000_000,
  email: 'me@example.com',
  ...more,
});
const run = (store: string, ...args: string[]) =>
  runCommand([...args, '--store', store], { home: dirname(store) });

describe('codex-login status', () => {
  test('tells apart what is stored, what is routable and when it expires, and shows no token', async () => {
    const store = storeFile({
      profiles: {
        a: oauth(),
        b: oauth({ access: '', refresh: '' }),
        c: oauth({ expires: 1_700_000_000_000 }),
      },
      order: { 'openai-codex': ['a', 'b', 'gone'] },
    });
    const { status, stdout, stderr } = await run(store, 'status');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /✔ a {2}will be used\n {4}stored {4}yes\n {4}routable {2}yes\n {4}expires {3}2030-03-17T\S+ \(\d+ days left\)\n {4}who {7}me@example\.com/,
    );
    expect(stdout).toContain('no (missing_credential)');
    expect(stdout).toContain('no (excluded_by_auth_order)');
    expect(stdout).toMatch(/gone\n {4}stored {4}no\n {4}routable {2}no \(profile_missing\)/);
    expect(stdout + stderr).not.toContain('planted');
  });

  test('ends with 9 and says what to do when nothing is usable', async () => {
    const { status, stdout } = await run(storeFile(), 'status');
    expect(status).toBe(9);
    expect(stdout).toContain('Nothing usable (profile_missing). Sign in: codex-login.');
    const excluded = await run(
      storeFile({ profiles: { a: oauth() }, order: { 'openai-codex': ['gone'] } }),
      'status',
    );
    expect(excluded.status).toBe(9);
    expect(excluded.stdout).toContain('codex-login order set a');
  });

  test('is one JSON line for machines', async () => {
    const store = storeFile({
      profiles: { a: oauth() },
      usageStats: { a: { cooldownUntil: 9_999_999_999_999 } },
    });
    const { events, stdout } = await run(store, 'status', '--json');
    expect(events).toMatchObject([
      {
        v: 1,
        type: 'result',
        ok: true,
        selected: 'a',
        store,
        orderSource: 'default',
        profiles: [
          { profileId: 'a', stored: true, routable: true, selected: true, unusableUntil: 9_999_999_999_999 },
        ],
      },
    ]);
    expect(stdout).not.toContain('planted');
  });

  test('changes nothing, not even the time of the file', async () => {
    const store = storeFile({ profiles: {} });
    const before = statSync(store).mtimeMs;
    await run(store, 'status');
    expect(statSync(store).mtimeMs).toBe(before);
  });
});

describe('codex-login order', () => {
  test('sets, shows and clears the order, one id a line', async () => {
    const store = storeFile({ profiles: { a: oauth(), b: oauth() }, unknown: 1 });
    const none = await run(store, 'order', 'get');
    expect(none).toMatchObject({
      status: 0,
      stdout: '',
      stderr: expect.stringContaining('the default order'),
    });
    expect(await run(store, 'order', 'set', 'b', 'a')).toMatchObject({ status: 0, stdout: 'b\na\n' });
    expect(await run(store, 'order', 'get')).toMatchObject({ status: 0, stdout: 'b\na\n', stderr: '' });
    expect(expectInvariants(store)).toMatchObject({ order: { 'openai-codex': ['b', 'a'] }, unknown: 1 });
    expect(await run(store, 'order', 'clear')).toMatchObject({ status: 0, stdout: '' });
    expect(expectInvariants(store).order).toEqual({});
  });

  test('refuses an id that is not stored, and changes nothing', async () => {
    const store = storeFile({ profiles: { a: oauth() }, order: { 'openai-codex': ['a'] } });
    const before = readFileSync(store, 'utf8');
    const { status, stderr } = await run(store, 'order', 'set', 'a', 'typo');
    expect(status).toBe(2);
    expect(stderr).toMatch(/No profile of openai-codex is stored as "typo"\.\n {2}Stored: a\./);
    expect(readFileSync(store, 'utf8')).toBe(before);
  });

  test('is one JSON line for machines', async () => {
    const store = storeFile({ profiles: { a: oauth() } });
    expect((await run(store, 'order', 'get', '--json')).events).toMatchObject([
      { type: 'result', ok: true, stored: false, order: ['a'], orderSource: 'default' },
    ]);
    expect((await run(store, 'order', 'set', 'a', '--json')).events).toMatchObject([
      { stored: true, order: ['a'], orderSource: 'store' },
    ]);
  });
});
