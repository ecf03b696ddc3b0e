import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';

import {
  type AuthorizationServer,
  createUserAgent,
  type ScenarioName,
  startAuthorizationServer,
} from '../../../../mocks/index.ts';
import { login } from '../../../../src/login.ts';
import { openaiCodex } from '../../../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../../../src/provider/overrides.ts';
import { openMemoryStore } from '../../../../src/store/memory-store.ts';
import { aborted } from '../../../../src/words/deadline.ts';
import type { LoginEvent } from '../../../../src/words/events.ts';
import { createPasting } from '../../../support/pasting.ts';
import { createPollClock } from '../../../support/poll-clock.ts';
import { signIn } from '../../../support/sign-in.ts';

const exchanges = (server: AuthorizationServer) =>
  server.journal.entries.filter(({ path }) => path === '/oauth/token').length;

/** A login with a device code whose polls need no waiting, against a server of the same clock. */
async function signInWithDevice(
  options: {
    scenario?: ScenarioName;
    times?: number;
    approve?: 'auto' | 'page';
    onEvent?: (event: LoginEvent, server: AuthorizationServer) => void;
  } = {},
) {
  const clock = createPollClock();
  const { approve = 'auto', onEvent, ...rest } = options;
  const server = await startAuthorizationServer({ clock, approve });
  return signIn({
    ...rest,
    server,
    clock,
    device: true,
    openUrl: undefined,
    onEvent: (event) => onEvent?.(event, server),
  });
}

describe('a login with a device code', () => {
  test('R-8628-3 tells the code and where to enter it, opens no browser, and ends with a credential that would be used', async () => {
    const { result, events, server } = await signInWithDevice();
    expect(result).toMatchObject({ routable: true, email: 'robin@example.com' });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'device_code',
        verificationUri: `${server.issuer}/codex/device`,
        userCode: expect.stringMatching(/^\S{6,}$/),
        expiresIn: 900,
      }),
    );
    expect(events).toContainEqual(expect.objectContaining({ type: 'browser', opened: false }));
    expect(exchanges(server)).toBe(1);
  });

  test('ends with exit status 3 when the person says no', async () => {
    const { error, server } = await signInWithDevice({
      approve: 'page',
      onEvent: (event, { device }) => void (event.type === 'device_code' && device.deny(event.userCode)),
    });
    expect(error).toMatchObject({ code: 'ERR_ACCESS_DENIED', exitCode: 3 });
    expect(exchanges(server)).toBe(0);
  });

  test('ends with exit status 4 when the code expires', async () => {
    const { error } = await signInWithDevice({ scenario: 'device-expired', times: Number.POSITIVE_INFINITY });
    expect(error).toMatchObject({ code: 'ERR_DEVICE_CODE_EXPIRED', exitCode: 4 });
  });

  test('names the setting when the account has not enabled device codes', async () => {
    const { error } = await signInWithDevice({
      scenario: 'device-disabled',
      times: Number.POSITIVE_INFINITY,
    });
    expect(error).toMatchObject({
      code: 'ERR_DEVICE_CODE_DISABLED',
      hint: expect.stringContaining('Settings'),
    });
  });

  test('needs no callback port', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void holder.close());
    const { port } = holder.address() as { port: number };
    const clock = createPollClock();
    const server = await startAuthorizationServer({ clock });
    const provider = overrideProvider(openaiCodex, { issuer: server.issuer, port });
    const { result } = await signIn({ server, clock, provider, device: true, openUrl: undefined });
    expect(result?.routable).toBe(true);
  });

  test('is over before the first poll when the person interrupts', async () => {
    const interruption = new AbortController();
    const clock = createPollClock();
    clock.hold();
    const server = await startAuthorizationServer({ clock });
    const { error } = await signIn({
      server,
      clock,
      device: true,
      openUrl: undefined,
      signal: interruption.signal,
      onEvent: ({ type }) => void (type === 'device_code' && interruption.abort()),
    });
    clock.letGo();
    expect(error).toMatchObject({ code: 'ERR_ABORTED' });
    expect(server.journal.entries.filter(({ path }) => path.endsWith('/deviceauth/token'))).toEqual([]);
  });
});

/** Where the browser would end, for a person who pastes it. */
async function endOf(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  return answer.headers.get('location') ?? '';
}

// A hundred whole logins each: on a busy machine that takes its time.
describe('a device code and another way, 100 times', { timeout: 120_000 }, () => {
  test.each([
    ['callback', 'the device'],
    ['callback', 'the callback'],
    ['paste', 'the device'],
    ['paste', 'the paste'],
  ] as const)('make one exchange and let go of everything: %s, when %s is first', async (other, first) => {
    const clock = createPollClock();
    const server = await startAuthorizationServer({ clock });
    onTestFinished(() => server.close());
    for (let round = 0; round < 100; round += 1) {
      const pasting = createPasting();
      const agent = createUserAgent();
      const before = exchanges(server);
      // A round takes 20 ms: one that does not end says how far it came.
      const limit = AbortSignal.timeout(20_000);
      const happened: string[] = [];
      let url = '';
      const arrive = async () => {
        if (other === 'callback') agent.openUrl(url);
        else pasting.paste(first === 'the device' ? LATE : await endOf(url));
      };
      if (first !== 'the device') clock.hold();
      const { routable } = await login({
        provider: overrideProvider(openaiCodex, { issuer: server.issuer, port: 0 }),
        store: openMemoryStore(),
        clock,
        device: true,
        paste: pasting.input,
        signal: limit,
        onEvent(event) {
          happened.push(event.type);
          if (event.type === 'authorization_url') url = event.url;
          if (event.type === 'device_code' && first !== 'the device') arrive();
          if (event.type !== 'exchanged') return;
          clock.letGo();
          if (first === 'the device') arrive();
        },
      }).catch((error) => {
        throw new Error(`round ${round}: ${error}, after ${happened.join(', ')}`);
      });
      expect(routable).toBe(true);
      if (other === 'callback') {
        // A browser that comes once everything has ended finds nobody.
        const page = await Promise.race([agent.settled, aborted(limit)]).catch(
          (error: NodeJS.ErrnoException) => error.code ?? error,
        );
        if (typeof page === 'object' && 'html' in page)
          expect(page.html).toContain(first === 'the device' ? 'this tab was not needed' : 'Signed in to');
        else expect([first, page]).toEqual(['the device', expect.stringMatching(/^ECONN/)]);
      }
      expect(exchanges(server) - before).toBe(1);
      expect(pasting.listening).toBe(false);
    }
  });
});

/** An address that comes when nobody waits for one any more. */
const LATE = 'http://localhost/auth/callback?code=late&state=late';
