import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { startAuthorizationServer } from '../../../mocks/index.ts';
import { openNetwork } from '../../../src/network/index.ts';
import { findOnTheWay, type NetworkContext } from '../../../src/oauth/network-findings.ts';
import { openaiCodex } from '../../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../../src/provider/overrides.ts';
import { systemClock, systemFetch } from '../../../src/system.ts';
import { createVirtualClock } from '../../support/clock.ts';
import { now } from '../../support/damaged-stores.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const answer =
  (headers: Record<string, string> = {}, status = 200): NetworkContext['fetch'] =>
  async () =>
    new Response('{}', { status, headers: { date: new Date(now).toUTCString(), ...headers } });
const failing =
  (code: string): NetworkContext['fetch'] =>
  async () => {
    const cause = Object.assign(new Error('planted-secret'), { code });
    throw Object.assign(new TypeError('fetch failed'), { cause });
  };
const look = (more: Partial<NetworkContext> = {}) =>
  findOnTheWay({
    provider: openaiCodex,
    fetch: answer(),
    clock: createVirtualClock(now),
    environment: {},
    urgent: true,
    ...more,
  });

describe('the way to the authorization server', () => {
  test('is asked for public keys only: no token endpoint, no body, nothing secret', async () => {
    const server = await startAuthorizationServer();
    onTestFinished(() => server.close());
    const provider = overrideProvider(openaiCodex, { issuer: server.issuer });
    expect(await look({ provider, fetch: systemFetch, clock: systemClock })).toEqual([]);
    const asked: [unknown, unknown][] = [];
    await look({
      fetch: async (url, init) => {
        asked.push([url, init?.method]);
        expect(init?.body).toBeUndefined();
        return answer()(url, init);
      },
    });
    expect(asked).toEqual([['https://auth.openai.com/.well-known/jwks.json', 'GET']]);
  });

  test.each([
    ['ENOTFOUND', 'its name is not known here: ENOTFOUND'],
    ['EAI_AGAIN', 'its name is not known here: EAI_AGAIN'],
    ['ECONNREFUSED', 'no connection: ECONNREFUSED'],
    ['ETIMEDOUT', 'no connection: ETIMEDOUT'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is not believed: UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['CERT_HAS_EXPIRED', 'its certificate is not believed: CERT_HAS_EXPIRED'],
  ])('that ends at %s says at which step (issuer-unreachable)', async (code, told) => {
    const [found] = await look({ fetch: failing(code) });
    expect(found).toMatchObject({
      id: 'issuer-unreachable',
      severity: 'warning',
      subject: openaiCodex.issuer,
    });
    expect(found?.message).toContain(told);
    expect(JSON.stringify(found)).not.toContain('planted');
  });

  test('that is not needed soon is worth knowing, and no more', async () => {
    expect(await look({ fetch: failing('ENOTFOUND'), urgent: false })).toMatchObject([{ severity: 'info' }]);
  });

  test('is given five seconds, by the clock', async () => {
    const clock = createVirtualClock(now);
    const looking = look({ clock, fetch: () => new Promise(() => undefined) });
    await clock.sleepers(1);
    await clock.advance(5_000);
    expect(await looking).toMatchObject([
      { id: 'issuer-unreachable', message: expect.stringContaining('no answer within 5 s') },
    ]);
  });

  test('is left at once when the person interrupts', async () => {
    const interrupt = AbortSignal.abort(new Error('interrupted'));
    await expect(look({ interrupt, fetch: () => new Promise(() => undefined) })).rejects.toThrow(
      'interrupted',
    );
  });

  test('is told with the hop that our own way ended at, and without the password of a proxy (issuer-unreachable)', async () => {
    const environment = { HTTPS_PROXY: 'socks5://robin:planted@proxy:1080' };
    const network = await openNetwork({ environment });
    onTestFinished(() => network.close());
    const found = await look({ environment, ...network, clock: systemClock });
    expect(found).toMatchObject([
      {
        id: 'issuer-unreachable',
        severity: 'warning',
        message:
          'The authorization server cannot be reached: HTTPS_PROXY names a proxy of the kind socks5, and only http and https proxies are supported.',
        remedy: expect.stringContaining('NO_PROXY'),
      },
    ]);
    expect(JSON.stringify(found)).not.toContain('planted');
  });

  test('is looked at hop by hop where a fetch says only that it failed', async () => {
    const preflight = async () => ({ ok: false, summary: 'The proxy said no.', hint: 'Ask it.' });
    expect(await look({ fetch: failing('ECONNRESET'), preflight })).toMatchObject([
      { message: 'The authorization server cannot be reached: The proxy said no.', remedy: 'Ask it.' },
    ]);
    const open = async () => ({ ok: true });
    expect(await look({ fetch: failing('ECONNRESET'), preflight: open })).toMatchObject([
      { message: 'The authorization server cannot be reached (no connection: ECONNRESET).' },
    ]);
  });

  test('with a server that turns us away is told with its status (issuer-refuses)', async () => {
    expect(await look({ fetch: answer({}, 403) })).toMatchObject([
      { id: 'issuer-refuses', message: expect.stringContaining('403') },
    ]);
  });

  test.each([
    [90, 'behind'],
    [-3600, 'ahead of'],
  ])('shows a clock that is %i s off (clock-skew)', async (seconds, which) => {
    const date = new Date(now + seconds * 1000).toUTCString();
    const [found] = await look({ fetch: answer({ date }) });
    expect(found).toMatchObject({ id: 'clock-skew', severity: 'warning' });
    expect(found?.message).toContain(`${Math.abs(seconds).toLocaleString('en-US')} s ${which}`);
  });

  test('grants a minute, and takes the age of a cached answer into account', async () => {
    expect(await look({ fetch: answer({ date: new Date(now - 50_000).toUTCString() }) })).toEqual([]);
    expect(
      await look({ fetch: answer({ date: new Date(now - 900_000).toUTCString(), age: '900' }) }),
    ).toEqual([]);
    expect(await look({ fetch: answer({ date: 'yesterday' }) })).toEqual([]);
  });
});

describe('the environment', () => {
  test('with a file of certificates that is not there is told (ca-file-missing)', async () => {
    const bundle = join(temporaryDirectory(), 'ca.pem');
    const environment = { NODE_EXTRA_CA_CERTS: bundle };
    expect(await look({ environment })).toMatchObject([{ id: 'ca-file-missing', severity: 'warning' }]);
    writeFileSync(bundle, 'not a certificate');
    expect(await look({ environment })).toMatchObject([{ id: 'ca-file-missing' }]);
    writeFileSync(bundle, '-----BEGIN CERTIFICATE-----\n');
    expect(await look({ environment })).toEqual([]);
  });

  test('that switches the check of certificates off is told (tls-unverified)', async () => {
    expect(await look({ environment: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } })).toMatchObject([
      { id: 'tls-unverified', severity: 'warning' },
    ]);
  });
});
