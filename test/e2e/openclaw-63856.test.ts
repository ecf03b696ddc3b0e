/** The seed of this project: a login that is stored, and then never used. */

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../mocks/index.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const id = 'openai-codex:robin@example.com';

function openclawHome(configuration?: object, profiles?: object) {
  const home = temporaryDirectory();
  const agent = join(home, '.openclaw/agents/main/agent');
  const store = join(agent, 'auth-profiles.json');
  if (configuration ?? profiles) mkdirSync(agent, { recursive: true });
  if (configuration) writeFileSync(join(home, '.openclaw/openclaw.json'), JSON.stringify(configuration));
  if (profiles) writeFileSync(store, JSON.stringify(profiles), { mode: 0o600 });
  return { home, store };
}

async function signIn(home: string, args: string[] = []) {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const agent = createUserAgent();
  const command = startCommand(
    ['login', '--issuer', server.issuer, '--port', '0', '--no-browser', '--json', ...args],
    { home },
  );
  agent.openUrl((await command.line('authorization_url')).url);
  return command.ended;
}

const dead = { type: 'oauth', provider: 'openai-codex', access: '', refresh: '', expires: 1_700_000_000_000 };

describe('openclaw-63856', () => {
  test('an empty store ends with profile, order and lastGood, and status says routable', async () => {
    const { home, store } = openclawHome();
    const { status, events } = await signIn(home);
    expect(status).toBe(0);
    expect(events.at(-1)).toMatchObject({ routable: true, store, gateway: 'absent' });
    expect(events.map(({ type }) => type).slice(-3)).toEqual(['committed', 'gateway', 'result']);
    expect(events.find(({ type }) => type === 'committed')).toMatchObject({ generation: 'A' });
    expect(expectInvariants(store)).toMatchObject({
      order: { 'openai-codex': [id] },
      lastGood: { 'openai-codex': id },
    });

    const shown = await runCommand(['status'], { home });
    expect(shown.status).toBe(0);
    expect(shown.stdout).toMatch(
      /openai-codex:robin@example\.com {2}will be used\n {4}stored {4}yes\n {4}routable {2}yes/,
    );
  });

  test('option B: with profiles only, order and lastGood {}, the resolver still finds it', async () => {
    const { home, store } = openclawHome();
    await signIn(home);
    const state = JSON.parse(readFileSync(store, 'utf8'));
    writeFileSync(store, JSON.stringify({ ...state, order: {}, lastGood: {} }));
    const { status, events } = await runCommand(['status', '--json'], { home });
    expect(status).toBe(0);
    expect(events.at(-1)).toMatchObject({ selected: id, orderSource: 'default' });
  });

  test('cause 1: auth.order in openclaw.json names other ids; after the login the store’s order wins', async () => {
    const { home, store } = openclawHome(
      { auth: { order: { 'openai-codex': ['openai-codex:old'] } } },
      { profiles: { [id]: { ...dead, access: 'a', refresh: 'r' } } },
    );
    const before = await runCommand(['status', '--json'], { home });
    expect(before.status).toBe(9);
    expect(before.events.at(-1)).toMatchObject({
      orderSource: 'auth.order',
      profiles: [
        { profileId: id, routable: false, reason: 'excluded_by_auth_order' },
        { profileId: 'openai-codex:old', reason: 'profile_missing' },
      ],
    });
    const { status, events } = await signIn(home);
    expect(status).toBe(0);
    expect(events.at(-1)).toMatchObject({ routable: true, order: [id] });
    expectInvariants(store);
  });

  test('cause 2: auth.profiles names another id whose credential is dead; after the login the new one is used', async () => {
    const old = 'openai-codex:old@example.com';
    const { home } = openclawHome(
      { auth: { profiles: { [old]: { provider: 'openai-codex', mode: 'oauth' } } } },
      { profiles: { [old]: dead } },
    );
    expect((await runCommand(['status'], { home })).status).toBe(9);
    const { events } = await signIn(home);
    expect(events.at(-1)).toMatchObject({ routable: true, profileId: id });
  });

  test('a default model that does not use it is a hint and not a failure (no_model)', async () => {
    const { home } = openclawHome({ agents: { defaults: { model: { primary: 'anthropic/claude' } } } });
    const { status, events } = await signIn(home);
    expect(status).toBe(0);
    expect(events.at(-1)).toMatchObject({ routable: true, hint: expect.stringContaining('no_model') });
  });

  test('another agent has a store of its own, where openclaw.json says it is', async () => {
    const { home, store } = openclawHome({ agents: { list: [{ id: 'work', agentDir: '~/elsewhere' }] } });
    const { events } = await signIn(home, ['--agent', 'work']);
    expect(events.at(-1)).toMatchObject({
      store: join(home, 'elsewhere/auth-profiles.json'),
      routable: true,
    });
    expect((await runCommand(['status', '--agent', 'main'], { home })).status).toBe(9);
    expect(() => readFileSync(store)).toThrow('ENOENT');
  });

  test('an agent that OpenClaw does not know is told of: nothing would run it', async () => {
    const { home } = openclawHome({ agents: { list: [{ id: 'Work' }] } });
    const said = async (agent: string) =>
      (await runCommand(['status', '--agent', agent], { home })).stdout.includes('lists no agent');
    expect([await said('tpyo'), await said('work'), await said('main')]).toEqual([true, false, false]);
  });

  test('an agent without a file of its own is signed in beside what it inherits from main', async () => {
    const other = { ...dead, access: 'a', refresh: 'r', accountId: 'other' };
    const { home } = openclawHome({}, { profiles: { inherited: other } });
    const { status, events } = await signIn(home, ['--agent', 'work']);
    expect(status).toBe(0);
    expect(events.at(-1)).toMatchObject({ routable: true, order: [id, 'inherited'] });
    expect(events.at(-1)).not.toHaveProperty('agents');
  });

  test.each([
    ['its file', 'work/agent', '../../main/agent/auth-profiles.json', 'auth-profiles.json'],
    ['its directory', 'work', '../main/agent', 'agent'],
  ])(
    'an agent that shares the store of main by a link, of %s, keeps it: nothing of the login is taken for a copy',
    async (_, directory, target, name) => {
      const { home, store } = openclawHome({});
      await signIn(home);
      const agents = join(home, '.openclaw/agents');
      mkdirSync(join(agents, directory), { recursive: true });
      symlinkSync(target, join(agents, directory, name));
      const { events, status } = await signIn(home);
      expect(status).toBe(0);
      expect(events.at(-1)).toMatchObject({ routable: true });
      expect(events.at(-1)).not.toHaveProperty('agents');
      expect(Object.keys(expectInvariants(store).profiles)).toEqual([id]);
    },
  );

  test('a directory of its own that openclaw.json names for main follows: what all inherit from stays where it is', async () => {
    const { home, store } = openclawHome({
      agents: { list: [{ id: 'main', agentDir: '~/mine' }, { id: 'work' }] },
    });
    const mine = join(home, 'mine/auth-profiles.json');
    mkdirSync(join(home, 'mine'));
    const other = { ...dead, access: 'a', refresh: 'r', accountId: 'other' };
    writeFileSync(mine, JSON.stringify({ profiles: { x: other }, order: { 'openai-codex': ['x'] } }), {
      mode: 0o600,
    });
    const { events } = await signIn(home);
    expect(events.at(-1)).toMatchObject({
      store,
      routable: true,
      agents: [{ agent: 'main', store: mine, routable: true }],
    });
    expect(JSON.parse(readFileSync(mine, 'utf8')).order).toEqual({ 'openai-codex': [id, 'x'] });
    expect((await runCommand(['status', '--agent', 'work'], { home })).status).toBe(0);
  });

  test('every other agent with an order or a copy of its own follows, without a copy of the token', async () => {
    const { home, store } = openclawHome({});
    const other = { ...dead, access: 'a', refresh: 'r', accountId: 'other' };
    const account = {
      'https://api.openai.com/auth': { chatgpt_account_id: '6f2c1a58-3d0e-4b7a-9c41-0d5e8a7b1f20' },
    };
    const stale = {
      ...dead,
      access: `e30.${Buffer.from(JSON.stringify(account)).toString('base64url')}.c2ln`,
      refresh: 'old',
    };
    const agents = {
      ordered: {
        profiles: { x: other },
        order: { 'openai-codex': ['x'] },
        lastGood: { 'openai-codex': 'x' },
      },
      copied: { profiles: { [id]: stale } },
      untouched: { profiles: { g: { type: 'token', provider: 'google', token: 't' } } },
    };
    const pathOf = (agent: string) => join(home, '.openclaw/agents', agent, 'agent/auth-profiles.json');
    for (const [agent, content] of Object.entries(agents)) {
      mkdirSync(join(home, '.openclaw/agents', agent, 'agent'), { recursive: true });
      writeFileSync(pathOf(agent), JSON.stringify(content), { mode: 0o600 });
    }
    const { status, events } = await signIn(home);
    expect(status).toBe(0);
    expect(events.at(-1)).toMatchObject({
      routable: true,
      agents: [
        { agent: 'copied', routable: true },
        { agent: 'ordered', routable: true, store: pathOf('ordered') },
      ],
    });
    expect(expectInvariants(store).profiles).toHaveProperty([id]);
    const read = (agent: string) => JSON.parse(readFileSync(pathOf(agent), 'utf8'));
    expect(read('ordered')).toMatchObject({
      profiles: { x: other },
      order: { 'openai-codex': [id, 'x'] },
      lastGood: { 'openai-codex': id },
    });
    expect(read('copied').profiles).toEqual({});
    expect(read('untouched')).toEqual(agents.untouched);
    for (const agent of Object.keys(agents))
      expect((await runCommand(['status', '--agent', agent], { home })).stdout).toContain(
        `✔ ${id}  will be used`,
      );
  });

  test('an agent that cannot be reached is named, and the login stands', async () => {
    const { home } = openclawHome({});
    const directory = join(home, '.openclaw/agents/broken/agent');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'auth-profiles.json'), '{"profiles":');
    const { status, events } = await signIn(home);
    expect(status).toBe(0);
    expect(events.at(-1)).toMatchObject({
      routable: true,
      agents: [{ agent: 'broken', routable: false, hint: expect.stringContaining('not complete JSON') }],
    });
  });

  test('a store that is a database is refused with the way out, before anybody signs in', async () => {
    const { home } = openclawHome({});
    mkdirSync(join(home, '.openclaw/state'));
    writeFileSync(join(home, '.openclaw/state/openclaw.sqlite'), '');
    const { status, events } = await runCommand(['login', '--no-browser', '--json'], { home });
    expect(status).toBe(7);
    expect(events).toMatchObject([{ type: 'error', code: 'ERR_STORE_GENERATION' }]);
  });
});

test('before the login: an order with two others, a cooldown, unknown fields and a :default twin; after it: the new one first, the others kept, the cooldown gone, the twin retired and named', async () => {
  const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
  const account = {
    chatgpt_account_id: '6f2c1a58-3d0e-4b7a-9c41-0d5e8a7b1f20',
    chatgpt_user_id: 'user-RobinExample0000000000',
  };
  const other = (name: string) => ({
    type: 'oauth',
    provider: 'openai-codex',
    access: 'a',
    refresh: 'r',
    expires: 1_900_000_000_000,
    accountId: name,
    note: { kept: name },
  });
  const twin = {
    ...other('x'),
    accountId: undefined,
    access: jwt({ 'https://api.openai.com/auth': account }),
  };
  const before = {
    futureField: { deep: [1, 2, 3] },
    version: 1,
    profiles: {
      'openai-codex:default': twin,
      second: other('second'),
      [id]: { custom: true, ...twin },
      first: other('first'),
      'anthropic:x': { type: 'api_key', provider: 'anthropic', key: 'k' },
    },
    order: { anthropic: ['anthropic:x'], 'openai-codex': ['first', 'openai-codex:default', 'second'] },
    usageStats: {
      [id]: {
        lastUsed: 5,
        cooldownUntil: 9_999_999_999_999,
        cooldownReason: 'auth',
        disabledUntil: 9_999_999_999_999,
        errorCount: 4,
        custom: 1,
      },
      first: { lastUsed: 7 },
    },
    lastGood: { anthropic: 'anthropic:x', 'openai-codex': 'openai-codex:default' },
  };
  const { home, store } = openclawHome({}, before);
  const { status, events } = await signIn(home);
  expect(status).toBe(0);
  expect(events.find(({ type }) => type === 'committed')).toMatchObject({
    retired: ['openai-codex:default'],
    order: [id, 'first', 'second'],
  });
  const after = expectInvariants(store);
  expect(Object.keys(after)).toEqual(Object.keys(before));
  expect(Object.keys(after.profiles)).toEqual(['second', id, 'first', 'anthropic:x']);
  expect(after).toMatchObject({
    futureField: before.futureField,
    order: { anthropic: ['anthropic:x'], 'openai-codex': [id, 'first', 'second'] },
    lastGood: { anthropic: 'anthropic:x', 'openai-codex': id },
  });
  expect(after.usageStats).toEqual({
    [id]: { lastUsed: 5, errorCount: 0, custom: 1 },
    first: { lastUsed: 7 },
  });
  expect(after.profiles[id]).toMatchObject({ custom: true, note: { kept: 'x' } });
  expect(after.profiles.first).toEqual(before.profiles.first);
});
