/** A login into each layout of OpenClaw's store. The packages are stand-ins here; `npm run interop` has the real ones. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../mocks/index.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { type Misbehaviour, openclawPackage } from '../support/openclaw-package.ts';
import { temporaryDirectory } from '../support/temporary.ts';

interface Place {
  readonly home: string;
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
}

function openclaw(version: string, { mode, engines }: { mode?: Misbehaviour; engines?: string } = {}): Place {
  const home = temporaryDirectory();
  const directory = openclawPackage(version, engines === undefined ? {} : { engines });
  const env = {
    OPENCLAW_STATE_DIR: join(home, '.openclaw'),
    ...(mode === undefined ? {} : { FAKE_OPENCLAW: mode }),
  };
  return { home, directory, env };
}

function start({ home, directory, env }: Place, args: string[]) {
  return startCommand([...args, '--openclaw', directory, '--json'], { home, env });
}

async function signIn(place: Place, args: string[] = []) {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const command = start(place, ['login', '--issuer', server.issuer, '--port', '0', '--no-browser', ...args]);
  createUserAgent().openUrl((await command.line('authorization_url')).url);
  return command.ended;
}

/** The first process that a process starts, once it has. Linux tells. */
async function childOf(pid: number | undefined): Promise<string> {
  const children = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  await expect.poll(children, { timeout: 10_000 }).not.toBe('');
  return children().split(' ')[0] ?? '';
}

/** What the stand-in's database holds. */
const database = (path: string) => JSON.parse(readFileSync(path, 'utf8')).state;
const id = 'openai:robin@example.com';

describe.each([
  ['2026.6.11', 'C', 'agents/main/agent/openclaw-agent.sqlite'],
  ['2026.9.6', 'D', 'state/openclaw.sqlite'],
])('OpenClaw %s (generation %s)', (version, generation, file) => {
  test('gets the login in its database, under the name it has for the provider, with the plan', async () => {
    const place = openclaw(version);
    const { status, stderr, events } = await signIn(place);
    const path = join(place.home, '.openclaw', file);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(events.find(({ type }) => type === 'committed')).toMatchObject({
      generation,
      store: path,
      profileId: id,
      order: [id],
      lastGood: id,
    });
    expect(events.at(-1)).toMatchObject({ routable: true });
    expect(database(path)).toMatchObject({
      profiles: {
        [id]: { type: 'oauth', provider: 'openai', email: 'robin@example.com', chatgptPlanType: 'plus' },
      },
      order: { openai: [id] },
      lastGood: { openai: id },
    });
    expect(
      readdirSync(place.home, { recursive: true }).filter((name) => String(name).endsWith('.json')),
    ).toEqual([]);
  });

  test('is shown by status and order, which know the same name', async () => {
    const place = openclaw(version);
    await signIn(place);
    const shown = await start(place, ['status']).ended;
    expect(shown.events.at(-1)).toMatchObject({ provider: 'openai', generation, selected: id });
    const order = await start(place, ['order', 'set', id]).ended;
    expect(order.events.at(-1)).toMatchObject({ provider: 'openai', order: [id], stored: true });
  });

  test('is only looked at by a status before any login: no database is made', async () => {
    const place = openclaw(version);
    expect((await start(place, ['status']).ended).status).toBe(9);
    expect(existsSync(join(place.home, '.openclaw'))).toBe(false);
  });

  test('has its other agent follow: no copy of the token, its own order names the new profile', async () => {
    const place = openclaw(version);
    await signIn(place, ['--agent', 'work']);
    const { events } = await signIn(place);
    const works = join(place.home, '.openclaw/agents/work/agent/openclaw-agent.sqlite');
    expect(events.filter(({ type }) => type === 'committed').map(({ agent }) => agent)).toEqual([
      undefined,
      'work',
    ]);
    expect(events.at(-1)).toMatchObject({ agents: [{ agent: 'work', store: works, routable: true }] });
    expect(database(works)).toMatchObject({ profiles: {}, order: { openai: [id] } });
  });

  test('whose database cannot be read is told of before anybody signs in', async () => {
    const place = openclaw(version, { mode: 'locked' });
    const path = join(place.home, '.openclaw', file);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, JSON.stringify({ state: { profiles: {} } }));
    const { status, events } = await start(place, ['login', '--no-browser']).ended;
    expect({ status, events }).toMatchObject({ status: 7, events: [{ code: 'ERR_STORE_LOCKED' }] });
  });

  test('that never finishes loading: Ctrl-C ends the login at once, and nothing of it lives on', async () => {
    const place = openclaw(version, { mode: 'never loads' });
    const { child, ended } = start(place, ['login', '--no-browser']);
    const worker = await childOf(child.pid);
    child.kill('SIGINT');
    const { status, events } = await ended;
    expect({ status, last: events.at(-1) }).toMatchObject({ status: 130, last: { code: 'ERR_ABORTED' } });
    await expect.poll(() => existsSync(`/proc/${worker}`), { timeout: 10_000 }).toBe(false);
  });

  test('whose Node.js is not here is refused with what it needs', async () => {
    const place = openclaw(version, { engines: '>=99' });
    const { status, events } = await start(place, ['login', '--no-browser']).ended;
    expect(status).toBe(7);
    expect(events).toMatchObject([
      { code: 'ERR_STORE_GENERATION', message: expect.stringContaining('>=99') },
    ]);
  });

  test('that has files of before to move is refused, and they keep their bytes', async () => {
    const place = openclaw(version);
    const agent = join(place.home, '.openclaw/agents/main/agent');
    mkdirSync(agent, { recursive: true });
    writeFileSync(join(agent, 'auth-profiles.json'), '{"profiles":{}}');
    const { status, events } = await start(place, ['login', '--no-browser']).ended;
    expect({ status, events }).toMatchObject({
      status: 7,
      events: [{ code: 'ERR_STORE_GENERATION', hint: expect.stringContaining('openclaw doctor --fix') }],
    });
    expect(readdirSync(agent)).toEqual(['auth-profiles.json']);
  });
});

test('OpenClaw 2026.6.11 takes no database for an agent whose directory is elsewhere: refused before the sign-in, and none is made', async () => {
  const place = openclaw('2026.6.11');
  const elsewhere = join(place.home, 'work');
  mkdirSync(join(place.home, '.openclaw'));
  const list = [{ id: 'main' }, { id: 'work', agentDir: elsewhere }, { id: 'usual' }];
  writeFileSync(join(place.home, '.openclaw/openclaw.json'), JSON.stringify({ agents: { list } }));
  const { status, events } = await start(place, ['login', '--agent', 'work']).ended;
  expect(status).toBe(7);
  expect(events.map(({ type }) => type)).toEqual(['error']);
  expect(events[0]).toMatchObject({ code: 'ERR_STORE_GENERATION', hint: expect.stringContaining('main') });
  expect(existsSync(elsewhere)).toBe(false);
  expect((await signIn(place, ['--agent', 'usual'])).events.at(-1)).toMatchObject({ routable: true });
});

describe('OpenClaw 2026.5.28 (generation B)', () => {
  test('gets the login in both of its files where the state file has a word on the provider', async () => {
    const place = openclaw('2026.5.28');
    const agent = join(place.home, '.openclaw/agents/main/agent');
    const old = 'openai-codex:old';
    const mine = 'openai-codex:robin@example.com';
    mkdirSync(agent, { recursive: true });
    writeFileSync(join(agent, 'auth-profiles.json'), JSON.stringify({ version: 1, profiles: {} }), {
      mode: 0o600,
    });
    writeFileSync(join(agent, 'auth-state.json'), JSON.stringify({ order: { 'openai-codex': [old] } }), {
      mode: 0o600,
    });
    const { status, events } = await signIn(place);
    expect(status).toBe(0);
    expect(events.at(-1)).toMatchObject({ routable: true, order: [mine, old] });
    expect(JSON.parse(readFileSync(join(agent, 'auth-state.json'), 'utf8'))).toMatchObject({
      order: { 'openai-codex': [mine, old] },
      lastGood: { 'openai-codex': mine },
    });
    const shown = await runCommand(['status', '--json', '--openclaw', place.directory], place);
    expect(shown.events.at(-1)).toMatchObject({ generation: 'B', selected: mine });
  });
});
