import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../../../mocks/index.ts';
import { login } from '../../../../src/login.ts';
import { openaiChatgpt } from '../../../../src/provider/openai-chatgpt.ts';
import { openaiCodex } from '../../../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../../../src/provider/overrides.ts';
import { openMemoryStore } from '../../../../src/store/memory-store.ts';
import { createVirtualClock } from '../../../support/clock.ts';
import { createPasting, type Pasting } from '../../../support/pasting.ts';
import { type SignInOptions, signIn } from '../../../support/sign-in.ts';

const exchanges = (server: { journal: { entries: readonly { path: string }[] } }) =>
  server.journal.entries.filter(({ path }) => path === '/oauth/token').length;

/** The address at which a browser ends that cannot reach the callback: the server's redirect, not followed. */
async function endOf(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  return answer.headers.get('location') ?? '';
}

/** A login whose browser shows an address that the person pastes. */
function pasteInstead(
  pasting: Pasting,
  textOf: (address: string) => string | string[],
  options: SignInOptions = {},
) {
  return signIn({
    ...options,
    paste: pasting.input,
    async openUrl(url) {
      for (const text of [textOf(await endOf(url))].flat()) pasting.paste(text);
      return { opened: true };
    },
  });
}

describe('an address that is pasted', () => {
  test('completes the login when the callback cannot arrive', async () => {
    const pasting = createPasting();
    const clock = createVirtualClock(Date.now());
    const { result, server } = await pasteInstead(pasting, (address) => address, { clock });
    // Nobody waits for a page: the clock stands still, and with it what would be kept up for a browser.
    expect(result?.routable).toBe(true);
    expect(exchanges(server)).toBe(1);
    expect(pasting.refused).toEqual([]);
    expect(pasting.listening).toBe(false);
  });

  test('may come after wrong ones, each of which is told in a sentence', async () => {
    const pasting = createPasting();
    const { result } = await pasteInstead(pasting, (address) => [
      'hello there!',
      'https://evil.example/auth/callback?code=x&state=y',
      address.replace(/state=[^&]+/, 'state=wrong'),
      address.slice(0, address.indexOf('&state')),
      address,
    ]);
    expect(result?.routable).toBe(true);
    expect(pasting.refused).toEqual([
      expect.stringContaining('neither an address'),
      expect.stringContaining('another address'),
      expect.stringContaining('another sign-in'),
      expect.stringContaining('no "state"'),
    ]);
  });

  test('may come in pieces, as a terminal hands over what was wrapped', async () => {
    const pasting = createPasting();
    const { result } = await pasteInstead(pasting, (address) => [
      address.slice(0, 60),
      address.slice(60, 90),
      address.slice(90),
    ]);
    expect(result?.routable).toBe(true);
  });

  test('R-6749-1 that says no ends the login as a callback that says no does', async () => {
    const pasting = createPasting();
    const { error, server } = await pasteInstead(
      pasting,
      (address) => `?error=access_denied&state=${new URL(address).searchParams.get('state')}`,
    );
    expect(error).toMatchObject({ code: 'ERR_ACCESS_DENIED', exitCode: 3 });
    expect(exchanges(server)).toBe(0);
  });

  test('R-9700-1 as a bare code is used only after a warning and a clear yes', async () => {
    const codeOf = (address: string) => new URL(address).searchParams.get('code') ?? '';
    const sure = createPasting({ sure: true });
    const { result } = await pasteInstead(sure, codeOf);
    expect(result?.routable).toBe(true);
    expect(sure.questions).toEqual([expect.stringContaining('without its "state"')]);

    const unsure = createPasting();
    const second = await pasteInstead(unsure, (address) => [codeOf(address), address]);
    expect(second.result?.routable).toBe(true);
    expect(unsure.refused).toEqual([expect.stringContaining('thrown away')]);
  });

  test('as a bare code is not enough where the answer names a client', async () => {
    const pasting = createPasting({ sure: true });
    const server = await startAuthorizationServer({ profile: 'openai-chatgpt' });
    const provider = overrideProvider(openaiChatgpt, { issuer: server.issuer });
    const textsOf = (address: string) => [new URL(address).searchParams.get('code') ?? '', address];
    const { result } = await pasteInstead(pasting, textsOf, { server, provider });
    expect(result?.routable).toBe(true);
    expect([pasting.questions, pasting.refused]).toEqual([
      [],
      [expect.stringContaining('paste the whole address')],
    ]);
  });

  test('is not waited for any longer once the callback came', async () => {
    const pasting = createPasting();
    const { result, server } = await signIn({ paste: pasting.input });
    expect(result?.routable).toBe(true);
    expect(exchanges(server)).toBe(1);
    expect(pasting.listening).toBe(false);
  });

  test('a terminal that hangs up leaves the callback', async () => {
    const pasting = createPasting();
    pasting.hangUp();
    const { result } = await signIn({ paste: pasting.input });
    expect(result?.routable).toBe(true);
  });
});

// A hundred whole logins each: on a busy machine that takes its time.
describe('a callback and a paste of the same answer, 100 times', { timeout: 120_000 }, () => {
  test.each(['paste', 'callback', 'neither'])(
    'make one exchange and let go of everything when %s is first',
    async (first) => {
      const server = await startAuthorizationServer();
      onTestFinished(() => server.close());
      for (let round = 0; round < 100; round += 1) {
        const pasting = createPasting();
        const agent = createUserAgent();
        const before = exchanges(server);
        let address = '';
        const answer = await login({
          provider: overrideProvider(openaiCodex, { issuer: server.issuer, port: 0 }),
          store: openMemoryStore(),
          paste: pasting.input,
          async openUrl(url) {
            address = await endOf(url);
            if (first !== 'callback') pasting.paste(address);
            if (first !== 'paste') agent.openUrl(address);
            return { opened: true };
          },
          onEvent({ type }) {
            if (type !== 'exchanged') return;
            if (first === 'callback') pasting.paste(address);
            if (first === 'paste') agent.openUrl(address);
          },
        });
        expect(answer.routable).toBe(true);
        // A browser that comes once a paste has ended everything finds nobody; one that is heard reads how it ended.
        const page = await agent.settled.catch((error: NodeJS.ErrnoException) => error.code);
        if (typeof page === 'object') expect(page.html).toContain('Signed in');
        else
          expect([first, page]).toEqual([
            expect.not.stringContaining('callback'),
            expect.stringMatching(/^ECONN/),
          ]);
        expect(exchanges(server) - before).toBe(1);
        expect(pasting.listening).toBe(false);
      }
    },
  );
});

describe('without a callback port', () => {
  const taken = async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void holder.close());
    const address = holder.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };

  test('a login goes on where something can be pasted, and says that nothing listens', async () => {
    const server = await startAuthorizationServer();
    const port = await taken();
    const pasting = createPasting();
    const { result, events } = await signIn({
      server,
      provider: overrideProvider(openaiCodex, { issuer: server.issuer, port }),
      paste: pasting.input,
      async openUrl(url) {
        pasting.paste(await endOf(url));
        return { opened: true };
      },
    });
    expect(result?.routable).toBe(true);
    const listening = events.find(({ type }) => type === 'listening');
    expect(listening).toMatchObject({
      addresses: [],
      note: expect.stringContaining(`port ${port} is held by`),
    });
    expect(events.find(({ type }) => type === 'authorization_url')).not.toHaveProperty('shortUrl');
  });

  test('and ends at once when nothing can be pasted any more', async () => {
    const server = await startAuthorizationServer();
    const pasting = createPasting();
    pasting.hangUp();
    const { error } = await signIn({
      server,
      provider: overrideProvider(openaiCodex, { issuer: server.issuer, port: await taken() }),
      paste: pasting.input,
      openUrl: false,
    });
    expect(error).toMatchObject({ code: 'ERR_TIMED_OUT', summary: expect.stringContaining('no way left') });
  });
});
