import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';

import { drainFlights } from '../../../src/refresh/under-way.ts';
import { openMemoryStore } from '../../../src/store/memory-store.ts';
import type { ProfileStore } from '../../../src/store/profile-store.ts';
import { accessToken, granted, json, profileId, refreshing, TEN_DAYS_MS } from '../../support/refresh.ts';

const MINUTE = 60_000;
const theirs = (until: number) => ({ id: 'theirs', by: 'worker-1 (process 7) at noon', until, attempt: 1 });
const reused = () => json(401, { error: { code: 'refresh_token_reused', message: 'used' } });
const reset = () => {
  throw Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('reset'), { code: 'ECONNRESET', syscall: 'read' }),
  });
};
const unreachable = () => {
  throw Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect' }),
  });
};
/** The stored tokens live on for so long. */
const left = (now: number, ms: number) => ({
  access: accessToken(1, now + ms - TEN_DAYS_MS),
  expires: now + ms,
});

describe('step 0: what is stored is looked at', () => {
  test('and used while it is fresh: nothing is sent', async () => {
    const { ask, sent, clock, change } = await refreshing();
    await change(left(clock.now(), 2 * 24 * 60 * MINUTE));
    expect(await ask()).toMatchObject({ profileId, accountId: 'acc-1', refreshed: false });
    expect(sent).toEqual([]);
  });

  test('R-9700-5 and refreshed where it has expired: both tokens are stored before one is handed out', async () => {
    const { ask, sent, profile } = await refreshing();
    const credential = await ask();
    expect(await profile()).toMatchObject({
      access: credential.accessToken,
      refresh: 'refresh-2',
      expires: credential.expires,
      gen: 1,
    });
    expect(credential.refreshed).toBe(true);
    expect(sent).toMatchObject([{ refreshToken: 'refresh-1', url: 'https://auth.openai.com/oauth/token' }]);
    expect(await profile()).not.toHaveProperty('claim');
  });

  test('with the margin, or with what was asked for', async () => {
    const { ask, sent, clock, change } = await refreshing();
    await change(left(clock.now(), 60 * MINUTE));
    await ask({ minTtlMs: 10 * MINUTE });
    expect(sent).toHaveLength(0);
    await ask({ minTtlMs: 61 * MINUTE });
    expect(sent).toHaveLength(1);
    await change(left(clock.now(), 60 * MINUTE));
    await ask();
    expect(sent).toHaveLength(2);
  });

  test('a token that an API rejected is refreshed only if it is still the stored one', async () => {
    const { ask, sent, profile } = await refreshing();
    const { accessToken: rejected } = await ask();
    const next = await ask({ rejected });
    expect(next.accessToken).not.toBe(rejected);
    expect(sent).toHaveLength(2);
    expect((await ask({ rejected })).accessToken).toBe((await profile()).access);
    expect(sent).toHaveLength(2);
  });

  test('a token that nobody here can refresh is not handed out where another one, or a longer one, was asked for', async () => {
    const { ask, clock, change, sent } = await refreshing();
    const { access: token, expires } = left(clock.now(), 30 * MINUTE);
    await change({ type: 'token', token, expires });
    const { accessToken: rejected } = await ask();
    for (const need of [{ rejected }, { forceRefresh: true }, { minTtlMs: 31 * MINUTE }])
      await expect(ask(need)).rejects.toMatchObject({ code: 'ERR_REFRESH_ELSEWHERE', exitCode: 9 });
    await ask({ minTtlMs: 29 * MINUTE, rejected: 'another' });
    expect(sent).toEqual([]);
  });

  test('one flight at a time in one process, whoever asks', async () => {
    const { ask, sent, store } = await refreshing();
    let commits = 0;
    const counted: ProfileStore = {
      ...store,
      commit(fn, options) {
        commits += 1;
        return store.commit(fn, options);
      },
    };
    const all = await Promise.all(Array.from({ length: 20 }, () => ask({ store: counted })));
    expect(new Set(all.map(({ accessToken: token }) => token)).size).toBe(1);
    expect(sent).toHaveLength(1);
    // The claim and the settlement: nobody else even tried.
    expect(commits).toBe(2);
  });

  test('the token goes to the server that issued it and to no other', async () => {
    const { ask, sent, change, clock } = await refreshing();
    await change({ access: accessToken(1, clock.now() - TEN_DAYS_MS, { iss: 'https://login.example.com' }) });
    await ask();
    expect(sent[0]?.url).toBe('https://login.example.com/oauth/token');
  });
});

describe('step 1: no token is presented without an acknowledged claim', () => {
  test('of which the store tells while the request is out', async () => {
    let seen: unknown;
    const set = await refreshing(async (n, now) => {
      seen = (await set.profile()).claim;
      return json(200, granted(n + 1, now));
    });
    const began = set.clock.now();
    await set.ask();
    expect(seen).toMatchObject({ attempt: 1, until: began + 90_000, by: expect.stringContaining('process') });
  });

  test('a store that does not take it leaves the token unpresented', async () => {
    const memory = openMemoryStore();
    let isBroken = false;
    const store: ProfileStore = {
      ...memory,
      commit: (fn, options) => (isBroken ? Promise.reject(new Error('down')) : memory.commit(fn, options)),
    };
    const { ask, sent } = await refreshing(undefined, {}, store);
    isBroken = true;
    await expect(ask()).rejects.toThrow('down');
    expect(sent).toEqual([]);
  });
});

describe('step 2: somebody else’s live claim', () => {
  test('is left alone, and the access token used, while that is valid', async () => {
    const { ask, sent, clock, change } = await refreshing();
    await change({ ...left(clock.now(), MINUTE), claim: theirs(clock.now() + MINUTE) });
    expect(await ask()).toMatchObject({ refreshed: false, expires: clock.now() + MINUTE });
    expect(sent).toEqual([]);
  });

  test('is waited for where it has expired, and its result used', async () => {
    const { ask, sent, clock, change, profile } = await refreshing();
    await change({ claim: theirs(clock.now() + 90_000) });
    const waiting = ask();
    await clock.sleep(5_000);
    await change({ ...left(clock.now(), TEN_DAYS_MS), refresh: 'refresh-9', claim: undefined });
    expect((await waiting).accessToken).toBe((await profile()).access);
    expect(sent).toEqual([]);
  });

  test('is not waited for longer than the caller wants', async () => {
    const { ask, sent, clock, change } = await refreshing();
    await change({ claim: theirs(clock.now() + 90_000) });
    await expect(ask({ waitMs: 10_000 })).rejects.toMatchObject({
      code: 'ERR_REFRESH_PENDING',
      exitCode: 6,
      summary: expect.stringContaining('worker-1'),
    });
    expect(sent).toEqual([]);
  });
});

describe('step 3: whoever was stopped after the claim', () => {
  /** Stops once, when the first commit was acknowledged; tells what was committed. */
  function stopping(store: ProfileStore, stop: () => Promise<void> | void) {
    let commits = 0;
    const stopped: ProfileStore = {
      ...store,
      async commit(fn, options) {
        const result = await store.commit(fn, options);
        commits += 1;
        if (commits === 1) await stop();
        return result;
      },
    };
    return { stopped, commits: () => commits };
  }

  test('drops it and starts over, by the wall clock', async () => {
    const { ask, sent, clock, store } = await refreshing();
    const { stopped, commits } = stopping(store, () => clock.sleep(5_001));
    await ask({ store: stopped, clock: { ...clock, monotonic: () => 7 } });
    expect(sent).toHaveLength(1);
    // A claim that was dropped, and one that was settled.
    expect(commits()).toBe(4);
  });

  test('is found out by the monotonic clock too, where the other one was set back', async () => {
    const { ask, sent, clock, store } = await refreshing();
    let monotonic = 0;
    const { stopped, commits } = stopping(store, () => {
      monotonic = 5_001;
    });
    await ask({ store: stopped, clock: { ...clock, monotonic: () => monotonic } });
    expect(sent).toHaveLength(1);
    expect(commits()).toBe(4);
  });

  test('goes on where that took less', async () => {
    const { ask, clock, store } = await refreshing();
    const { stopped, commits } = stopping(store, () => clock.sleep(5_000));
    await ask({ store: stopped });
    expect(commits()).toBe(2);
  });

  /** Commits, and loses the first answer: so long after, the edit runs again and finds its own claim. */
  async function losing(store: ProfileStore, lost: () => Promise<void>) {
    const { StoreError } = await import('../../../src/words/errors.ts');
    let commits = 0;
    const loser: ProfileStore = {
      ...store,
      async commit(fn, options) {
        const result = await store.commit(fn, options);
        commits += 1;
        if (commits > 1) return result;
        await lost();
        const words = { store: 'x', summary: 'lost', hint: 'again', outcome: 'unknown' } as const;
        throw new StoreError('ERR_STORE_UNREACHABLE', words);
      },
    };
    return loser;
  }

  test('and whose acknowledgement was lost on the way does not take its old claim for a new one', async () => {
    const leftOfClaims: number[] = [];
    const set = await refreshing(async (n, now) => {
      leftOfClaims.push(((await set.profile()).claim?.until ?? 0) - now);
      return json(200, granted(n + 1, now));
    });
    const loser = await losing(set.store, () => set.clock.sleep(100_000));
    await set.ask({ store: loser });
    expect(leftOfClaims).toHaveLength(1);
    expect(leftOfClaims[0]).toBeGreaterThan(89_000);
  });

  test('a claim whose acknowledgement was lost still names the one that it took over', async () => {
    const set = await refreshing(reused);
    await set.change({ claim: theirs(set.clock.now() - 1) });
    const loser = await losing(set.store, async () => undefined);
    await expect(set.ask({ store: loser })).rejects.toThrow('worker-1 (process 7) at noon');
  });

  test('presents nothing where its claim is somebody else’s by then', async () => {
    const set = await refreshing();
    const { stopped } = stopping(set.store, async () => {
      await set.clock.sleep(100_000);
      await set.change({ claim: theirs(set.clock.now() + 90_000) });
    });
    const asking = set.ask({ store: stopped, waitMs: Number.POSITIVE_INFINITY });
    await set.clock.sleep(150_000);
    expect(set.sent).toEqual([]);
    await set.change({ ...left(set.clock.now(), TEN_DAYS_MS), refresh: 'theirs', claim: undefined });
    await asking;
    expect(set.sent).toEqual([]);
  });
});

describe('step 4: a request that was sent', () => {
  test('is never aborted: whoever stops waiting leaves it, and its answer is stored', async () => {
    let answer: (response: Response) => void = () => undefined;
    const set = await refreshing(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const stop = new AbortController();
    const asking = set.ask({ signal: stop.signal });
    while (set.sent.length === 0) await new Promise(setImmediate);
    stop.abort(new Error('stopped'));
    await expect(asking).rejects.toThrow('stopped');
    expect(set.sent[0]?.signal?.aborted ?? false).toBe(false);
    answer(json(200, granted(2, set.clock.now())));
    await drainFlights(set.store);
    expect(await set.profile()).toMatchObject({ refresh: 'refresh-2', gen: 1 });
  });

  test('is waited for 30 s, and stored when it comes', async () => {
    let answer: (response: Response) => void = () => undefined;
    const set = await refreshing(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const asking = set.ask();
    while (set.sent.length === 0) await new Promise(setImmediate);
    const began = set.clock.now();
    set.clock.release();
    await expect(asking).rejects.toMatchObject({ code: 'ERR_TOKEN_TIMED_OUT', exitCode: 6 });
    expect(set.clock.now() - began).toBe(30_000);
    answer(json(200, granted(2, set.clock.now())));
    await drainFlights(set.store);
    expect(await set.profile()).toMatchObject({ refresh: 'refresh-2', gen: 1 });
  });

  test('before it was sent, whoever stops waiting leaves nothing behind', async () => {
    const set = await refreshing();
    await expect(set.ask({ signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
    expect(set.sent).toEqual([]);
    expect(await set.profile()).not.toHaveProperty('claim');
  });
});

describe('step 5: what was granted', () => {
  test('is stored whoever has the claim by then, and revives a login that was taken for dead', async () => {
    const set = await refreshing(async (n, now) => {
      await set.change({ claim: theirs(now + MINUTE), dead: { code: 'refresh_token_reused', at: now } });
      return json(200, granted(n + 1, now));
    });
    await set.ask();
    const stored = await set.profile();
    expect(stored).toMatchObject({ refresh: 'refresh-2' });
    expect(stored).not.toHaveProperty('dead');
    expect(stored).not.toHaveProperty('claim');
  });

  test('never replaces a newer token: a login in between wins, and is what is handed out', async () => {
    const set = await refreshing(async (n, now) => {
      await set.change({
        ...left(now, TEN_DAYS_MS),
        access: accessToken(50, now),
        refresh: 'login',
        claim: undefined,
      });
      return json(200, granted(n + 1, now));
    });
    const { accessToken: token } = await set.ask();
    expect(token).toBe((await set.profile()).access);
    expect(await set.profile()).toMatchObject({ refresh: 'login' });
  });

  test('is told to a running gateway while the store is locked: it would spend the old token from its memory', async () => {
    const seen: unknown[] = [];
    const set = await refreshing();
    const gateway = async () => {
      seen.push((await set.profile()).refresh);
      throw new Error('not there');
    };
    await set.ask({ gateway });
    await set.ask({ gateway });
    expect(seen).toEqual(['refresh-2']);
  });

  test('outlives an outage of the store', async () => {
    const memory = openMemoryStore();
    let failures = 0;
    const { StoreError } = await import('../../../src/words/errors.ts');
    const store: ProfileStore = {
      ...memory,
      commit(fn, options) {
        if (failures === 0) return memory.commit(fn, options);
        failures -= 1;
        const words = { store: 'x', summary: 'down', hint: 'wait' };
        return Promise.reject(new StoreError('ERR_STORE_IO', words));
      },
    };
    const set = await refreshing(
      (n, now) => {
        failures = 6;
        return json(200, granted(n + 1, now));
      },
      {},
      store,
    );
    expect((await set.ask()).accessToken).toBe((await set.profile()).access);
    expect(failures).toBe(0);
  });

  test('R-6749-3 keeps what the answer leaves out', async () => {
    const set = await refreshing((_, now) => json(200, { access_token: accessToken(2, now) }));
    await set.ask();
    expect(await set.profile()).toMatchObject({ refresh: 'refresh-1', gen: 1 });
  });

  test('R-6749-3 an answer without an access token keeps the rotated refresh token, and says that nothing can be used', async () => {
    const set = await refreshing(() => json(200, { refresh_token: 'refresh-2' }));
    await expect(set.ask()).rejects.toMatchObject({ code: 'ERR_TOKEN_ENDPOINT' });
    expect(await set.profile()).toMatchObject({ refresh: 'refresh-2' });
  });
});

describe('step 6: a refusal', () => {
  test.each([
    'invalid_grant',
    'refresh_token_reused',
    'refresh_token_expired',
    'refresh_token_invalidated',
    'app_session_terminated',
    'token_expired',
  ])('R-6749-4 of %s is for good: marked, told, kept, and never sent again', async (code) => {
    const set = await refreshing(() => json(400, { error: code }));
    await expect(set.ask()).rejects.toMatchObject({
      code: 'ERR_REFRESH_REFUSED',
      exitCode: 9,
      hint: expect.stringContaining('Sign in again'),
    });
    expect(await set.profile()).toMatchObject({ refresh: 'refresh-1', dead: { code } });
    await expect(set.ask()).rejects.toMatchObject({ code: 'ERR_REFRESH_REFUSED' });
    expect(set.sent).toHaveLength(1);
  });

  test('leaves the access token to be used while it is valid', async () => {
    const { ask, sent, clock, change } = await refreshing(reused);
    await change(left(clock.now(), 2 * MINUTE));
    expect(await ask()).toMatchObject({ refreshed: false });
    expect(await ask()).toMatchObject({ refreshed: false });
    expect(sent).toHaveLength(1);
  });

  test('never marks the winner’s token: that is read again and used', async () => {
    const set = await refreshing(async (_, now) => {
      await set.change({ access: accessToken(9, now), expires: now + TEN_DAYS_MS, refresh: 'winner' });
      return reused();
    });
    expect((await set.ask()).accessToken).toBe((await set.profile()).access);
    expect(await set.profile()).not.toHaveProperty('dead');
  });

  test('never marks where the claim is somebody else’s: they may be about to win', async () => {
    const set = await refreshing(async (_, now) => {
      await set.change({ claim: theirs(now + MINUTE) });
      return reused();
    });
    const asking = set.ask();
    while (set.sent.length === 0) await new Promise(setImmediate);
    await set.clock.sleep(3_000);
    expect(await set.profile()).not.toHaveProperty('dead');
    await set.change({ ...left(set.clock.now(), TEN_DAYS_MS), refresh: 'winner', claim: undefined });
    await expect(asking).resolves.toMatchObject({ refreshed: false });
  });
});

describe('step 7: what was not used up', () => {
  test('because nobody was reached is tried again, and the claim given up', async () => {
    const set = await refreshing(unreachable);
    await expect(set.ask()).rejects.toMatchObject({ code: 'ERR_NETWORK', exitCode: 6 });
    expect(set.sent).toHaveLength(3);
    expect(await set.profile()).not.toHaveProperty('claim');
  });

  test('R-6749-4 because there were too many requests is sent again after Retry-After, under the same claim till then', async () => {
    const set = await refreshing((n, now) =>
      n === 1
        ? json(429, { error: { code: 'rate_limit_exceeded' } }, { 'retry-after': '20' })
        : json(200, granted(2, now)),
    );
    const began = set.clock.now();
    const asking = set.ask();
    while (set.sent.length === 0) await new Promise(setImmediate);
    await set.clock.sleep(1_000);
    expect(await set.profile()).toHaveProperty('claim');
    expect(await asking).toMatchObject({ refreshed: true });
    expect(set.clock.now() - began).toBeGreaterThanOrEqual(20_000);
  });

  test('because the request itself was wrong is told, and sent no second time', async () => {
    const set = await refreshing(() => json(400, { error: 'invalid_client' }));
    await expect(set.ask()).rejects.toMatchObject({ code: 'ERR_TOKEN_ENDPOINT' });
    expect(set.sent).toHaveLength(1);
    expect(await set.profile()).not.toHaveProperty('claim');
    expect(await set.profile()).not.toHaveProperty('dead');
  });

  test.each<[string, () => Response]>([
    ['a connection that broke', reset],
    ['500', () => json(500, { error: 'server_error' })],
    ['503 with Retry-After', () => json(503, {}, { 'retry-after': '1' })],
    ['a web page', () => new Response('<html>', { status: 403, headers: { 'content-type': 'text/html' } })],
    ['half an answer', () => new Response('{"access_', { headers: { 'content-type': 'application/json' } })],
    ['a redirect', () => new Response(null, { status: 307, headers: { location: 'https://x.example' } })],
    ['a type that is not Bearer', () => json(200, { access_token: 'a', token_type: 'mac' })],
  ])(
    'R-6749-4 after %s nothing is known: it is sent no second time, and the claim stays',
    async (_, answer) => {
      const set = await refreshing(answer);
      const began = set.clock.now();
      await expect(set.ask()).rejects.toMatchObject({ exitCode: 6 });
      expect(set.sent).toHaveLength(1);
      expect(await set.profile()).toMatchObject({ refresh: 'refresh-1', claim: { until: began + 90_000 } });
    },
  );
});

describe('step 8: a claim whose holder was never heard of again', () => {
  test('is taken over at `until` and not before, and the same token presented once more', async () => {
    const { ask, sent, clock, change } = await refreshing();
    const until = clock.now() + 90_000;
    await change({ claim: theirs(until) });
    expect(await ask()).toMatchObject({ refreshed: true });
    expect(sent).toMatchObject([{ refreshToken: 'refresh-1' }]);
    expect(clock.now()).toBeGreaterThanOrEqual(until);
    expect(clock.now()).toBeLessThan(until + 3_000);
  });

  test('is named where that is refused: whoever began it may have used the token up', async () => {
    const { ask, clock, change, profile } = await refreshing(reused);
    await change({ claim: theirs(clock.now() - 1) });
    await expect(ask()).rejects.toMatchObject({
      code: 'ERR_REFRESH_REFUSED',
      message: expect.stringMatching(
        /Sign in again: a refresh started by worker-1 \(process 7\) at noon never reported back/,
      ),
    });
    expect(await profile()).toMatchObject({ dead: { code: 'refresh_token_reused' } });
  });
});

describe('R-OIDC-6 an ID token in the answer', () => {
  const claims = { iss: 'https://auth.openai.com', sub: 'user-1', aud: ['app_EMoamEEZ73f0CkXaXp7hrann'] };
  const answer = (more: object) => (n: number, now: number) =>
    json(200, granted(n + 1, now, { id_token: jwtOf({ ...claims, ...more }) }));

  test('of the same issuer, person and client is as good as none', async () => {
    const set = await refreshing(answer({ exp: 1 }));
    await expect(set.ask()).resolves.toMatchObject({ refreshed: true });
  });

  test.each([
    ['issuer', { iss: 'https://other.example' }],
    ['person', { sub: 'user-2' }],
    ['client', { aud: 'another' }],
  ])('of another %s leaves the old record as it is', async (_, more) => {
    const set = await refreshing(answer(more));
    await expect(set.ask()).rejects.toMatchObject({ code: 'ERR_ID_TOKEN_INVALID', exitCode: 8 });
    expect(await set.profile()).toMatchObject({ refresh: 'refresh-1' });
  });
});

test('nothing that goes wrong shows a token', async () => {
  const seen: unknown[] = [];
  for (const answer of [
    reused,
    reset,
    () => json(400, { error: 'x', error_description: 'refresh-1 is bad' }),
  ]) {
    const { ask } = await refreshing(answer);
    seen.push(await ask().catch((error: unknown) => error));
  }
  expect(inspect(seen, { depth: 9, showHidden: true })).not.toMatch(/refresh-\d|eyJ/);
});

test('a store that is OpenClaw’s database is left to OpenClaw', async () => {
  const { ask, sent, store, change, clock } = await refreshing();
  const theirsAlone: ProfileStore = { ...store, info: { ...store.info, kind: 'openclaw' } };
  await expect(ask({ store: theirsAlone })).rejects.toMatchObject({
    code: 'ERR_REFRESH_ELSEWHERE',
    exitCode: 9,
    message: expect.stringContaining('OpenClaw'),
  });
  await change(left(clock.now(), MINUTE));
  await expect(ask({ store: theirsAlone })).resolves.toMatchObject({ refreshed: false });
  expect(sent).toEqual([]);
});

function jwtOf(claims: object): string {
  return ['e30', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'c2ln'].join('.');
}
