import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { type NetworkOptions, openNetwork } from '../../../src/network/index.ts';
import { ConnectionError, readConnectionFailure } from '../../../src/words/connection-error.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { ISSUER, names, startFront, startTlsServer } from './ways.ts';

async function network(options: NetworkOptions) {
  const opened = await openNetwork({ environment: {}, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

const metadata = `${ISSUER}/.well-known/openid-configuration`;

/** Another dispatcher than the one that Node.js comes with, as a program may have set it. */
class OtherDispatcher {}
const dispatching = globalThis as unknown as Record<symbol, object | undefined>;
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

describe.each([
  ['by the client of Node.js', false],
  ["by the package's client, where another dispatcher is set", true],
])('the fetch, %s,', (_, isReplaced) => {
  beforeEach(() => {
    // It is there from the first Response on.
    void new Response();
    const own = dispatching[DISPATCHER];
    expect(own?.constructor.name).toBe('Agent');
    if (isReplaced) dispatching[DISPATCHER] = new OtherDispatcher();
    return () => {
      dispatching[DISPATCHER] = own;
    };
  });

  test("is Node.js's own where nothing is set", async () => {
    const asked: unknown[] = [];
    const own = async (...argument: unknown[]) => {
      asked.push(argument);
      return new Response('own');
    };
    const { fetch } = await network({ fetch: own });
    expect(await (await fetch(metadata, { method: 'GET' })).text()).toBe('own');
    expect(asked).toEqual([[metadata, { method: 'GET' }]]);
  });

  test('goes through the proxy, with the certificate of --ca-file believed', async () => {
    const { front } = await startFront();
    const { fetch } = await network({ environment: { HTTPS_PROXY: front.proxyUrl }, caFile: front.caFile });
    const response = await fetch(metadata, { redirect: 'manual', headers: { accept: 'application/json' } });
    expect([response.status, await response.json()]).toMatchObject([200, { issuer: ISSUER }]);
    expect(front.journal.entries).toMatchObject([{ target: 'auth.openai.com:443', outcome: 'tunnel' }]);
  });

  test('goes through the proxy without any certificate file too, and believes nobody there', async () => {
    const { front } = await startFront();
    const direct = () => Promise.reject(new Error('went directly'));
    const { fetch } = await network({ environment: { HTTPS_PROXY: front.proxyUrl }, fetch: direct });
    const thrown = await fetch(metadata).catch((error: unknown) => error);
    expect(readConnectionFailure(thrown).error?.hop).toBe('tls');
    expect(front.journal.entries).toMatchObject([{ outcome: 'tunnel' }]);
  });

  test('believes no other certificate where Node.js is told to believe all', async () => {
    const server = await startTlsServer('auth.example');
    const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const anybody = async () => new Response('taken');
    const { fetch } = await network({ environment, fetch: anybody, lookup: names().lookup });
    const thrown = await fetch(`https://auth.example:${server.port}/`).catch((error: unknown) => error);
    expect(readConnectionFailure(thrown).error?.hop).toBe('tls');
    expect(server.asked).toEqual([]);
  });

  test('believes certificates of --ca-file without a proxy too', async () => {
    const server = await startTlsServer('auth.example');
    const caFile = join(temporaryDirectory(), 'ca.pem');
    writeFileSync(caFile, `Corporate authority\n${server.certificate}`);
    const { fetch } = await network({ caFile, lookup: names().lookup });
    expect(await (await fetch(`https://auth.example:${server.port}/keys`)).text()).toBe('/keys');
  });

  test('posts a form with its length, and follows no redirect that it is told not to follow (R-6749-5)', async () => {
    const { front, server } = await startFront();
    server.scenario('token-redirect');
    const { fetch } = await network({ environment: { HTTPS_PROXY: front.proxyUrl }, caFile: front.caFile });
    const body = new URLSearchParams({ grant_type: 'authorization_code', code: 'x' });
    const response = await fetch(`${ISSUER}/oauth/token`, { method: 'POST', body, redirect: 'manual' });
    expect(response.status).toBe(307);
    expect(server.journal.entries).toMatchObject([{ path: '/oauth/token', grantType: 'authorization_code' }]);
  });

  test('takes a Request as well as a URL', async () => {
    const { front, server } = await startFront();
    const { fetch } = await network({ environment: { HTTPS_PROXY: front.proxyUrl }, caFile: front.caFile });
    expect((await fetch(new Request(metadata))).status).toBe(200);
    const body = new URLSearchParams({ grant_type: 'refresh_token' });
    await fetch(new Request(`${ISSUER}/oauth/token`, { method: 'POST', body }));
    expect(server.journal.entries).toMatchObject([{ method: 'GET' }, { grantType: 'refresh_token' }]);
  });

  test('sends what is for this machine directly, whatever proxy is set', async () => {
    const { front, server } = await startFront();
    const environment = { HTTPS_PROXY: front.proxyUrl, HTTP_PROXY: front.proxyUrl, NODE_USE_ENV_PROXY: '1' };
    const { fetch } = await network({ environment });
    const response = await fetch(`http://127.0.0.1:${server.port}/.well-known/jwks.json`);
    expect(response.status).toBe(200);
    expect(front.journal.entries).toEqual([]);
  });

  test.each([
    ['connect-407', 'proxy'],
    ['tls-unknown-ca', 'tls'],
    ['tls-reset', 'tls'],
  ] as const)('fails with the hop and its sentence, and nothing was sent: %s', async (scenario, hop) => {
    const { front, server } = await startFront({ scenario });
    const environment = { HTTPS_PROXY: front.proxyUrl.replace('//', '//robin:pl4nted@') };
    const { fetch } = await network({ environment, caFile: front.caFile });
    const thrown = await fetch(metadata).catch((error: unknown) => error);
    const { error, nothingSent } = readConnectionFailure(thrown);
    expect(error).toBeInstanceOf(ConnectionError);
    expect([error?.hop, nothingSent]).toEqual([hop, true]);
    expect(inspect(thrown, { depth: 9 })).not.toContain('pl4nted');
    expect(server.journal.entries).toEqual([]);
  });

  test('passes a reset of the server on as what it is: something may have been sent', async () => {
    const { front, server } = await startFront();
    server.scenario('token-reset');
    const { fetch } = await network({ environment: { HTTPS_PROXY: front.proxyUrl }, caFile: front.caFile });
    const thrown = await fetch(`${ISSUER}/oauth/token`, { method: 'POST', body: 'x' }).catch(
      (error) => error,
    );
    expect(readConnectionFailure(thrown)).toMatchObject({ nothingSent: false });
  });

  test('ends with its signal, and with the network', async () => {
    const { front, server } = await startFront();
    server.scenario('token-hang', { times: 2 });
    const opened = await network({ environment: { HTTPS_PROXY: front.proxyUrl }, caFile: front.caFile });
    const stop = new AbortController();
    const post = { method: 'POST', body: 'x' };
    const first = opened.fetch(`${ISSUER}/oauth/token`, { ...post, signal: stop.signal });
    const second = opened.fetch(`${ISSUER}/oauth/token`, post);
    for (const one of [first, second]) one.catch(() => undefined);
    await expect.poll(() => server.journal.entries.length).toBe(2);
    stop.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    await opened.close();
    await expect(second).rejects.toThrow();
  });
});

describe('a certificate file', () => {
  test.each([
    ['that is not there', undefined, 'cannot be read (ENOENT)'],
    ['that holds none', 'not a certificate', 'holds no certificate in PEM form'],
    [
      'that is broken',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      'holds a certificate that is broken',
    ],
    [
      'that is a key',
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
      'holds no certificate in PEM form',
    ],
  ])('%s is refused before anything is connected', async (_, content, why) => {
    const caFile = join(temporaryDirectory(), 'ca.pem');
    if (content !== undefined) writeFileSync(caFile, content);
    await expect(openNetwork({ caFile })).rejects.toMatchObject({
      code: 'ERR_USAGE',
      summary: `The certificate file ${caFile} ${why}.`,
      hint: expect.stringContaining('--ca-file'),
    });
  });

  test('comes on top of what Node.js believes, NODE_EXTRA_CA_CERTS included, and replaces nothing', async () => {
    const [own, extra] = [
      await startTlsServer('a.example', 'Own CA'),
      await startTlsServer('b.example', 'Extra CA'),
    ];
    const directory = temporaryDirectory();
    const [caFile, extraFile] = [join(directory, 'own.pem'), join(directory, 'extra.pem')];
    writeFileSync(caFile, own.certificate);
    writeFileSync(extraFile, extra.certificate);
    // The variable counts from a program's start on, and so in one of its own.
    const script = `
      import { openNetwork } from 'codex-login';
      const lookup = (_, options, done) => options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
      const network = await openNetwork({ caFile: ${JSON.stringify(caFile)}, lookup });
      for (const url of ['https://a.example:${own.port}/', 'https://b.example:${extra.port}/']) {
        const found = await network.preflight(url);
        process.stdout.write(String(found.ok));
      }
      await network.close();`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: inject('installed'),
      env: { NODE_EXTRA_CA_CERTS: extraFile },
    });
    expect(stdout).toBe('truetrue');
  });
});
