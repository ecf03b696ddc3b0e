import { describe, expect, onTestFinished, test } from 'vitest';

import { type CallbackServer, openCallbackServer } from '../../../src/loopback/callback-server.ts';
import type { Listener } from '../../../src/loopback/listen.ts';
import { successPage } from '../../../src/loopback/pages.ts';
import { send, sendBytes } from '../../support/http.ts';

const right = '/auth/callback?code=c&state=right';
const page = successPage({
  providerName: 'Test',
  profileId: 'p',
  store: '/s',
  routability: { routable: true },
});

type Heard = CallbackServer<string> & { listener: Listener };

async function open(reasons: string[] = []): Promise<Heard> {
  const server = await openCallbackServer<string>(['http://localhost:0/auth/callback'], (reason) =>
    reasons.push(reason),
  );
  onTestFinished(() => server.close());
  server.expect((query) =>
    query.get('state') === 'right'
      ? { kind: 'settles', value: query.get('code') ?? '' }
      : { kind: 'stray', reason: 'wrong state' },
  );
  return server as Heard;
}

/** Whether the login is still waiting: a request that is right settles it, and only that. */
async function stillWaiting(server: CallbackServer<string>): Promise<boolean> {
  return (
    !server.hasAudience && (await Promise.race([server.settled, Promise.resolve('pending')])) === 'pending'
  );
}

/** A GET as bytes, with these lines of head and no others. */
const get = (target: string, ...head: string[]) =>
  `GET ${target} HTTP/1.1\r\n${head.map((line) => `${line}\r\n`).join('')}\r\n`;

/** An answer's bytes; the connection was closed behind it. */
function parse(bytes: string): { status: number; headers: Record<string, string> } {
  const [head = ''] = bytes.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const [name = '', ...value] = line.split(': ');
    return [name.toLowerCase(), value.join(': ')];
  });
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]), headers: Object.fromEntries(headers) };
}

/** R-HEADERS, of one answer. */
function expectPolicy(headers: Record<string, unknown>): void {
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/base-uri 'none'.*form-action 'none'.*frame-ancestors 'none'/);
  expect(policy).not.toContain('unsafe');
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  expect(headers).not.toHaveProperty('access-control-allow-origin');
  expect(headers).not.toHaveProperty('access-control-allow-private-network');
  expect(headers).not.toHaveProperty('x-powered-by');
}

describe('the listener', () => {
  test.each([
    ['a wrong state', '/auth/callback?code=c&state=wrong', {}, 400],
    ['no parameter at all', '/auth/callback', {}, 400],
    ['the path in another case', '/AUTH/callback?code=c&state=right', {}, 404],
    ['a slash behind the path', '/auth/callback/?code=c&state=right', {}, 404],
    ['an encoded path', '/auth%2Fcallback?code=c&state=right', {}, 404],
    ['a path with dots', '/x/../auth/callback?code=c&state=right', {}, 404],
    ['/success, which ends a codex login', '/success', {}, 404],
    ['/cancel, which ends a codex login', '/cancel', {}, 404],
    ['the favicon', '/favicon.ico', {}, 404],
    ['POST, which runs the exchange of codex,', right, { method: 'POST' }, 405],
    ['PUT', right, { method: 'PUT' }, 405],
    ['OPTIONS', right, { method: 'OPTIONS' }, 405],
    ['HEAD, which runs the exchange of codex,', right, { method: 'HEAD' }, 200],
    [
      'another Host, which codex, pi and openclaw never look at,',
      right,
      { headers: { host: 'evil.example' } },
      421,
    ],
    ['a Host that rebinds', right, { headers: { host: 'localhost.evil.example' } }, 421],
    ['a Host without the port', right, { headers: { host: 'localhost' } }, 421],
    ['a fetch', right, { headers: { 'sec-fetch-mode': 'cors' } }, 403],
    ['an image', right, { headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' } }, 403],
    ['a frame', right, { headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' } }, 403],
    ['a prefetch', right, { headers: { 'sec-purpose': 'prefetch;prerender' } }, 403],
  ] as const)(
    'R-STATUS R-HOST R-METHOD R-FETCH R-9700-2 R-CANCEL answers %s and the wait goes on',
    async (_, path, options, status) => {
      const server = await open();
      const answer = await send(server.listener.port, path, options);
      expect(answer.status).toBe(status);
      expect(await stillWaiting(server)).toBe(true);
    },
  );

  test('R-HOST takes each of the three names of loopback', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]']) {
      const server = await open();
      const held = send(server.listener.port, right, {
        headers: { host: `${name}:${server.listener.port}` },
      });
      expect(await server.settled).toBe('c');
      server.conclude(page);
      expect((await held).status).toBe(303);
    }
  });

  test.each<[string, (port: number) => string, number]>([
    ['two Hosts', (port) => get(right, `Host: localhost:${port}`, `Host: localhost:${port}`), 421],
    ['no Host', () => get(right), 421],
    ['an empty Host', () => get(right, 'Host:'), 421],
    ['no Host, as HTTP/1.0 allows', () => `GET ${right} HTTP/1.0\r\n\r\n`, 421],
    ['an absolute target', (port) => get(`http://localhost:${port}${right}`, `Host: localhost:${port}`), 404],
    [
      'an expectation that nobody knows',
      (port) => get(right, `Host: localhost:${port}`, 'Expect: bogus'),
      417,
    ],
    [
      'an expectation that nobody knows, for another Host',
      () => get(right, 'Host: evil.example', 'Expect: bogus'),
      421,
    ],
    [
      'a body that waits to be asked for',
      (port) =>
        `POST ${right} HTTP/1.1\r\nHost: localhost:${port}\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n`,
      405,
    ],
    [
      'an upgrade',
      (port) => get('/socket', `Host: localhost:${port}`, 'Connection: Upgrade', 'Upgrade: websocket'),
      404,
    ],
    ['a tunnel', (port) => `CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, 405],
    ['a NUL in the target', (port) => get(`${right}\u0000`, `Host: localhost:${port}`), 400],
    ['garbage', () => 'garbage\r\n\r\n', 400],
    ['the hello of TLS', () => '\u0016\u0003\u0001\u0002\u0000\u0001', 400],
    ['another protocol', (port) => `GET ${right} HTTP/9.9\r\nHost: localhost:${port}\r\n\r\n`, 400],
    [
      'two lengths',
      (port) =>
        `POST ${right} HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
      400,
    ],
    ['a target of 64 KB', (port) => get(`/${'x'.repeat(64 * 1024)}`, `Host: localhost:${port}`), 431],
    [
      'a header of 64 KB',
      (port) => get(right, `Host: localhost:${port}`, `X: ${'x'.repeat(64 * 1024)}`),
      431,
    ],
    ['a head of 17 KB', (port) => get('/', `Host: localhost:${port}`, `X: ${'x'.repeat(17 * 1024)}`), 431],
  ])(
    'R-HOST R-METHOD R-HEADERS refuses %s, with the headers of every answer, and the wait goes on',
    async (_, bytesFor, status) => {
      const server = await open();
      const answer = parse(await sendBytes(server.listener.port, bytesFor(server.listener.port)).answer);
      expect(answer.status).toBe(status);
      expectPolicy(answer.headers);
      expect(await stillWaiting(server)).toBe(true);
    },
  );

  test('R-METHOD R-HEADERS gives a head five seconds, says so with the headers of every answer, and closes', {
    timeout: 12_000,
  }, async () => {
    const server = await open();
    const slow = [
      `GET ${right} HTTP/1.1\r\nHost: localhost:${server.listener.port}\r\nX-Slow: `,
      `POST ${right} HTTP/1.1\r\nHost: localhost:${server.listener.port}\r\nContent-Length: 9\r\n`,
    ].map((bytes) => sendBytes(server.listener.port, bytes).answer);
    for (const bytes of await Promise.all(slow)) {
      const { status, headers } = parse(bytes);
      expect(status).toBe(408);
      expectPolicy(headers);
    }
    expect(await stillWaiting(server)).toBe(true);
  });

  test('R-HEADERS carries its policy on every answer, whatever was asked', async () => {
    const server = await open();
    const { port } = server.listener;
    const start = new URL(server.startLink('https://auth.example/authorize', 'once')).pathname;
    const asked: Parameters<typeof send>[] = [
      [port, '/'],
      [port, '/auth/callback'],
      [port, right, { method: 'POST' }],
      [port, right, { method: 'PUT' }],
      [port, right, { method: 'OPTIONS', headers: { 'access-control-request-private-network': 'true' } }],
      [port, right, { method: 'TRACE' }],
      [port, right, { method: 'HEAD' }],
      [port, right, { headers: { host: 'x' } }],
      [port, right, { headers: { origin: 'https://evil.example', 'sec-fetch-mode': 'cors' } }],
      [port, right, { headers: { 'sec-purpose': 'prefetch' } }],
      [port, '/auth%2Fcallback'],
      [port, '/%'],
      [port, start],
    ];
    const seen = new Set<number>();
    for (const request of asked) {
      const { status, headers } = await send(...request);
      seen.add(status);
      expectPolicy(headers);
    }
    const held = send(port, right);
    await server.settled;
    server.conclude(page);
    const redirect = await held;
    const shown = await send(port, String(redirect.headers.location));
    const late = [redirect, shown, await send(port, right), await send(port, `${right}&x=1`)];
    for (const { status, headers } of late) {
      seen.add(status);
      expectPolicy(headers);
    }
    expect([...seen].sort()).toEqual([200, 302, 303, 400, 403, 404, 405, 421]);
  });

  test('R-9700-3 holds the right request until the login has ended, then leads to an address without a code', async () => {
    const server = await open();
    const { port } = server.listener;
    const held = send(port, right);
    expect(await server.settled).toBe('c');
    server.conclude(page);
    const { status, headers, body } = await held;
    expect(status).toBe(303);
    expect(headers.location).toMatch(/^\/[\w-]{22}$/);
    expect(body).not.toContain('right');
    const shown = await send(port, String(headers.location));
    expect(shown).toMatchObject({ status: 200, body: page.html });
    await server.delivered;
    expect((await send(port, '/guess')).status).toBe(404);
  });

  test('R-6749-2 sends a copy of the right request to the same page: the browser that lost its connection, and the reload', async () => {
    const server = await open();
    const { port } = server.listener;
    const both = [send(port, right), send(port, right)];
    await server.settled;
    server.conclude(page);
    const locations = (await Promise.all([...both, send(port, right)])).map(
      ({ headers }) => headers.location,
    );
    expect(new Set(locations).size).toBe(1);
  });

  // Without the bound they would be closed too, but only after the 5 s that a head may take.
  test('R-METHOD bounds how many connections may say nothing: the oldest make room', {
    timeout: 4_000,
  }, async () => {
    const server = await open();
    let closed = 0;
    const enough = new Promise<void>((resolve) => {
      for (let index = 0; index < 200; index += 1) {
        const { socket, answer } = sendBytes(server.listener.port, 'GET ');
        onTestFinished(() => void socket.destroy());
        answer.then(() => {
          closed += 1;
          if (closed === 200 - 128) resolve();
        });
      }
    });
    await enough;
    expect(await stillWaiting(server)).toBe(true);
  });

  test('tells why requests were turned away, and nothing that was in them', async () => {
    const reasons: string[] = [];
    const server = await open(reasons);
    await send(server.listener.port, '/auth/callback?code=planted-secret&state=planted-secret');
    await send(server.listener.port, right, { headers: { host: 'planted-secret' } });
    expect(reasons).toEqual(['wrong state', 'foreign Host']);
  });
});

test('names a port that a browser goes to where nobody can listen, for the address to be pasted', async () => {
  // An address of nobody's (RFC 5737): it cannot be bound.
  const uris = ['http://192.0.2.1:0/auth/callback', 'http://192.0.2.1:1455/auth/callback'];
  const server = await openCallbackServer<string>(uris, () => undefined, 'wanted');
  onTestFinished(() => server.close());
  expect([server.listener, server.redirectUri]).toEqual([undefined, uris[1]]);
});
