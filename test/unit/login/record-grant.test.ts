import { describe, expect, test } from 'vitest';

import { openMemoryStore } from '../../../src/store/memory-store.ts';
import type { AuthProfiles, ProfileStore } from '../../../src/store/profile-store.ts';
import { StoreError } from '../../../src/words/errors.ts';
import { signIn } from '../../support/sign-in.ts';

const id = 'openai-codex:robin@example.com';
const other = { type: 'api_key', provider: 'somebody', key: 'k' };
const old: AuthProfiles = { version: 1, profiles: { [id]: stored('old', 1_700_000_000_000), other } };

function stored(access: string, expires: number) {
  return { type: 'oauth', provider: 'openai-codex', access, refresh: 'r', expires };
}

/** A store that somebody writes this over, right after the first commit: a gateway that saves what it read at its start. */
function writtenOver(next: (state: AuthProfiles) => AuthProfiles, initial = old) {
  const inner = openMemoryStore({ initial });
  let commits = 0;
  const store: ProfileStore = {
    ...inner,
    async commit(fn, options) {
      const result = await inner.commit(fn, options);
      commits += 1;
      if (commits === 1)
        await inner.commit((state) => ({ write: true, next: next(state), result: undefined }));
      return result;
    },
  };
  return { store, commits: () => commits };
}

describe('a login whose commit', () => {
  test('S-8 was written over by an older state is recorded a second time, and says so', async () => {
    const { store, commits } = writtenOver(() => old);
    const { result, events } = await signIn({ store });
    const { state } = await store.read();
    expect(commits()).toBe(2);
    expect(state.profiles[id]?.expires).toBe(result?.expires);
    expect(state).toMatchObject({ order: { 'openai-codex': [id] }, lastGood: { 'openai-codex': id } });
    expect(state.profiles.other).toEqual(other);
    expect(result).toMatchObject({ routable: true, hint: expect.stringContaining('stored again') });
    expect(events.at(-1)).toMatchObject({ type: 'result', hint: expect.stringContaining('stored again') });
  });

  test('S-8 was written over by the credential that it replaced is recorded a second time, however long that one is said to be good', async () => {
    const lasting: AuthProfiles = {
      ...old,
      profiles: { ...old.profiles, [id]: stored('old', Date.parse('2126-01-01')) },
    };
    const { store, commits } = writtenOver(() => lasting, lasting);
    const { result } = await signIn({ store });
    expect(commits()).toBe(2);
    expect((await store.read()).state.profiles[id]?.expires).toBe(result?.expires);
  });

  test('S-8 was written over by a state without it is recorded a second time', async () => {
    const { store, commits } = writtenOver(() => ({ version: 1, profiles: {} }));
    const { result } = await signIn({ store });
    expect(commits()).toBe(2);
    expect((await store.read()).state.profiles[id]?.expires).toBe(result?.expires);
  });

  test('S-5 was followed by a refresh of the same credential is left as it is', async () => {
    const newer = stored('newer', Date.parse('2126-01-01'));
    const { store, commits } = writtenOver((state) => ({
      ...state,
      profiles: { ...state.profiles, [id]: newer },
    }));
    const { result } = await signIn({ store });
    expect(commits()).toBe(1);
    expect((await store.read()).state.profiles[id]).toEqual(newer);
    expect(result?.hint ?? '').not.toContain('stored again');
  });

  test('stands is recorded once', async () => {
    const { store, commits } = writtenOver((state) => state);
    const { result } = await signIn({ store });
    expect(commits()).toBe(1);
    expect(result?.hint ?? '').not.toContain('stored again');
  });
});

test('a login waits for a shared store that is locked: its code is spent, and would be lost', async () => {
  const inner = openMemoryStore();
  let refusals = 2;
  const { result, error } = await signIn({
    store: {
      ...inner,
      info: { ...inner.info, scope: 'network' },
      async commit(fn, options) {
        refusals -= 1;
        if (refusals < 0) return inner.commit(fn, options);
        throw new StoreError('ERR_STORE_LOCKED', {
          store: 'a shared store',
          summary: 'Others commit all the time.',
          hint: 'Run the command again.',
        });
      },
    },
  });
  expect({ error, routable: result?.routable, refusals }).toEqual({
    error: undefined,
    routable: true,
    refusals: -1,
  });
});

test('S-8 a credential that may or may not be there is never said to be absent, also where it was interrupted in that moment', async () => {
  const stop = new AbortController();
  const store: ProfileStore = {
    ...openMemoryStore(),
    async commit() {
      stop.abort();
      throw new StoreError('ERR_STORE_IO', {
        store: 'memory',
        summary: 'The disk did not confirm it.',
        hint: 'Look: codex-login status.',
        outcome: 'unknown',
      });
    },
  };
  const { error, agent } = await signIn({ store, signal: stop.signal });
  expect(error).toMatchObject({ code: 'ERR_STORE_IO', outcome: 'unknown' });
  expect(agent.lastPage()?.html).not.toContain('Nothing was stored');
});
