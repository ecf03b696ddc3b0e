import { describe, expect, onTestFinished, test } from 'vitest';

import { createUserAgent, forbiddenUserAgent, startAuthorizationServer } from '../../../mocks/index.ts';
import { type LoginOptions, login } from '../../../src/login.ts';
import type { Network, Preflight } from '../../../src/network/index.ts';
import { openaiCodex } from '../../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../../src/provider/overrides.ts';
import { openMemoryStore } from '../../../src/store/memory-store.ts';
import { systemFetch } from '../../../src/system.ts';
import { ConnectionError } from '../../../src/words/connection-error.ts';
import type { LoginEvent } from '../../../src/words/events.ts';

const error = new ConnectionError('tls', { summary: 'The certificate is not trusted.', hint: 'Trust it.' });
const blocked: Preflight = { ok: false, hop: 'tls', summary: error.summary, hint: error.hint, error };
const slow: Preflight = { ok: false, hop: 'name', summary: 'No sign within 3 seconds.', hint: 'Look.' };

/** A login over a network whose preflight is the test's own. */
async function signIn(preflight: Network['preflight'], options: LoginOptions = {}) {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const events: LoginEvent[] = [];
  let closed = false;
  const network: Network = {
    fetch: systemFetch,
    preflight,
    close: async () => {
      closed = true;
    },
  };
  const done = login({
    provider: overrideProvider(openaiCodex, { issuer: server.issuer, port: 0 }),
    store: openMemoryStore(),
    network,
    ...options,
    onEvent(event) {
      events.push(event);
      options.onEvent?.(event);
    },
  });
  const outcome = await done.then(
    (result) => ({ result }),
    (thrown) => ({ error: thrown }),
  );
  return { ...outcome, events, server, closed, types: events.map(({ type }) => type) };
}

describe('a login looks at the way to the token endpoint', () => {
  test('before the browser opens, and after the URL is told', async () => {
    const agent = createUserAgent();
    const asked: string[] = [];
    const events: string[] = [];
    const done = signIn(
      (url) => {
        asked.push(url);
        events.push('looking');
        // Whatever else may happen by now: no browser before the verdict.
        return new Promise((resolve) => {
          setTimeout(() => {
            events.push('found');
            resolve({ ok: true });
          }, 20);
        });
      },
      {
        openUrl: (url, signal) => {
          events.push('opened');
          return agent.openUrl(url, signal);
        },
        onEvent: ({ type }) => events.push(type),
      },
    );
    const { server } = await done;
    expect(asked).toEqual([`${server.issuer}/oauth/token`]);
    expect(events.slice(0, 5)).toEqual(['listening', 'authorization_url', 'looking', 'found', 'opened']);
    expect(events.at(-1)).toBe('result');
  });

  test('and ends where it is certainly blocked: no browser, no exchange, the words of the hop', async () => {
    const forbidden = forbiddenUserAgent();
    const ended = await signIn(async () => blocked, { openUrl: forbidden.openUrl });
    expect(ended).toMatchObject({ error: { code: 'ERR_NETWORK', exitCode: 6, hop: 'tls' }, closed: false });
    expect(ended.types).toEqual(['listening', 'authorization_url', 'network', 'error']);
    expect(ended.events.at(-2)).toMatchObject({
      ok: false,
      final: true,
      hop: 'tls',
      summary: error.summary,
      hint: 'Trust it.',
    });
    expect(forbidden.opened).toEqual([]);
    expect(ended.server.journal.entries.filter(({ path }) => path === '/oauth/token')).toEqual([]);
  });

  test('and goes on with a note where nothing is opened: the network may come back before the person has signed in', async () => {
    const agent = createUserAgent();
    let page = '';
    const ended = await signIn(async () => blocked, {
      openUrl: false,
      onEvent(event) {
        if (event.type === 'authorization_url') page = event.url;
        if (event.type === 'network') agent.openUrl(page);
      },
    });
    expect(ended).toMatchObject({ result: { routable: true } });
    const [note] = ended.events.filter(({ type }) => type === 'network');
    expect(note).toMatchObject({ ok: false, hop: 'tls' });
    expect(note).not.toHaveProperty('final');
  });

  test('and goes on with a note where it is only slow', async () => {
    const ended = await signIn(async () => slow, { openUrl: createUserAgent().openUrl });
    expect(ended).toMatchObject({ result: { routable: true } });
    expect(ended.types.slice(0, 4)).toEqual(['listening', 'authorization_url', 'network', 'browser']);
    expect(ended.events[2]).toMatchObject({ ok: false, hop: 'name', summary: slow.summary });
  });

  test('and goes on without a word where it cannot look, or has nothing to tell', async () => {
    for (const preflight of [
      async () => ({ ok: true }) as const,
      () => Promise.reject(new Error('planted')),
    ]) {
      const ended = await signIn(preflight, { openUrl: createUserAgent().openUrl });
      expect(ended).toMatchObject({ result: { routable: true } });
      expect(ended.types).not.toContain('network');
    }
  });

  test('but not where all requests go through a fetch of the caller’s own', async () => {
    let looked = 0;
    const never = async () => {
      looked += 1;
      return blocked;
    };
    const own = { fetch: systemFetch, openUrl: createUserAgent().openUrl };
    expect(await signIn(never, own)).toMatchObject({ result: { routable: true } });
    expect(looked).toBe(0);
  });

  test('and an interruption ends the look, and the login, at once', async () => {
    const stop = new AbortController();
    let ended = false;
    const { error: thrown, types } = (await signIn(
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            ended = true;
            reject(signal.reason);
          });
          stop.abort();
        }),
      { signal: stop.signal, openUrl: forbiddenUserAgent().openUrl },
    )) as { error: unknown; types: string[] };
    expect(thrown).toMatchObject({ code: 'ERR_ABORTED' });
    expect([ended, types.at(-1)]).toEqual([true, 'error']);
  });
});
