import { describe, expect, onTestFinished, test } from 'vitest';

import { type CallbackServer, openCallbackServer } from '../../../src/loopback/callback-server.ts';
import { successPage } from '../../../src/loopback/pages.ts';
import { send, sendBytes } from '../../support/http.ts';

const right = '/auth/callback?code=c&state=right';
const page = successPage({
  providerName: 'Test',
  profileId: 'p',
  store: '/s',
  routability: { routable: true },
});

async function open(reasons: string[] = []): Promise<CallbackServer<string>> {
  const server = await openCallbackServer<string>(['http://localhost:0/auth/callback'], (reason) =>
    reasons.push(reason),
  );
  onTestFinished(() => server.close());
  server.expect((query) =>
    query.get('state') === 'right'
      ? { kind: 'settles', value: query.get('code') ?? '' }
      : { kind: 'stray', reason: 'wrong state' },
  );
  return server;
}

/** Whether the login is still waiting: a request that is right settles it, and only that. */
async function stillWaiting(server: CallbackServer<string>): Promise<boolean> {
  return (
    !server.hasAudience && (await Promise.race([server.settled, Promise.resolve('pending')])) === 'pending'
  );
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
    ['POST', right, { method: 'POST' }, 405],
    ['PUT', right, { method: 'PUT' }, 405],
    ['OPTIONS', right, { method: 'OPTIONS' }, 405],
    ['HEAD', right, { method: 'HEAD' }, 200],
    ['another Host', right, { headers: { host: 'evil.example' } }, 421],
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

  test('R-HOST refuses two Hosts, an absolute target and garbage, with headers on every answer', async () => {
    const server = await open();
    const { port } = server.listener;
    const requests = [
      `GET ${right} HTTP/1.1\r\nHost: localhost:${port}\r\nHost: localhost:${port}\r\n\r\n`,
      `GET http://localhost:${port}${right} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
      `GET ${right} HTTP/1.0\r\n\r\n`,
      `GET ${right}\u0000 HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`,
      `GET /${'x'.repeat(64 * 1024)} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`,
      `GET ${right} HTTP/1.1\r\nHost: localhost:${port}\r\nX: ${'x'.repeat(64 * 1024)}\r\n\r\n`,
    ];
    for (const bytes of requests) {
      const answer = await sendBytes(port, bytes).answer;
      if (answer !== '')
        expect(answer).toMatch(/^HTTP\/1\.1 4\d\d [\s\S]*content-security-policy: default-src 'none'/i);
    }
    expect(await stillWaiting(server)).toBe(true);
  });

  test('R-HEADERS carries its policy on every answer, whatever was asked', async () => {
    const server = await open();
    const { port } = server.listener;
    const answers = await Promise.all([
      send(port, '/'),
      send(port, '/auth/callback'),
      send(port, right, { method: 'POST' }),
      send(port, right, { method: 'HEAD' }),
      send(port, right, { headers: { host: 'x' } }),
      send(port, right, { headers: { origin: 'https://evil.example', 'sec-fetch-mode': 'cors' } }),
    ]);
    for (const { headers } of answers) {
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
      expect(headers).not.toHaveProperty('x-powered-by');
    }
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
