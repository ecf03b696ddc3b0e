import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import {
  type AuthorizationServer,
  createUserAgent,
  forbiddenUserAgent,
  type ScenarioName,
  startAuthorizationServer,
} from '../../mocks/index.ts';
import type { LoginResult } from '../../src/login.ts';
import { openaiCodex } from '../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../src/provider/overrides.ts';
import { eventLine, greeting } from '../../src/rendezvous/messages.ts';
import { type SharedLoginOptions, sharedLogin } from '../../src/shared-login.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { openMemoryStore } from '../../src/store/memory-store.ts';
import type { LoginError } from '../../src/words/errors.ts';
import type { LoginEvent } from '../../src/words/events.ts';
import { createVirtualClock } from '../support/clock.ts';
import { meetingPlace, standAt, told } from '../support/meeting.ts';
import { expectNoSecret } from '../support/sign-in.ts';
import { storeFile } from '../support/temporary.ts';

interface Running {
  readonly events: LoginEvent[];
  /** Resolves once an event of this type was told, and to it. */
  heard<Type extends LoginEvent['type']>(
    type: Type,
    nth?: number,
  ): Promise<Extract<LoginEvent, { type: Type }>>;
  readonly outcome: Promise<{ result?: LoginResult; error?: LoginError }>;
  abort(): void;
}

type Scene = Awaited<ReturnType<typeof scene>>;

/** A place, a server and a store for logins that may meet. */
async function scene(scenario?: ScenarioName) {
  const server = await startAuthorizationServer(scenario ? { scenario } : {});
  onTestFinished(() => server.close());
  const person = { ...meetingPlace(), network: '' };
  const path = storeFile();
  const provider = overrideProvider(openaiCodex, { issuer: server.issuer, port: 0 });
  /** A login that opens nothing by itself. */
  const start = (options: Partial<SharedLoginOptions> = {}): Running => {
    const events: LoginEvent[] = [];
    const watchers = new Set<() => void>();
    const interruption = new AbortController();
    const outcome = sharedLogin({
      provider,
      store: openFileStore(path),
      person,
      openUrl: false,
      signal: interruption.signal,
      onEvent: (event) => {
        events.push(event);
        for (const watch of watchers) watch();
      },
      ...options,
    }).then(
      (result) => ({ result }),
      (error: LoginError) => ({ error }),
    );
    onTestFinished(async () => {
      interruption.abort();
      await outcome;
      expectNoSecret(server, [await outcome, events.filter(({ type }) => type !== 'authorization_url')]);
    });
    return {
      events,
      outcome,
      abort: () => interruption.abort(),
      heard: (type, nth = 0) =>
        new Promise((resolve) => {
          const watch = () => {
            const found = events.filter((event) => event.type === type)[nth];
            if (found) resolve(found as never);
          };
          watchers.add(watch);
          watch();
        }),
    };
  };
  return { server, person, path, provider, start };
}
const exchanges = ({ journal }: AuthorizationServer) =>
  journal.entries.filter(({ path }) => path === '/oauth/token').length;
const types = ({ events }: Running) => events.map(({ type }) => type);
const approve = async (running: Running, nth = 0) =>
  createUserAgent().openUrl((await running.heard('authorization_url', nth)).url);

describe.skipIf(process.platform === 'win32')('a login beside another one for the same target', () => {
  test('follows it: one address, one exchange, the same stored result, and a verdict of its own', async () => {
    const { server, path, start } = await scene();
    const first = start();
    const { url } = await first.heard('authorization_url');
    const opened = forbiddenUserAgent();
    const second = start({ openUrl: opened.openUrl });
    expect(await second.heard('waiting')).toMatchObject({ following: process.pid });
    expect((await second.heard('authorization_url')).url).toBe(url);
    await approve(first);
    const [one, two] = await Promise.all([first.outcome, second.outcome]);
    expect(two.result).toEqual(one.result);
    expect(one.result).toMatchObject({ profileId: 'openai-codex:robin@example.com', routable: true });
    expect(types(second)).toEqual(['waiting', ...types(first)]);
    expect([exchanges(server), opened.opened]).toEqual([1, []]);
    expect(JSON.parse(readFileSync(path, 'utf8')).lastGood).toEqual({
      'openai-codex': one.result?.profileId,
    });
  });

  test('judges for itself whether what was stored would be used', async () => {
    const { start } = await scene();
    const first = start();
    await first.heard('authorization_url');
    const profiles = { 'openai-codex:robin@example.com': { provider: 'openai-codex', mode: 'api_key' } };
    const second = start({ configuration: async () => ({ profiles }) });
    await second.heard('authorization_url');
    await approve(first);
    expect((await first.outcome).result).toMatchObject({ routable: true });
    const verdict = { routable: false, reason: 'mode_mismatch' };
    expect((await second.outcome).result).toMatchObject(verdict);
    expect(await second.heard('result')).toMatchObject(verdict);
  });

  test('ends with the same denial', async () => {
    const { server, start } = await scene('access-denied');
    const first = start();
    await first.heard('authorization_url');
    const second = start();
    await second.heard('authorization_url');
    await approve(first);
    const [one, two] = await Promise.all([first.outcome, second.outcome]);
    expect(one.error).toMatchObject({ code: 'ERR_ACCESS_DENIED', exitCode: 3 });
    const { code, exitCode, message } = one.error as LoginError;
    expect(two.error).toMatchObject({ code, exitCode, message });
    expect(second.events.filter(({ type }) => type === 'error')).toHaveLength(1);
    expect(exchanges(server)).toBe(0);
  });

  test('ends with a code and a status of its own where the other one, of another version, has others', async () => {
    const { person, start } = await scene();
    const first = start();
    await first.heard('authorization_url');
    const meeting = join(person.runtimeDirectory, 'codex-login');
    const door = join(meeting, readdirSync(meeting)[0] ?? '');
    first.abort();
    await first.outcome;
    await standAt(door, 'deadbeef', (socket) => {
      const end = { code: 'ERR_OF_TOMORROW', message: 'Something new.', hint: 'Look.', exitCode: 77 };
      socket.write(greeting(4711) + eventLine(told('error', end)));
    });
    const second = start();
    const { error } = await second.outcome;
    expect(error).toMatchObject({
      code: 'ERR_UNEXPECTED',
      exitCode: 1,
      summary: 'Something new.',
      hint: 'Look.',
    });
    expect(second.events.at(-1)).toMatchObject({
      code: 'ERR_UNEXPECTED',
      exitCode: 1,
      message: 'Something new.',
    });
  });

  test('signs in itself when the other one is interrupted, alone of all that followed', async () => {
    const { server, start } = await scene();
    const first = start();
    await first.heard('authorization_url');
    const others = [start(), start(), start()];
    await Promise.all(others.map((other) => other.heard('authorization_url')));
    first.abort();
    expect((await first.outcome).error).toMatchObject({ code: 'ERR_ABORTED' });
    const next = await Promise.all(others.map((other) => other.heard('authorization_url', 1)));
    expect(new Set(next.map(({ url }) => url)).size).toBe(1);
    for (const other of others) {
      expect(other.events).toContainEqual(expect.objectContaining({ type: 'waiting', following: null }));
      expect(types(other)).not.toContain('error');
    }
    await createUserAgent().openUrl(next[0]?.url ?? '');
    const results = await Promise.all(others.map(({ outcome }) => outcome));
    expect(results.map(({ result }) => result?.profileId)).toEqual(
      others.map(() => 'openai-codex:robin@example.com'),
    );
    expect(exchanges(server)).toBe(1);
  });

  test('takes the port of the one that was interrupted: it waits until that is free', async () => {
    const { provider, start } = await scene();
    const free = start();
    const { redirectUri } = await free.heard('listening');
    free.abort();
    await free.outcome;
    // One registered port, and no other.
    const fixed = { provider: { ...provider, redirectUris: [redirectUri] } };
    const first = start(fixed);
    await first.heard('authorization_url');
    const second = start(fixed);
    await second.heard('authorization_url');
    first.abort();
    expect(await second.heard('listening', 1)).toMatchObject({ redirectUri });
  });

  test('ends by its own limit and its own interruption, which the other one does not notice', async () => {
    const { start } = await scene();
    const first = start();
    await first.heard('authorization_url');
    const clock = createVirtualClock(Date.now());
    const impatient = start({ clock, timeoutMs: 5_000 });
    const interrupted = start();
    await Promise.all([impatient.heard('authorization_url'), interrupted.heard('authorization_url')]);
    await clock.advance(5_000);
    interrupted.abort();
    expect((await impatient.outcome).error).toMatchObject({ code: 'ERR_TIMED_OUT', exitCode: 4 });
    expect((await interrupted.outcome).error).toMatchObject({ code: 'ERR_ABORTED' });
    for (const { events } of [impatient, interrupted]) expect(events.at(-1)).toMatchObject({ type: 'error' });
    await approve(first);
    expect((await first.outcome).result).toMatchObject({ routable: true });
  });

  test.each<[string, (scene: Scene) => Partial<SharedLoginOptions>]>([
    ['another store', () => ({ store: openFileStore(storeFile()) })],
    ['another profile id', () => ({ profileId: 'mine' })],
    ['an order of its own', () => ({ only: true })],
    ['leave to replace', () => ({ profileId: 'mine', replace: true })],
    ['another way to answer', () => ({ way: 'paste' })],
    ['a code for another device', () => ({ device: true })],
    ['another client', ({ provider }) => ({ provider: { ...provider, clientId: 'other' } })],
    ['another issuer', ({ provider }) => ({ provider: { ...provider, issuer: 'http://127.0.0.1:9' } })],
    ['another network', ({ person }) => ({ person: { ...person, network: 'net:[2]' } })],
  ])('goes its own way with %s', async (what, different) => {
    const here = await scene();
    const first = here.start(what === 'leave to replace' ? { profileId: 'mine' } : {});
    const { url } = await first.heard('authorization_url');
    const second = here.start(different(here));
    expect((await second.heard('authorization_url')).url).not.toBe(url);
    expect(types(second)).not.toContain('waiting');
  });

  test('goes its own way where its store is this process’s alone, or it cannot meet anybody', async () => {
    const { person, start } = await scene();
    const memory = [start({ store: openMemoryStore() }), start({ store: openMemoryStore() })];
    const urls = await Promise.all(memory.map((running) => running.heard('authorization_url')));
    expect(urls[0]?.url).not.toBe(urls[1]?.url);
    const unknown = start({ person: { ...person, uid: undefined } });
    await unknown.heard('authorization_url');
    expect(types(unknown)).not.toContain('waiting');
    chmodSync(person.runtimeDirectory, 0o777);
    const wary = start();
    await wary.heard('authorization_url');
    expect(await wary.heard('waiting')).toMatchObject({
      reason: expect.stringContaining('other sign-ins of yours cannot be seen'),
    });
  });

  test('tells what is wrong with its options, as any login', async () => {
    const { start } = await scene();
    const wrong = start({ timeoutMs: Number.NaN });
    expect((await wrong.outcome).error).toMatchObject({ code: 'ERR_USAGE' });
    expect(wrong.events.at(-1)).toMatchObject({ type: 'error', code: 'ERR_USAGE' });
  });
});
