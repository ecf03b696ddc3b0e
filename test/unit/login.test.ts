import { describe, expect, onTestFinished, test } from 'vitest';

import {
  createUserAgent,
  forbiddenUserAgent,
  type ScenarioName,
  scenarios,
  startAuthorizationServer,
} from '../../mocks/index.ts';
import { login } from '../../src/login.ts';
import { openaiCodex } from '../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../src/provider/overrides.ts';
import { openMemoryStore } from '../../src/store/memory-store.ts';
import type { ErrorCode } from '../../src/words/errors.ts';
import { createVirtualClock } from '../support/clock.ts';
import { send } from '../support/http.ts';
import { parsePage } from '../support/parsed-page.ts';
import { signIn } from '../support/sign-in.ts';

const provider = 'openai-codex';

describe('a login', () => {
  test('openclaw-63856: an empty store ends with profile, order and lastGood, and the profile would be used', async () => {
    const { result, store, events } = await signIn();
    const id = 'openai-codex:robin@example.com';
    expect(result).toMatchObject({
      profileId: id,
      order: [id],
      lastGood: id,
      routable: true,
      email: 'robin@example.com',
      plan: 'plus',
    });
    const { state } = await store.read();
    expect(state).toMatchObject({ order: { [provider]: [id] }, lastGood: { [provider]: id } });
    expect(state.profiles[id]).toMatchObject({
      type: 'oauth',
      provider,
      accountId: result?.accountId,
      email: 'robin@example.com',
    });
    expect(state.profiles[id]?.expires).toBe(result?.expires);
    expect(events.map(({ type }) => type).filter((type) => type !== 'browser')).toEqual([
      'listening',
      'authorization_url',
      'exchanged',
      'committed',
      'result',
    ]);
  });

  test('shows success only after the commit, at an address without a code (pi and openclaw show it before the exchange)', async () => {
    const server = await startAuthorizationServer();
    onTestFinished(() => server.close());
    const agent = createUserAgent();
    const store = openMemoryStore();
    const shownBeforeCommit: unknown[] = [];
    const watched = {
      ...store,
      commit: async (...args: Parameters<typeof store.commit>) => {
        shownBeforeCommit.push(agent.lastPage()?.status);
        const committed = await store.commit(...args);
        shownBeforeCommit.push(agent.lastPage()?.status);
        return committed;
      },
    } as typeof store;
    await signIn({ server, agent, store: watched });
    expect(shownBeforeCommit).toEqual([302, 302]);
    const page = await agent.settled;
    expect(page.html).toContain('Signed in to ChatGPT');
    expect(page.html).toContain('robin@example.com');
    expect(new URL(page.url).search).toBe('');
  });

  test('R-9700-3 puts no token into an address (codex has the ID token in the one of its /success)', async () => {
    const { server, agent } = await signIn();
    const tokens = server.journal
      .secrets()
      .filter((secret) => /^(?:access|refresh|id-token)#/.test(server.journal.label(secret) ?? ''));
    expect(tokens.length).toBeGreaterThanOrEqual(3);
    const addresses = [...agent.visited, agent.lastPage()?.url].join('\n');
    expect(tokens.filter((token) => addresses.includes(token))).toEqual([]);
  });

  test('R-6749-2 makes one exchange when the callback comes twice (a second callback makes codex exit 1)', async () => {
    const { result, server } = await signIn({ agent: createUserAgent({ deliverTwice: true }) });
    expect(result?.routable).toBe(true);
    expect(server.journal.entries.filter(({ path }) => path === '/oauth/token')).toHaveLength(1);
  });

  test('R-8252-8 R-8252-3 sends no client secret and no state to the token endpoint, and the redirect URI it registered', async () => {
    const { server } = await signIn();
    const asked = server.journal.entries.find(({ path }) => path === '/oauth/authorize')?.parameters;
    const exchanged = server.journal.entries.find(({ path }) => path === '/oauth/token')?.parameters;
    expect(Object.keys(exchanged ?? {}).sort()).toEqual([
      'client_id',
      'code',
      'code_verifier',
      'grant_type',
      'redirect_uri',
    ]);
    expect(exchanged?.redirect_uri).toBe(asked?.redirect_uri);
  });

  test('a browser that does not open is an event, and the login waits', async () => {
    const agent = createUserAgent();
    const { events, result } = await signIn({
      openUrl: async (url) => {
        await agent.openUrl(url);
        return { opened: false, reason: 'there is no display here' };
      },
    });
    expect(result?.routable).toBe(true);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'browser', opened: false, reason: 'there is no display here' }),
    );
  });

  test('opens nothing with openUrl false, and tells the URL', async () => {
    const forbidden = forbiddenUserAgent();
    const agent = createUserAgent();
    const { events } = await signIn({
      openUrl: false,
      onEvent: (event) => void (event.type === 'authorization_url' && agent.openUrl(event.url)),
    });
    expect(forbidden.opened).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'browser', opened: false }));
  });

  test.each([
    ['D', {}, 'stale', expect.stringContaining('Restart the gateway')],
    ['D', { old: { type: 'api_key', provider: 'openai-codex', key: 'k' } }, 'reloaded', undefined],
    ['C', {}, 'reloaded', undefined],
  ])(
    'a gateway of generation %s with %j stored before, and confirming, is %s',
    async (generation, profiles, gateway, hint) => {
      const store = openMemoryStore({ initial: { version: 1, profiles } });
      const { result } = await signIn({
        store: { ...store, info: { ...store.info, generation } },
        gateway: async () => ({ state: 'reloaded' }),
      });
      expect(result).toMatchObject({ routable: true, gateway });
      expect(result?.hint).toEqual(hint);
    },
  );

  test('a gateway that cannot even be asked is stale, the login stands, and the page tells the step that is left once', async () => {
    const agent = createUserAgent();
    const { result, error } = await signIn({
      agent,
      async gateway() {
        throw new Error('of no concern');
      },
    });
    expect(error).toBeUndefined();
    expect(result).toMatchObject({
      routable: true,
      gateway: 'stale',
      hint: expect.stringContaining('openclaw secrets reload'),
    });
    const page = parsePage((await agent.settled).html);
    expect(page.all('h1')).toEqual(['Signed in, one step left']);
    expect(page.told('Gateway')).toContain('may still use the earlier credential');
    expect(page.all('code').filter((text) => text === 'openclaw secrets reload')).toHaveLength(1);
    expect(page.all('section')).toHaveLength(1);
  });

  test('the page keeps what is worth knowing beside the step that is left', async () => {
    const agent = createUserAgent();
    const hint = 'A gateway is running. Run: openclaw secrets reload';
    await signIn({
      agent,
      configuration: async () => ({ defaultModel: 'openai/gpt-5' }),
      gateway: async () => ({ state: 'stale', hint }),
    });
    const [step, note, ...more] = parsePage((await agent.settled).html).all('section');
    expect(step).toBe(`What to do next${hint}`);
    expect(note).toMatch(/^Worth knowingOpenClaw's default model is openai\/gpt-5.*<model>$/);
    expect(more).toEqual([]);
  });

  test('an onEvent that throws does not end it', async () => {
    const { result } = await signIn({
      onEvent: () => {
        throw new Error('listener');
      },
    });
    expect(result?.routable).toBe(true);
  });

  test('asks nobody to sign in when the store cannot be understood', async () => {
    const forbidden = forbiddenUserAgent();
    const broken = {
      ...openMemoryStore(),
      read: () => Promise.reject(Object.assign(new Error('x'), { code: 'ERR_TEST' })),
    };
    const { error, server } = await signIn({ store: broken, openUrl: forbidden.openUrl });
    expect(error).toMatchObject({ code: 'ERR_UNEXPECTED' });
    expect(forbidden.opened).toEqual([]);
    expect(server.journal.entries).toEqual([]);
  });

  test('asks nobody to sign in when the store could not be written', async () => {
    const forbidden = forbiddenUserAgent();
    const sealed = {
      ...openMemoryStore(),
      probe: () => Promise.reject(Object.assign(new Error('x'), { code: 'ERR_TEST' })),
    };
    const { error, server } = await signIn({ store: sealed, openUrl: forbidden.openUrl });
    expect(error).toMatchObject({ code: 'ERR_UNEXPECTED' });
    expect(forbidden.opened).toEqual([]);
    expect(server.journal.entries).toEqual([]);
  });

  test('ends with exit status 4 when nobody answers in time, and says how long that was (codex, pi and openclaw 4.5 have no overall limit)', async () => {
    const clock = createVirtualClock();
    const pending = signIn({ clock, timeoutMs: 600_000, openUrl: false });
    await clock.sleepers(1);
    await clock.advance(600_000);
    const { error } = await pending;
    expect(error).toMatchObject({ code: 'ERR_TIMED_OUT', exitCode: 4 });
    expect(error?.message).toContain('600 seconds');
  });

  test('says "1 second" where it was one', async () => {
    const clock = createVirtualClock();
    const pending = signIn({ clock, timeoutMs: 1_000, openUrl: false });
    await clock.sleepers(1);
    await clock.advance(1_000);
    expect((await pending).error?.summary).toBe('Nobody finished the sign-in within 1 second.');
  });

  test('with no limit, or one of 30 days, waits for the person', async () => {
    for (const timeoutMs of [Number.POSITIVE_INFINITY, 30 * 24 * 60 * 60 * 1000]) {
      const { result } = await signIn({ timeoutMs, exchangeTimeoutMs: timeoutMs });
      expect(result?.routable).toBe(true);
    }
  });

  test.each([
    { timeoutMs: Number.NaN },
    { timeoutMs: -1 },
    { exchangeTimeoutMs: Number.NaN },
    { exchangeTimeoutMs: -1 },
    { timeoutMs: '600' as unknown as number },
  ])('is refused with a limit that is none: %o', async (limits) => {
    const forbidden = forbiddenUserAgent();
    const { error, events } = await signIn({ ...limits, openUrl: forbidden.openUrl });
    expect(error).toMatchObject({ code: 'ERR_USAGE', exitCode: 2 });
    expect(error?.message).toContain(Object.keys(limits)[0]);
    expect(events.map(({ type }) => type)).toEqual(['error']);
    expect(forbidden.opened).toEqual([]);
  });

  test('a commit that fails shows it on the page, with the code that the terminal shows', async () => {
    const store = {
      ...openMemoryStore(),
      commit: () => Promise.reject(new Error('disk on fire')),
    } as ReturnType<typeof openMemoryStore>;
    const { error, agent } = await signIn({ store });
    expect(error).toMatchObject({ code: 'ERR_UNEXPECTED', exitCode: 1 });
    await expect(agent.settled).rejects.toThrow('400');
    expect(agent.lastPage()?.html).toContain('ERR_UNEXPECTED');
  });

  test('R-8252-6 leaves no socket behind, however it ends', async () => {
    for (const scenario of [undefined, 'access-denied', 'token-500', 'id-token-expired'] as const) {
      const { events } = await signIn({ scenario });
      const listening = events.find(({ type }) => type === 'listening');
      const port = listening?.type === 'listening' ? (listening.addresses[0]?.port ?? 0) : 0;
      await expect(send(port, '/')).rejects.toThrow('ECONNREFUSED');
    }
  });
});

describe('an aborted login', () => {
  const steps = ['listening', 'authorization_url', 'exchanged'] as const;
  test.each(steps)('at "%s" stores nothing, opens nothing more and says so', async (step) => {
    const controller = new AbortController();
    const store = openMemoryStore();
    const { error } = await signIn({
      store,
      signal: controller.signal,
      onEvent: ({ type }) => void (type === step && controller.abort()),
    });
    expect(error).toMatchObject({ code: 'ERR_ABORTED', exitCode: 130 });
    expect((await store.read()).state.profiles).toEqual({});
  });

  test('before its first step does nothing at all', async () => {
    const { error, events, server } = await signIn({ signal: AbortSignal.abort() });
    expect(error).toMatchObject({ code: 'ERR_ABORTED' });
    expect(events.map(({ type }) => type)).toEqual(['error']);
    expect(server.journal.entries).toEqual([]);
  });

  test('ends at once although the fetch that was passed in takes no notice', async () => {
    const controller = new AbortController();
    const { error } = await signIn({
      signal: controller.signal,
      fetch: (url) => {
        if (String(url).includes('/oauth/token')) controller.abort();
        return new Promise(() => undefined);
      },
    });
    expect(error).toMatchObject({ code: 'ERR_ABORTED' });
  });

  test('while the token endpoint hangs ends at once', async () => {
    const controller = new AbortController();
    const server = await startAuthorizationServer({
      onExchange: ({ path }) => void (path === '/oauth/token' && controller.abort()),
    });
    const { error, agent } = await signIn({ server, scenario: 'token-hang', signal: controller.signal });
    expect(error).toMatchObject({ code: 'ERR_ABORTED' });
    // Whoever came back with the browser is told: codex resets the connection.
    await expect(agent.settled).rejects.toThrow('400');
    expect(agent.lastPage()?.html).toContain('ERR_ABORTED');
  });

  test('keeps its page up for a second, and no longer, when the browser does not come for it', async () => {
    const controller = new AbortController();
    const clock = createVirtualClock();
    const server = await startAuthorizationServer({
      onExchange: ({ path }) => void (path === '/oauth/token' && controller.abort()),
    });
    let ended = false;
    let holds: (answer: Promise<{ status: number }>) => void = () => undefined;
    const held = new Promise<{ status: number }>((resolve) => {
      holds = resolve;
    });
    const pending = signIn({
      server,
      clock,
      scenario: 'token-hang',
      signal: controller.signal,
      // A browser that comes with the code and never asks for the page.
      async openUrl(url) {
        const { searchParams } = new URL(url);
        const { port } = new URL(searchParams.get('redirect_uri') ?? '');
        holds(send(Number(port), `/auth/callback?code=c&state=${searchParams.get('state')}`));
        return { opened: true };
      },
    }).finally(() => {
      ended = true;
    });
    expect(await held).toMatchObject({ status: 303 });
    await clock.advance(999);
    expect(ended).toBe(false);
    await clock.advance(1);
    expect((await pending).error).toMatchObject({ code: 'ERR_ABORTED' });
  });
});

type Expected = 'signed in' | 'turned away, then signed in' | ErrorCode;
const onLogin: Partial<Record<ScenarioName, Expected>> = {
  'access-denied': 'ERR_ACCESS_DENIED',
  'entitlement-missing': 'ERR_ENTITLEMENT_MISSING',
  'invalid-scope': 'ERR_AUTHORIZATION_FAILED',
  'error-description-escapes': 'ERR_ACCESS_DENIED',
  'state-missing': 'turned away, then signed in',
  'state-wrong': 'turned away, then signed in',
  'state-doubled': 'turned away, then signed in',
  'state-suffixed': 'signed in',
  'state-suffixed-unknown': 'turned away, then signed in',
  'error-without-state': 'turned away, then signed in',
  'tokens-in-front-channel': 'turned away, then signed in',
  'iss-wrong': 'ERR_ISSUER_MISMATCH',
  // No client is registered here: an answer may name the one that asked, and no other.
  'client-missing': 'signed in',
  'client-unregistered': 'signed in',
  'client-wrong': 'ERR_CLIENT_MISMATCH',
  'token-narrowed-scope': 'signed in',
  'iss-present': 'signed in',
  'token-hang': 'ERR_TOKEN_TIMED_OUT',
  'token-slow': 'signed in',
  'token-reset': 'ERR_NETWORK',
  'token-truncated': 'ERR_NETWORK',
  'token-500': 'ERR_TOKEN_ENDPOINT',
  'token-503': 'ERR_TOKEN_ENDPOINT',
  'token-429': 'ERR_TOKEN_ENDPOINT',
  'token-html': 'ERR_TOKEN_ENDPOINT',
  'token-region': 'ERR_REGION_UNSUPPORTED',
  'token-redirect': 'ERR_TOKEN_ENDPOINT',
  'token-invalid-grant': 'ERR_TOKEN_ENDPOINT',
  'token-no-access-token': 'ERR_TOKEN_ENDPOINT',
  'token-no-refresh-token': 'ERR_TOKEN_ENDPOINT',
  'token-no-id-token': 'ERR_TOKEN_ENDPOINT',
  'token-no-token-type': 'signed in',
  'token-lowercase-token-type': 'signed in',
  'token-other-type': 'ERR_TOKEN_ENDPOINT',
  'token-no-expires-in': 'signed in',
  'token-string-expires-in': 'signed in',
  'token-wrong-content-type': 'ERR_TOKEN_ENDPOINT',
  'token-not-json': 'ERR_TOKEN_ENDPOINT',
  'token-201': 'ERR_TOKEN_ENDPOINT',
  'id-token-wrong-issuer': 'ERR_ID_TOKEN_INVALID',
  'id-token-wrong-audience': 'ERR_ID_TOKEN_INVALID',
  'id-token-second-audience-without-azp': 'ERR_ID_TOKEN_INVALID',
  'id-token-wrong-azp': 'ERR_ID_TOKEN_INVALID',
  'id-token-expired': 'ERR_ID_TOKEN_INVALID',
  'id-token-issued-in-future': 'ERR_ID_TOKEN_INVALID',
  'id-token-wrong-at-hash': 'ERR_ID_TOKEN_INVALID',
  'id-token-no-at-hash': 'signed in',
  'id-token-no-subject': 'ERR_ID_TOKEN_INVALID',
  'id-token-bad-signature': 'ERR_ID_TOKEN_INVALID',
  'id-token-alg-none': 'ERR_ID_TOKEN_INVALID',
  'id-token-hs256': 'ERR_ID_TOKEN_INVALID',
  'id-token-unknown-kid': 'ERR_ID_TOKEN_INVALID',
  'id-token-garbage': 'ERR_ID_TOKEN_INVALID',
  'id-token-no-account': 'ERR_ACCOUNT_MISSING',
  'id-token-account-in-access-token-only': 'signed in',
  'id-token-no-email': 'signed in',
  'jwks-rotated': 'signed in',
  'jwks-500': 'ERR_TOKEN_ENDPOINT',
  'jwks-html': 'ERR_TOKEN_ENDPOINT',
  'jwks-hang': 'ERR_TOKEN_TIMED_OUT',
  'code-missing': 'turned away, then signed in',
  'code-doubled': 'turned away, then signed in',
  'delivered-twice': 'signed in',
  'authorize-server-error': 'ERR_AUTHORIZATION_FAILED',
  'authorize-unavailable': 'ERR_AUTHORIZATION_FAILED',
  'authorize-login-required': 'ERR_AUTHORIZATION_FAILED',
  'authorize-invalid-request': 'ERR_AUTHORIZATION_FAILED',
  'authorize-unauthorized-client': 'ERR_AUTHORIZATION_FAILED',
  'token-invalid-client': 'ERR_TOKEN_ENDPOINT',
  'token-invalid-request': 'ERR_TOKEN_ENDPOINT',
  'token-invalid-scope': 'ERR_TOKEN_ENDPOINT',
  'token-unauthorized-client': 'ERR_TOKEN_ENDPOINT',
  'token-unsupported-grant-type': 'ERR_TOKEN_ENDPOINT',
  'token-403': 'ERR_TOKEN_ENDPOINT',
  'token-404': 'ERR_TOKEN_ENDPOINT',
  'token-502': 'ERR_TOKEN_ENDPOINT',
  'token-html-200': 'ERR_TOKEN_ENDPOINT',
  'token-204': 'ERR_TOKEN_ENDPOINT',
  'token-empty': 'ERR_TOKEN_ENDPOINT',
  'token-list': 'ERR_TOKEN_ENDPOINT',
  'token-stalled': 'ERR_TOKEN_TIMED_OUT',
  'token-huge': 'ERR_TOKEN_ENDPOINT',
  'token-negative-expires-in': 'signed in',
  'id-token-no-issuer': 'ERR_ID_TOKEN_INVALID',
  'id-token-no-audience': 'ERR_ID_TOKEN_INVALID',
  'id-token-no-expiry': 'ERR_ID_TOKEN_INVALID',
  'id-token-no-issued-at': 'ERR_ID_TOKEN_INVALID',
  'id-token-text-audience': 'signed in',
  'id-token-no-kid': 'signed in',
  'id-token-no-kid-two-keys': 'ERR_ID_TOKEN_INVALID',
  'jwks-404': 'ERR_TOKEN_ENDPOINT',
  'jwks-empty': 'ERR_ID_TOKEN_INVALID',
  'jwks-not-json': 'ERR_TOKEN_ENDPOINT',
  'jwks-reset': 'ERR_NETWORK',
};
const onDiscovery: Partial<Record<ScenarioName, Expected>> = {
  'id-token-wrong-nonce': 'ERR_ID_TOKEN_INVALID',
  'id-token-no-nonce': 'ERR_ID_TOKEN_INVALID',
  'discovery-other-issuer': 'ERR_DISCOVERY',
  'discovery-html': 'ERR_DISCOVERY',
  'discovery-plain-pkce': 'ERR_DISCOVERY',
  'discovery-promises-iss': 'ERR_ISSUER_MISMATCH',
  'discovery-iss': 'signed in',
  'discovery-404': 'ERR_DISCOVERY',
  'discovery-500': 'ERR_DISCOVERY',
  'discovery-not-json': 'ERR_DISCOVERY',
  'discovery-plain-http': 'ERR_DISCOVERY',
  'discovery-no-pkce': 'signed in',
  'discovery-hang': 'ERR_TOKEN_TIMED_OUT',
  'iss-missing': 'ERR_ISSUER_MISMATCH',
  'iss-wrong-promised': 'ERR_ISSUER_MISMATCH',
};
/** What each row of the table keeps, by the id of the requirement. */
const keeps: readonly (readonly [RegExp, string])[] = [
  [/^(access|entitlement|invalid-scope|error-description)/, 'R-6749-1'],
  [/^state-|^error-without/, 'R-9700-1'],
  [/^state-doubled/, 'R-6749-6'],
  [/^tokens-in/, 'R-9700-4'],
  [/^iss-wrong/, 'R-9207-1'],
  [/promises-iss|^iss-missing/, 'R-9207-2'],
  [/^token-redirect/, 'R-6749-5'],
  [/^token-invalid-grant/, 'R-7636-5'],
  [/token-type|other-type|expires-in/, 'R-6749-3'],
  [/issuer|audience|azp/, 'R-OIDC-1'],
  [/signature|alg-none|hs256|kid|jwks/, 'R-OIDC-2'],
  [/expired|future|expiry|issued-at/, 'R-OIDC-3'],
  [/nonce/, 'R-OIDC-4'],
  [/at-hash/, 'R-OIDC-5'],
  [/^discovery-other-issuer/, 'R-8414-1'],
  [/plain-pkce/, 'R-7636-3'],
];
const rows = (table: Partial<Record<ScenarioName, Expected>>) =>
  Object.entries(table).map(([name, expected]) => {
    const ids = keeps.filter(([pattern]) => pattern.test(name)).map(([, id]) => id);
    return [ids.join(' '), name as ScenarioName, expected as Expected] as const;
  });

/** How often a scenario has to apply so that it is not gone before the login looks. */
const lasting = (name: ScenarioName) => (/^(jwks|discovery)/.test(name) ? Number.POSITIVE_INFINITY : 1);

async function expectOutcome(name: ScenarioName, expected: Expected, discover: boolean): Promise<void> {
  const { result, error, store, server, agent } = await signIn({
    scenario: name,
    times: lasting(name),
    discover,
    exchangeTimeoutMs: /hang|stalled/.test(name) ? 300 : 30_000,
    again: expected.startsWith('turned away'),
  });
  const { state } = await store.read();
  if (!expected.startsWith('ERR_')) {
    expect(error).toBeUndefined();
    expect(result?.routable).toBe(true);
    if (expected.startsWith('turned away')) await expect(agent.settled).rejects.toThrow('400');
    return;
  }
  expect(error?.code).toBe(expected);
  expect(state).toEqual({ version: 1, profiles: {} });
  expect(error?.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(server.journal.entries.filter(({ path }) => path === '/oauth/token').length).toBeLessThanOrEqual(1);
  // Whoever came back with the browser reads the same code as the terminal.
  const page = agent.lastPage();
  if (page?.url.startsWith('http://localhost') !== true) return;
  expect(page.html).toContain(expected);
  expect(new URL(page.url).search).toBe('');
}

describe('a login against a server that', () => {
  test.each(rows(onLogin))('%s is "%s" ends as: %s', (_, name, expected) =>
    expectOutcome(name, expected, false),
  );
  test.each(rows(onDiscovery))('%s is discovered and "%s" ends as: %s', (_, name, expected) =>
    expectOutcome(name, expected, true),
  );

  test('has any fault that the mock knows is in one of the two tables, or concerns refresh, revocation, userinfo and device codes, which have tables of their own', () => {
    const rest = Object.keys(scenarios).filter((name) => !(name in onLogin) && !(name in onDiscovery));
    expect(rest.filter((name) => !/^(refresh|revoke|device|userinfo)-/.test(name))).toEqual([
      // Nothing comes back: a login that nobody answers is above, and so is a slow answer (token-slow).
      'authorize-slow',
      'authorize-hang',
      'authorize-500',
      'jwks-slow',
      'discovery-other-endpoints',
    ]);
  });

  test('R-6749-5 redirects from the token endpoint sees the code once and is not followed (codex and pi post it again)', async () => {
    const { server } = await signIn({ scenario: 'token-redirect' });
    expect(server.journal.entries.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual([
      '/oauth/token',
    ]);
  });

  test('names other endpoints in its metadata is asked at the pinned ones', async () => {
    const { result, server } = await signIn({
      scenario: 'discovery-other-endpoints',
      times: Number.POSITIVE_INFINITY,
    });
    expect(result?.routable).toBe(true);
    expect(server.journal.entries.map(({ path }) => path)).not.toContain('/.well-known/openid-configuration');
  });

  test('cannot be reached at all ends with exit status 6', async () => {
    const server = await startAuthorizationServer();
    await server.close();
    const { error } = await signIn({ server, discover: true });
    expect(error).toMatchObject({ code: 'ERR_NETWORK', exitCode: 6 });
    expect(error?.message).toContain('ECONNREFUSED');
  });

  test('is discovered signs in with iss and sub, a nonce and no account id', async () => {
    const { result } = await signIn({ discover: true });
    expect(result?.accountId).toContain('|');
    expect(result?.routable).toBe(true);
  });
});

test('R-8252-4 the registered ports are tried in their order: with both taken the login ends with exit status 5', async () => {
  const { createServer } = await import('node:net');
  const taken = await Promise.all(
    [0, 0].map(async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void server.close());
      return (server.address() as { port: number }).port;
    }),
  );
  const redirectUris = taken.map((port) => `http://localhost:${port}/auth/callback`);
  const forbidden = forbiddenUserAgent();
  const error = await login({
    provider: { ...overrideProvider(openaiCodex, {}), redirectUris },
    store: openMemoryStore(),
    openUrl: forbidden.openUrl,
  }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_NO_CALLBACK_PORT', exitCode: 5 });
  expect(forbidden.opened).toEqual([]);
});
