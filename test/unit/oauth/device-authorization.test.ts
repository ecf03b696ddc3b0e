import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';

import type { ScenarioName } from '../../../mocks/index.ts';
import { requestDeviceAuthorization } from '../../../src/oauth/device-authorization.ts';
import { openRedemption } from '../../../src/oauth/redemption.ts';
import { PROTOCOLS, refusedCode, runDevice, setUpDevice } from '../../support/device.ts';

const outcomes = (server: { journal: { entries: readonly { outcome: string }[] } }) =>
  server.journal.entries.map(({ outcome }) => outcome);

describe.each(PROTOCOLS)('a device authorization (%s)', (protocol) => {
  test('R-8628-3 shows a page at the issuer, a code to enter there, and for how long', async () => {
    const { context, server } = await setUpDevice(protocol);
    const device = await requestDeviceAuthorization(context);
    expect(device).toMatchObject({
      verificationUri: `${server.issuer}/codex/device`,
      userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{5}$/),
      expiresInSeconds: 900,
    });
    expect(device.verificationUriComplete).toBe(
      protocol === 'openai' ? undefined : `${server.issuer}/codex/device?user_code=${device.userCode}`,
    );
  });

  test('R-8628-4 keeps the device code to itself: in no field, and in nothing that inspects it', async () => {
    const { context, server } = await setUpDevice(protocol);
    const device = await requestDeviceAuthorization(context);
    const secrets = server.journal.secrets();
    expect(secrets.map((secret) => server.journal.label(secret))).toContain('device-code#1');
    const shown = inspect(device, { depth: 9, showHidden: true }) + JSON.stringify(device);
    expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
  });

  test('R-8628-4 a server that quotes the device code is not quoted', async () => {
    let sent = '';
    const fetch: typeof globalThis.fetch = async (url, init) => {
      if (!String(url).endsWith('/token')) return globalThis.fetch(url, init);
      sent = /[\w-]{43}/.exec(String(init?.body))?.[0] ?? '';
      const message = `No: ${sent}`;
      return Response.json(
        { error: protocol === 'openai' ? { code: 'x', message } : 'x', error_description: message },
        { status: 400 },
      );
    };
    const { error, server } = await runDevice(protocol, { fetch });
    const secret = server.journal.secrets()[0] ?? '';
    expect(sent).toBe(secret);
    expect(error).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT', summary: expect.stringContaining('"No: ') });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret);
  });

  test('R-OIDC-1 R-OIDC-2 comes to tokens whose ID token is verified, without a nonce, and to who signed in', async () => {
    const { context, server, answer, forever } = await runDevice(protocol);
    if (answer === undefined) throw new Error('There is no answer.');
    const redemption = openRedemption(context);
    const grant = await redemption.redeem(answer, forever);
    expect(grant.expires).toBeGreaterThan(context.clock.now() + 863_000_000);
    expect(server.journal.label(grant.refreshToken)).toBe('refresh#1');
    expect(await redemption.identify(grant, answer, forever)).toMatchObject({
      email: 'robin@example.com',
      profileId: 'openai-codex:robin@example.com',
    });
    expect(outcomes(server).filter((outcome) => outcome === 'issued')).toHaveLength(
      protocol === 'openai' ? 2 : 1,
    );
  });

  test('R-OIDC-2 does not take an ID token that is badly signed', async () => {
    const { context, server, answer, forever } = await runDevice(protocol, {
      scenario: 'id-token-bad-signature',
    });
    if (answer === undefined) throw new Error('There is no answer.');
    const redemption = openRedemption(context);
    const grant = await redemption.redeem(answer, forever);
    await expect(redemption.identify(grant, answer, forever)).rejects.toMatchObject({
      code: 'ERR_ID_TOKEN_INVALID',
    });
    expect(server.journal.label(grant.idToken)).toBe('id-token#1');
  });

  test('R-8628-2 goes on while the person has not answered, and takes their yes', async () => {
    const { context, server, polls } = await setUpDevice(protocol, { approve: 'page' });
    const device = await requestDeviceAuthorization(context);
    const approved = device.approved(context.signal);
    context.clock.sleep(22_000).then(() => server.device.approve(device.userCode.toLowerCase()));
    expect(await approved).toMatchObject({ kind: protocol === 'openai' ? 'code' : 'tokens' });
    expect(polls()).toEqual([5, 10, 15, 20, 25]);
  });

  test('R-8628-1 polls no faster than the interval, however often the answer is "not yet"', async () => {
    const { polls, server } = await runDevice(protocol, { scenario: 'device-pending', times: 3 });
    expect(polls).toEqual([5, 10, 15, 20]);
    expect(outcomes(server).join()).not.toContain('polled too fast');
  });

  test('R-8628-1 takes the interval that the server names', async () => {
    const options = { scenario: 'device-pending', times: 2, deviceIntervalSeconds: 12 } as const;
    expect((await runDevice(protocol, options)).polls).toEqual([12, 24, 36]);
  });

  test('R-8628-1 polls every five seconds where no interval is named, or none that makes sense', async () => {
    for (const scenario of ['device-interval-missing', 'device-interval-zero'] as const) {
      const { context, server, polls } = await setUpDevice(protocol, { scenario });
      server.scenario('device-pending');
      const device = await requestDeviceAuthorization(context);
      await device.approved(context.signal);
      expect(polls()).toEqual([5, 10]);
    }
  });

  test('R-8628-1 slow_down adds five seconds for good, and each one five more', async () => {
    const { context, server, polls } = await setUpDevice(protocol, { scenario: 'device-slow-down' });
    server.scenario('device-pending');
    server.scenario('device-slow-down');
    server.scenario('device-pending', { times: 2 });
    const device = await requestDeviceAuthorization(context);
    await device.approved(context.signal);
    expect(polls()).toEqual([5, 15, 25, 40, 55, 70]);
    expect(outcomes(server).join()).not.toContain('polled too fast');
  });

  test('R-8628-1 a poll without an answer is given up after 30 s, and the wait doubles until there is one', async () => {
    const { context, server, polls } = await setUpDevice(protocol, {
      scenario: 'device-poll-hang',
      times: 2,
    });
    server.scenario('device-pending', { times: 2 });
    const device = await requestDeviceAuthorization(context);
    expect(await device.approved(context.signal)).toHaveProperty('kind');
    // 30 s without an answer, then 10; 30 more, then 20; "not yet", and five again.
    expect(polls()).toEqual([5, 45, 95, 100, 105]);
  });

  test('R-8628-1 a connection that breaks is tried again, later', async () => {
    const { polls, answer } = await runDevice(protocol, { scenario: 'device-poll-reset', times: 5 });
    expect(answer).toBeDefined();
    expect(polls).toEqual([5, 15, 35, 75, 135, 195]);
  });

  test.each([
    ['device-poll-429', 30],
    ['device-poll-503', 20],
  ] as const)('R-8628-1 %s is no end, and Retry-After is kept', async (scenario, seconds) => {
    const { polls, answer } = await runDevice(protocol, { scenario });
    expect(answer).toBeDefined();
    expect(polls).toEqual([5, 5 + seconds]);
  });

  test('R-8628-2 R-6749-1 a refusal ends it at once, with its own code', async () => {
    const { polls, error } = await runDevice(protocol, { scenario: 'device-denied' });
    expect(error).toMatchObject({ code: 'ERR_ACCESS_DENIED', exitCode: 3, oauthError: 'access_denied' });
    expect(polls).toEqual([5]);
  });

  test("R-8628-2 the server's word that the code has expired ends it", async () => {
    const { polls, error } = await runDevice(protocol, { scenario: 'device-expired' });
    expect(error).toMatchObject({ code: 'ERR_DEVICE_CODE_EXPIRED', exitCode: 4 });
    expect(polls).toEqual([5]);
  });

  test('R-8628-2 polling stops when the code expires, whatever the server goes on saying', async () => {
    const { context, polls, error, start } = await runDevice(protocol, {
      scenario: 'device-pending',
      times: Number.POSITIVE_INFINITY,
    });
    expect(error).toMatchObject({ code: 'ERR_DEVICE_CODE_EXPIRED', exitCode: 4 });
    expect(polls.at(-1)).toBe(895);
    expect(context.clock.now() - start).toBe(900_000);
  });

  test('R-8628-2 a code that names no end has a quarter of an hour', async () => {
    const { context, server } = await setUpDevice(protocol, { scenario: 'device-expiry-missing' });
    server.scenario('device-pending', { times: Number.POSITIVE_INFINITY });
    const device = await requestDeviceAuthorization(context);
    expect(device.expiresInSeconds).toBe(900);
    await expect(device.approved(context.signal)).rejects.toMatchObject({ code: 'ERR_DEVICE_CODE_EXPIRED' });
  });

  test('R-8628-2 tells of the server, not of the person, where it failed until the code had expired', async () => {
    const { error, polls } = await runDevice(protocol, {
      scenario: 'device-poll-503',
      times: Number.POSITIVE_INFINITY,
    });
    expect(error).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT', status: 503, exitCode: 6 });
    expect(polls.at(-1)).toBeLessThan(900);
  });

  test.each([-600_000, 600_000])(
    'R-8628-2 a clock that is wrong by %i ms leaves the person their quarter of an hour',
    async (aheadMs) => {
      const { context } = await setUpDevice(protocol, { aheadMs });
      expect((await requestDeviceAuthorization(context)).expiresInSeconds).toBe(900);
    },
  );

  test.each([
    ['device-poll-html', { code: 'ERR_TOKEN_ENDPOINT', status: 403 }, 'web page'],
    ['device-poll-region', { code: 'ERR_REGION_UNSUPPORTED', status: 403 }, 'region'],
    ['device-poll-redirect', { code: 'ERR_TOKEN_ENDPOINT', status: 307 }, 'redirect'],
    ['device-poll-not-json', { code: 'ERR_TOKEN_ENDPOINT', status: 200 }, 'not complete JSON'],
    ['device-poll-empty', { code: 'ERR_TOKEN_ENDPOINT', status: 200 }, 'it has no'],
  ] as const)('R-6749-5 %s ends it, and is told', async (scenario, expected, words) => {
    const { polls, error, server } = await runDevice(protocol, { scenario });
    expect(error).toMatchObject({ ...expected, exitCode: 6, summary: expect.stringContaining(words) });
    expect(polls).toEqual([5]);
    expect(outcomes(server)).not.toContain('invalid_request: posted where a redirect led');
  });

  test('an approval that is lost on its way is not taken for one', async () => {
    const { error } = await runDevice(protocol, { scenario: 'device-poll-truncated' });
    expect(error).toMatchObject(
      protocol === 'openai'
        ? { code: 'ERR_DEVICE_CODE_EXPIRED' }
        : { code: 'ERR_TOKEN_ENDPOINT', oauthError: 'invalid_grant' },
    );
  });

  test('ends at once when the person interrupts the wait', async () => {
    const { context, polls } = await setUpDevice(protocol, { approve: 'page' });
    const device = await requestDeviceAuthorization(context);
    const interruption = new AbortController();
    const approved = device.approved(interruption.signal);
    context.clock.sleep(12_000).then(() => interruption.abort(new Error('interrupted')));
    await expect(approved).rejects.toThrow('interrupted');
    expect(polls()).toEqual([5, 10]);
  });

  test('a poll under way is cancelled when the person interrupts it', async () => {
    const aborted: unknown[] = [];
    const fetch: typeof globalThis.fetch = (url, init) =>
      globalThis.fetch(url, init).catch((thrown) => {
        aborted.push(url);
        throw thrown;
      });
    const { context, polls, interruption } = await setUpDevice(protocol, {
      fetch,
      scenario: 'device-poll-hang',
    });
    const device = await requestDeviceAuthorization(context);
    const approved = device.approved(new AbortController().signal);
    context.clock.sleep(7_000).then(() => interruption.abort(new Error('interrupted')));
    await expect(approved).rejects.toThrow('interrupted');
    expect(polls()).toEqual([5]);
    expect(aborted).toEqual([expect.stringContaining('/token')]);
  });
});

describe.each(PROTOCOLS)('a request for a device code (%s)', (protocol) => {
  test('says which setting is missing where no codes are issued', async () => {
    const error = await refusedCode(protocol, 'device-disabled');
    expect(error).toMatchObject({ code: 'ERR_DEVICE_CODE_DISABLED', exitCode: 3 });
    expect(error.summary).toContain('(404)');
    const setting = '"Enable device code authorization for Codex" in ChatGPT, under Settings > Security';
    expect(error.hint.includes(setting)).toBe(protocol === 'openai');
    expect(error.hint).toContain('sign in with a browser instead');
  });

  test.each([
    ['device-unauthorized-client', 'ERR_DEVICE_CODE_DISABLED', 'unauthorized_client'],
    ['device-html', 'ERR_TOKEN_ENDPOINT', 'in front of the device authorization endpoint answered 403'],
    ['device-region', 'ERR_REGION_UNSUPPORTED', 'refuses this country'],
    ['device-429', 'ERR_TOKEN_ENDPOINT', '429'],
    ['device-redirect', 'ERR_TOKEN_ENDPOINT', 'redirect (307)'],
    ['device-not-json', 'ERR_TOKEN_ENDPOINT', 'not complete JSON'],
    ['device-no-user-code', 'ERR_TOKEN_ENDPOINT', 'no user code'],
    ['device-hostile-code', 'ERR_TOKEN_ENDPOINT', 'no user code that can be shown'],
    ['device-long-code', 'ERR_TOKEN_ENDPOINT', 'no user code that can be shown'],
    ['device-hang', 'ERR_TOKEN_TIMED_OUT', 'within 30 seconds'],
  ] as [ScenarioName, string, string][])('%s is told', async (scenario, code, words) => {
    const error = await refusedCode(protocol, scenario);
    expect(error).toMatchObject({ code, summary: expect.stringContaining(words) });
  });

  test('where nobody answers is told as such', async () => {
    const { context, server } = await setUpDevice(protocol);
    await server.close();
    await expect(requestDeviceAuthorization(context)).rejects.toMatchObject({
      code: 'ERR_NETWORK',
      exitCode: 6,
    });
  });

  test('ends with the reason of an interruption', async () => {
    const { context, interruption } = await setUpDevice(protocol);
    interruption.abort(new Error('interrupted'));
    await expect(requestDeviceAuthorization(context)).rejects.toThrow('interrupted');
  });
});

describe('where a person is sent', () => {
  test.each(['device-hostile-uri', 'device-hostile-complete-uri', 'device-script-uri'] as const)(
    'R-8628-3 %s is refused, and its address is not repeated',
    async (scenario) => {
      const error = await refusedCode('rfc8628', scenario);
      expect(error).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT', exitCode: 6 });
      expect(error.summary).toContain('not https, or not at the domain of its issuer');
      expect(error.message).not.toMatch(/evil|javascript/);
    },
  );

  test("R-8628-3 OpenAI's page is the profile's, whatever the answer says", async () => {
    const { context, server } = await setUpDevice('openai', { scenario: 'device-hostile-uri' });
    const device = await requestDeviceAuthorization(context);
    expect(device.verificationUri).toBe(`${server.issuer}/codex/device`);
    expect(device).not.toHaveProperty('verificationUriComplete');
  });

  test('a server that announces no device codes is said so, and is not asked', async () => {
    const { context, server } = await setUpDevice('rfc8628');
    const { deviceAuthorizationEndpoint: _, ...metadata } = context.metadata;
    const asked = server.journal.entries.length;
    await expect(requestDeviceAuthorization({ ...context, metadata })).rejects.toMatchObject({
      code: 'ERR_USAGE',
      exitCode: 2,
    });
    expect(server.journal.entries).toHaveLength(asked);
  });
});
