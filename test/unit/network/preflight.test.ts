import { EventEmitter, once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type NetworkOptions, openNetwork } from '../../../src/network/index.ts';
import { ConnectionError } from '../../../src/words/connection-error.ts';
import { createVirtualClock } from '../../support/clock.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { freePort, ISSUER, listen, names, startFront, startTlsServer } from './ways.ts';

async function network(options: NetworkOptions) {
  const opened = await openNetwork({ environment: {}, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

/** What is found at once; what may pass is tried again without waiting. */
async function look(options: NetworkOptions, url = ISSUER) {
  const clock = { ...createVirtualClock(), sleep: hurried };
  return (await network({ clock, ...options })).preflight(url);
}
/** Pauses are over at once, and the limit never comes. */
const hurried = (ms: number, signal?: AbortSignal) =>
  ms < 3000
    ? Promise.resolve()
    : new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));

function file(pem: string): string {
  const path = join(temporaryDirectory(), 'ca.pem');
  writeFileSync(path, pem);
  return path;
}

describe('a look ahead, without a proxy', () => {
  test('finds the way open, and sends the server no request', async () => {
    const server = await startTlsServer('auth.example');
    const found = await look(
      { caFile: file(server.certificate), lookup: names().lookup },
      `https://auth.example:${server.port}/oauth/token`,
    );
    expect(found).toEqual({ ok: true });
    expect(server.asked).toEqual([]);
  });

  test.each([
    ['ENOTFOUND', 1, true],
    ['EAI_AGAIN', 3, false],
  ])('says that the name cannot be found: %s, asked %i times', async (code, times, certain) => {
    const { lookup, asked } = names(code);
    const found = await look({ lookup });
    expect(found).toMatchObject({
      ok: false,
      hop: 'name',
      summary: `The name of auth.openai.com cannot be found (${code}).`,
      hint: expect.stringContaining('HTTPS_PROXY'),
    });
    // A name server that does not answer has not said that there is no such name.
    expect('error' in found && found.error).toEqual(
      certain ? expect.objectContaining({ code: 'ERR_NETWORK', exitCode: 6 }) : false,
    );
    expect(asked).toEqual(Array(times).fill('auth.openai.com'));
  });

  test('says that the connection is refused, also on this machine', async () => {
    const port = await freePort();
    expect(await look({}, `http://127.0.0.1:${port}`)).toMatchObject({
      hop: 'connection',
      summary: '127.0.0.1 cannot be reached (ECONNREFUSED).',
      error: expect.any(ConnectionError),
    });
  });

  test('names the issuer of a certificate that is not trusted, and how to trust it', async () => {
    const server = await startTlsServer('auth.example', 'Corp\u202E Inspection\u001b[31m CA');
    const found = await look({ lookup: names().lookup }, `https://auth.example:${server.port}`);
    expect(found).toMatchObject({
      hop: 'tls',
      certificateIssuer: 'Corp Inspection [31m CA',
      summary:
        'The certificate of auth.example is issued by "Corp Inspection [31m CA", which is not trusted here (UNABLE_TO_VERIFY_LEAF_SIGNATURE).',
      hint: expect.stringMatching(/--ca-file.*NODE_EXTRA_CA_CERTS/),
      error: { certain: true, mayPass: false },
    });
    expect(server.asked).toEqual([]);
  });

  test('believes no certificate for another name, and none that has expired, whoever issued it', async () => {
    const other = await startTlsServer('other.example');
    const caFile = file(other.certificate);
    const { lookup } = names();
    expect(await look({ caFile, lookup }, `https://auth.example:${other.port}`)).toMatchObject({
      hop: 'tls',
      summary: expect.stringMatching(/for another name \(ERR_TLS_CERT_ALTNAME_INVALID\)\.$/),
      error: expect.anything(),
    });
    const old = await startTlsServer('auth.example', 'Old CA', Date.now() - 1000);
    const expired = await look({ caFile: file(old.certificate), lookup }, `https://auth.example:${old.port}`);
    expect(expired).toMatchObject({
      summary: expect.stringMatching(/not valid at this time/),
      hint: /clock/,
    });
  });

  test('is not talked out of it by NODE_TLS_REJECT_UNAUTHORIZED', async () => {
    const server = await startTlsServer('auth.example');
    const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const found = await look({ environment, lookup: names().lookup }, `https://auth.example:${server.port}`);
    expect(found).toMatchObject({ ok: false, hop: 'tls' });
  });

  test('is not certain where the handshake breaks off, and tries again', async () => {
    let connections = 0;
    const port = await listen(
      createServer((socket) => {
        connections += 1;
        socket.once('data', () => socket.resetAndDestroy());
      }),
    );
    const found = await look({ lookup: names().lookup }, `https://auth.example:${port}`);
    expect(found).toMatchObject({ ok: false, hop: 'tls', summary: /broke off \(ECONNRESET\)/ });
    expect(found).not.toHaveProperty('error');
    expect(connections).toBe(3);
  });

  test('sees that what answers speaks no TLS', async () => {
    const port = await listen(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await look({ lookup: names().lookup }, `https://auth.example:${port}`)).toMatchObject({
      hop: 'tls',
      summary: expect.stringMatching(/broke off \((?:ERR_SSL_|EPROTO)/),
    });
  });

  test.each([
    ['tls', 'auth.example gave no sign within 3 seconds (the TLS handshake).', true],
    ['name', 'auth.example gave no sign within 3 seconds (its name was looked up).', false],
  ])(
    'takes three seconds at most, and says where it waited (%s); that is no error',
    async (hop, summary, answers) => {
      const clock = createVirtualClock();
      const waits = new EventEmitter();
      const port = await listen(createServer((socket) => socket.once('data', () => waits.emit('so'))));
      const lookup = answers ? names().lookup : () => waits.emit('so');
      const opened = await network({ clock, lookup });
      const waiting = once(waits, 'so');
      const looked = opened.preflight(`https://auth.example:${port}`);
      await waiting;
      await clock.advance(3_000);
      const found = await looked;
      expect(found).toMatchObject({ ok: false, hop, summary });
      expect(found).not.toHaveProperty('error');
    },
  );

  test('ends at once when it is interrupted, and when the network is closed', async () => {
    const { lookup } = { lookup: () => undefined };
    const opened = await network({ lookup });
    const reason = new Error('enough');
    await expect(opened.preflight(ISSUER, AbortSignal.abort(reason))).rejects.toBe(reason);
    const looked = opened.preflight(ISSUER);
    looked.catch(() => undefined);
    await opened.close();
    await expect(looked).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a look ahead, through a proxy', () => {
  test('finds the way open, and says which proxy it goes through and why', async () => {
    const { front, server } = await startFront();
    const environment = { HTTPS_PROXY: front.proxyUrl };
    expect(await look({ environment, caFile: front.caFile })).toEqual({
      ok: true,
      via: { variable: 'HTTPS_PROXY', shown: front.proxyUrl },
    });
    expect(front.journal.entries).toHaveLength(1);
    expect(server.journal.entries).toEqual([]);
  });

  test.each([
    [
      'connect-403',
      /^The proxy http:\/\/127\.0\.0\.1:\d+ \(HTTPS_PROXY\) refused to connect to auth\.openai\.com:443: 403 Forbidden\.$/,
      /NO_PROXY/,
      1,
    ],
    [
      'connect-407',
      /407 Proxy Authentication Required\.$/,
      /wants a user name and a password: set HTTPS_PROXY/,
      1,
    ],
    ['connect-502', /502 Bad Gateway\.$/, /NO_PROXY/, 3],
  ] as const)(
    '%s: is certain, and names the proxy, its variable and the status',
    async (scenario, summary, hint, times) => {
      const { front } = await startFront({ scenario });
      const found = await look({ environment: { HTTPS_PROXY: front.proxyUrl }, caFile: front.caFile });
      expect(found).toMatchObject({
        ok: false,
        hop: 'proxy',
        summary: expect.stringMatching(summary),
        hint: expect.stringMatching(hint),
        error: { code: 'ERR_NETWORK' },
      });
      // A password that is refused again and again locks an account.
      expect(front.journal.entries).toHaveLength(times);
    },
  );

  test('sends user name and password to the proxy, and shows them to nobody', async () => {
    const { front } = await startFront({ credentials: 'robin:s3cret' });
    const right = { HTTPS_PROXY: front.proxyUrl };
    expect(await look({ environment: right, caFile: front.caFile })).toMatchObject({ ok: true });
    const wrong = { HTTPS_PROXY: front.proxyUrl.replace('s3cret', 'pl4nted') };
    const found = await look({ environment: wrong, caFile: front.caFile });
    expect(found).toMatchObject({
      hop: 'proxy',
      hint: expect.stringContaining('does not take the user name'),
    });
    expect(JSON.stringify(found)).not.toMatch(/s3cret|pl4nted|robin/);
  });

  test('tells a proxy whose name is not known, one that refuses, and one that breaks off', async () => {
    const { front } = await startFront({ scenario: 'connect-reset' });
    const through = (HTTPS_PROXY: string, lookup = names().lookup) =>
      look({ environment: { HTTPS_PROXY }, lookup });
    expect(await through('http://proxy.corp:3128', names('ENOTFOUND').lookup)).toMatchObject({
      hop: 'proxy-name',
      summary:
        'The name of the proxy http://proxy.corp:3128, which HTTPS_PROXY names, cannot be found (ENOTFOUND).',
      hint: expect.stringMatching(/^Correct HTTPS_PROXY, or list auth\.openai\.com in NO_PROXY/),
    });
    const port = await freePort();
    expect(await through(`http://127.0.0.1:${port}`)).toMatchObject({
      hop: 'proxy-connection',
      summary: `The proxy http://127.0.0.1:${port}, which HTTPS_PROXY names, cannot be reached (ECONNREFUSED).`,
      error: expect.anything(),
    });
    const broken = await through(front.proxyUrl);
    expect(broken).toMatchObject({
      hop: 'proxy',
      summary: expect.stringMatching(/\(HTTPS_PROXY\) broke off/),
    });
    expect(broken).not.toHaveProperty('error');
  });

  test('tells a variable that names no proxy of ours, and does not go without one', async () => {
    const { lookup, asked } = names();
    expect(await look({ environment: { ALL_PROXY: 'socks5://proxy:1080' }, lookup })).toMatchObject({
      hop: 'proxy-settings',
      summary: 'ALL_PROXY names a proxy of the kind socks5, and only http and https proxies are supported.',
      hint: expect.stringContaining('ALL_PROXY to http://host:port'),
      error: expect.anything(),
    });
    expect(asked).toEqual([]);
  });

  test.each(['tls-unknown-ca', 'tls-expired', 'tls-wrong-name'] as const)(
    'tells a certificate that is not believed, with its issuer and the proxy: %s',
    async (scenario) => {
      const { front, server } = await startFront({ scenario });
      const found = await look({ environment: { https_proxy: front.proxyUrl }, caFile: front.caFile });
      expect(found).toMatchObject({
        hop: 'tls',
        certificateIssuer: expect.stringMatching(/^(?:Unknown|Throw-away) test CA/),
        summary: expect.stringMatching(
          /^The certificate of auth\.openai\.com through the proxy http:\/\/127\.0\.0\.1:\d+ \(https_proxy\)/,
        ),
        error: { hop: 'tls' },
      });
      expect(server.journal.entries).toEqual([]);
    },
  );

  test.each([
    [
      'proxy',
      /^The proxy .* \(HTTPS_PROXY\) gave no sign within 3 seconds \(being asked for auth\.openai\.com\)\.$/,
    ],
    ['tls', /^auth\.openai\.com gave no sign within 3 seconds \(the TLS handshake\)\.$/],
  ] as const)('takes three seconds at most, and says where it waited: %s', async (hop, summary) => {
    const clock = createVirtualClock();
    const waits = new EventEmitter();
    const proxy = createServer((socket) => {
      socket.once('data', () => {
        if (hop === 'proxy') return waits.emit('so');
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        return socket.once('data', () => waits.emit('so'));
      });
    });
    const HTTPS_PROXY = `http://127.0.0.1:${await listen(proxy)}`;
    const opened = await network({ clock, environment: { HTTPS_PROXY } });
    const waiting = once(waits, 'so');
    const looked = opened.preflight(ISSUER);
    await waiting;
    await clock.advance(3_000);
    const found = await looked;
    expect(found).toMatchObject({ ok: false, hop, summary: expect.stringMatching(summary) });
    expect(found).not.toHaveProperty('error');
  });

  test('speaks TLS with a proxy that wants it, and believes no other certificate there either', async () => {
    const proxy = await startTlsServer('proxy.corp', 'Proxy CA');
    const environment = { HTTPS_PROXY: `https://proxy.corp:${proxy.port}` };
    const { lookup } = names();
    expect(await look({ environment, lookup })).toMatchObject({
      hop: 'proxy-tls',
      certificateIssuer: 'Proxy CA',
      summary: expect.stringMatching(
        /^The certificate of the proxy https:\/\/proxy\.corp:\d+ \(HTTPS_PROXY\)/,
      ),
    });
    // This one answers no CONNECT: the connection ends, and the request for it was made inside TLS.
    expect(await look({ environment, lookup, caFile: file(proxy.certificate) })).toMatchObject({
      hop: 'proxy',
    });
  });
});
