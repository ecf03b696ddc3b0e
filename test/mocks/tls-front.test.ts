import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect as connectTls, type TLSSocket } from 'node:tls';

import { describe, expect, onTestFinished, test } from 'vitest';

import {
  startAuthorizationServer,
  startTlsFront,
  type TlsFront,
  tunnelScenarios,
} from '../../mocks/index.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const issuer = 'https://auth.openai.com';

async function startBoth(options: Omit<Parameters<typeof startTlsFront>[0], 'server'> = {}) {
  const server = await startAuthorizationServer({ issuer });
  const front = await startTlsFront({ server, ...options });
  onTestFinished(() => Promise.all([front.close(), server.close()]).then(() => undefined));
  return { server, front };
}

/** What a client sees: the proxy's status, and where that is 200 the TLS connection. */
function tunnel(
  { port }: { port: number },
  target: string,
  headers: Record<string, string> = {},
): Promise<{
  status: number;
  socket: import('node:stream').Duplex;
  headers: NodeJS.Dict<string | string[]>;
}> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, method: 'CONNECT', path: target, headers, agent: false })
      .on('connect', (answer, socket) => {
        onTestFinished(() => void socket.destroy());
        resolve({ status: answer.statusCode ?? 0, socket, headers: answer.headers });
      })
      .on('error', reject)
      .end();
  });
}

async function secure(
  front: TlsFront,
  options: { ca?: string; servername?: string } = {},
): Promise<TLSSocket> {
  const { socket } = await tunnel(front, 'auth.openai.com:443');
  const { ca = front.caCertificate, servername = 'auth.openai.com' } = options;
  return new Promise((resolve, reject) => {
    const tls = connectTls({ socket, ca, servername }, () => resolve(tls));
    tls.on('error', reject);
  });
}

/** One request over it; everything that came until the end. */
async function ask(socket: TLSSocket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: auth.openai.com\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

describe('the TLS front', () => {
  test("stands in for the issuer's own name: the mock answers, as itself", async () => {
    const { server, front } = await startBoth();
    const socket = await secure(front);
    expect(socket.authorized).toBe(true);
    const answer = await ask(socket, '/.well-known/openid-configuration');
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({
      issuer,
      token_endpoint: `${issuer}/oauth/token`,
    });
    expect(server.journal.entries.map(({ path }) => path)).toEqual(['/.well-known/openid-configuration']);
    expect(front.journal.entries).toMatchObject([
      { method: 'CONNECT', target: 'auth.openai.com:443', status: 200, outcome: 'tunnel' },
    ]);
  });

  test.each(['example.com:443', 'auth.openai.com:80', '127.0.0.1:443', 'auth.openai.com.evil.example:443'])(
    'lets nothing leave the machine: CONNECT %s is refused with 403, and journalled',
    async (target) => {
      const { front } = await startBoth();
      expect((await tunnel(front, target)).status).toBe(403);
      expect(front.journal.entries).toMatchObject([
        { target, status: 403, outcome: 'refused: another name' },
      ]);
    },
  );

  test('is no proxy for plain http either', async () => {
    const { front } = await startBoth();
    const status = await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: front.port, path: 'http://example.com/' })
        .on('response', (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
    expect(front.journal.entries).toMatchObject([
      { method: 'GET', target: 'http://example.com/', outcome: 'refused: no CONNECT' },
    ]);
  });

  test('stands in for several names where they are given', async () => {
    const { front } = await startBoth({ hostnames: ['auth.openai.com', 'chatgpt.com'] });
    expect((await tunnel(front, 'chatgpt.com:443')).status).toBe(200);
    const certificate = (await secure(front, { servername: 'chatgpt.com' })).getPeerX509Certificate();
    expect(certificate?.subjectAltName).toBe('DNS:auth.openai.com, DNS:chatgpt.com');
  });

  test('takes no server that calls itself http', async () => {
    const server = await startAuthorizationServer();
    onTestFinished(() => server.close());
    await expect(startTlsFront({ server })).rejects.toThrow(/https:\/\/auth\.openai\.com/);
  });

  test('asks for credentials where it has any, and its URL carries them', async () => {
    const { front } = await startBoth({ credentials: 'robin:s3cret' });
    const refused = await tunnel(front, 'auth.openai.com:443');
    expect([refused.status, refused.headers['proxy-authenticate']]).toEqual([407, 'Basic realm="mock"']);
    const { username, password } = new URL(front.proxyUrl);
    const passed = await tunnel(front, 'auth.openai.com:443', {
      'Proxy-Authorization': `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    });
    expect(passed.status).toBe(200);
    expect(JSON.stringify(front.journal.entries)).not.toContain('s3cret');
  });

  test('hands out what a program needs, in every spelling, and takes its file away again', async () => {
    const { front } = await startBoth();
    expect(front.environment).toMatchObject({
      HTTPS_PROXY: front.proxyUrl,
      https_proxy: front.proxyUrl,
      NODE_USE_ENV_PROXY: '1',
      NODE_EXTRA_CA_CERTS: front.caFile,
      CODEX_CA_CERTIFICATE: front.caFile,
    });
    expect(readFileSync(front.caFile, 'utf8')).toBe(front.caCertificate);
    await front.close();
    expect(existsSync(front.caFile)).toBe(false);
  });

  test('puts the certificate where it is told to', async () => {
    const caFile = `${temporaryDirectory()}/ca.pem`;
    const { front } = await startBoth({ caFile });
    expect([front.caFile, readFileSync(caFile, 'utf8')]).toEqual([caFile, front.caCertificate]);
  });

  test('closes with a tunnel open, and is closed then', async () => {
    const { front } = await startBoth();
    const socket = await secure(front);
    const ended = new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));
    await front.close();
    await ended;
    await expect(tunnel(front, 'auth.openai.com:443')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test("passes the server's own faults on as they are: a reset is a reset", async () => {
    const { server, front } = await startBoth();
    server.scenario('token-reset');
    const socket = await secure(front);
    const failed = new Promise((resolve) => socket.on('error', resolve));
    socket.write('POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n');
    expect(await failed).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('its certificates', () => {
  test('are new with every start, so that nobody has a reason to keep trusting one', async () => {
    const [one, two] = [(await startBoth()).front, (await startBoth()).front];
    expect(one.caCertificate).not.toBe(two.caCertificate);
    await expect(secure(one, { ca: two.caCertificate })).rejects.toThrow();
  });

  test('are what RFC 5280 has, as Node.js reads them', async () => {
    const { front } = await startBoth();
    const ca = new X509Certificate(front.caCertificate);
    const leaf = (await secure(front)).getPeerX509Certificate() as X509Certificate;
    expect(ca).toMatchObject({
      ca: true,
      subject: expect.stringMatching(/^CN=Throw-away test CA [\da-f]{8}$/),
    });
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(leaf).toMatchObject({
      ca: false,
      subject: 'CN=auth.openai.com',
      issuer: ca.subject,
      subjectAltName: 'DNS:auth.openai.com',
      keyUsage: ['1.3.6.1.5.5.7.3.1'],
    });
    expect([leaf.verify(ca.publicKey), leaf.checkIssued(ca)]).toEqual([true, true]);
    expect(BigInt(`0x${leaf.serialNumber}`)).toBeGreaterThan(2n ** 120n);
    const lifetime = Date.parse(leaf.validTo) - Date.parse(leaf.validFrom);
    expect(lifetime).toBe(2 * 86_400_000);
  });

  test('are what OpenSSL takes with every strictness it has, for that name and no other', async ({
    skip,
  }) => {
    skip(spawnSync('openssl', ['version']).error !== undefined, 'openssl is not installed');
    const { front } = await startBoth();
    const leaf = `${temporaryDirectory()}/leaf.pem`;
    writeFileSync(leaf, String((await secure(front)).getPeerX509Certificate()));
    const verify = (name: string) => {
      const strict = ['-x509_strict', '-check_ss_sig', '-purpose', 'sslserver', '-verify_hostname', name];
      return spawnSync('openssl', ['verify', '-CAfile', front.caFile, ...strict, leaf], {
        encoding: 'utf8',
      });
    };
    expect(verify('auth.openai.com')).toMatchObject({ status: 0, stdout: `${leaf}: OK\n` });
    expect(verify('example.com').stderr).toContain('hostname mismatch');
  });
});

describe('its faults', () => {
  test.each([
    ['connect-403', 403],
    ['connect-407', 407],
    ['connect-502', 502],
  ] as const)('%s: CONNECT is answered with %i', async (name, status) => {
    const { front } = await startBoth();
    front.scenario(name);
    expect((await tunnel(front, 'auth.openai.com:443')).status).toBe(status);
    expect(front.journal.entries).toMatchObject([{ status, outcome: name }]);
    expect((await tunnel(front, 'auth.openai.com:443')).status).toBe(200);
  });

  test('connect-reset: the connection breaks off', async () => {
    const { front } = await startBoth({ scenario: 'connect-reset' });
    await expect(tunnel(front, 'auth.openai.com:443')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test.each(['connect-hang', 'tls-hang'] as const)(
    '%s: nothing comes until the front is closed',
    async (name) => {
      const { front } = await startBoth({ scenario: name });
      let ended = false;
      const attempt = secure(front).finally(() => {
        ended = true;
      });
      attempt.catch(() => undefined);
      await expect.poll(() => front.journal.entries.length).toBe(1);
      expect(ended).toBe(false);
      await front.close();
      await expect(attempt).rejects.toThrow();
    },
  );

  test.each([
    ['tls-reset', 'ECONNRESET'],
    ['tls-unknown-ca', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['tls-expired', 'CERT_HAS_EXPIRED'],
    ['tls-wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ] as const)('%s: the handshake fails with %s', async (name, code) => {
    const { front } = await startBoth();
    front.scenario(name, { times: Number.POSITIVE_INFINITY });
    await expect(secure(front)).rejects.toMatchObject({ code });
    await expect(secure(front)).rejects.toMatchObject({ code });
    front.scenario(name, { times: 0 });
    expect((await secure(front)).authorized).toBe(true);
  });

  test('each have a sentence', () => {
    for (const [name, sentence] of Object.entries(tunnelScenarios)) {
      expect(name).toMatch(/^(?:connect|tls)-/);
      expect(sentence).toMatch(/^the /);
    }
  });
});
