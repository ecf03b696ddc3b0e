import { expect, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../../mocks/index.ts';
import type { Follower } from '../../../src/agents/follow-login.ts';
import { pinnedMetadata, type ServerMetadata } from '../../../src/oauth/metadata.ts';
import { openRedemption } from '../../../src/oauth/redemption.ts';
import { openaiCodex } from '../../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../../src/provider/overrides.ts';
import { openMemoryStore } from '../../../src/store/memory-store.ts';
import type { ProfileStore } from '../../../src/store/profile-store.ts';
import { createVirtualClock } from '../../support/clock.ts';
import { signIn } from '../../support/sign-in.ts';

/** A store of which it is told how often it was read, and committed to. */
function counted(inner = openMemoryStore()) {
  const counts = { reads: 0, commits: 0 };
  const store: ProfileStore = {
    ...inner,
    read: () => {
      counts.reads += 1;
      return inner.read();
    },
    commit: (fn, options) => {
      counts.commits += 1;
      return inner.commit(fn, options);
    },
  };
  return { store, counts };
}

/** A login whose person is waited for; `meanwhile` is what there was to see when the rehearsal, if there is one, was over. */
async function signInSlowly(waitMs: number) {
  const clock = createVirtualClock(Date.now());
  // And the exchange takes another second.
  const server = await startAuthorizationServer({
    onExchange: ({ path }) => (path === '/oauth/token' ? clock.advance(1_000) : undefined),
  });
  const agent = createUserAgent();
  const main = counted();
  const other = counted();
  const follower: Follower = { agent: 'other', store: other.store, configuration: async () => undefined };
  let asked = 0;
  let gatewayAsked = 0;
  const meanwhile = {
    asked: 0,
    posts: 0,
    keys: 0,
    main: { ...main.counts },
    events: [] as string[],
    gateway: 0,
  };
  const events: string[] = [];
  const requests = (path: RegExp) => server.journal.entries.filter((entry) => path.test(entry.path)).length;
  const signedIn = await signIn({
    clock,
    server,
    agent,
    store: main.store,
    followers: async () => {
      asked += 1;
      return [follower];
    },
    gateway: async () => {
      gatewayAsked += 1;
      return { state: 'absent' };
    },
    onEvent: ({ type }) => events.push(type),
    openUrl: async (url, signal) => {
      // The keys are asked for in the same moment in which the rehearsal is put off.
      await expect.poll(() => requests(/jwks/)).toBe(1);
      await clock.advance(waitMs);
      if (waitMs >= 250) await expect.poll(() => asked).toBe(1);
      Object.assign(meanwhile, {
        asked,
        posts: requests(/token$/),
        keys: requests(/jwks/),
        main: { ...main.counts },
        events: [...events],
        gateway: gatewayAsked,
      });
      return agent.openUrl(url, signal);
    },
  });
  return {
    ...signedIn,
    meanwhile,
    asked,
    main: main.counts,
    other: other.counts,
    posts: requests(/token$/),
    keys: requests(/jwks/),
  };
}

test('while a person signs in, all that follows is rehearsed: nothing is sent, nothing is stored, and nobody is told', async () => {
  const { meanwhile, main, other, result, error, posts, keys } = await signInSlowly(250);
  expect(error).toBeUndefined();
  expect(meanwhile).toEqual({
    asked: 1,
    posts: 0,
    keys: 1,
    main: { reads: 2, commits: 0 },
    events: ['listening', 'authorization_url'],
    gateway: 0,
  });
  expect(result).toMatchObject({ routable: true, profileId: 'openai-codex:robin@example.com' });
  expect({ posts, keys, commits: main.commits, ofOthers: other.commits }).toEqual({
    posts: 1,
    keys: 1,
    commits: 1,
    ofOthers: 0,
  });
});

test('whoever answers at once does not wait for a rehearsal, and none is made beside the exchange', async () => {
  const { meanwhile, main, asked, result } = await signInSlowly(249);
  expect(result).toMatchObject({ routable: true });
  expect(meanwhile).toMatchObject({ asked: 0, main: { reads: 1, commits: 0 } });
  expect({ commits: main.commits, asked }).toEqual({ commits: 1, asked: 1 });
});

test('a rehearsal of the exchange ends at the signature, and asks for nothing but the keys', async () => {
  const server = await startAuthorizationServer();
  const provider = overrideProvider(openaiCodex, { issuer: server.issuer });
  const metadata = pinnedMetadata(provider) as ServerMetadata;
  const asked: string[] = [];
  const rehearse = (answer: typeof fetch) => {
    const context = {
      provider,
      metadata,
      clock: createVirtualClock(Date.now()),
      signal: new AbortController().signal,
    };
    const watched: typeof fetch = (url, init) => {
      asked.push(String(url));
      return answer(url, init);
    };
    return openRedemption({ ...context, fetch: watched }).rehearse();
  };
  try {
    await expect(rehearse(fetch)).rejects.toMatchObject({
      code: 'ERR_ID_TOKEN_INVALID',
      summary: expect.stringContaining('its signature is wrong'),
    });
    expect(asked).toEqual([metadata.jwksUri]);
    // Without a key there is nothing to rehearse with.
    await rehearse(async () => new Response('', { status: 503 }));
    expect(asked).toEqual([metadata.jwksUri, metadata.jwksUri]);
  } finally {
    await server.close();
  }
});
