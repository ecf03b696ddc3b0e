import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { untilSent } from '../../../src/oauth/unsent.ts';
import { ConnectionError } from '../../../src/words/connection-error.ts';
import { createVirtualClock } from '../../support/clock.ts';
import { signIn } from '../../support/sign-in.ts';
import { freePort, listen } from '../network/ways.ts';

const never = new AbortController().signal;

/** Attempts with these outcomes, one after the other; what came of it, and how many were made. */
async function attempts(...outcomes: unknown[]) {
  const clock = { ...createVirtualClock(), sleep: async (ms: number) => void pauses.push(ms) };
  const pauses: number[] = [];
  let made = 0;
  const work = untilSent(
    async () => {
      const outcome = outcomes[made];
      made += 1;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    { clock, signal: never },
  );
  const came = await work.catch((error: unknown) => error);
  return { came, made, pauses };
}

function failed(code: string, syscall?: string): Error {
  const cause = Object.assign(new Error('planted'), { code, ...(syscall === undefined ? {} : { syscall }) });
  return Object.assign(new TypeError('fetch failed'), { cause });
}

describe('R-6749-4 a code is sent again only where it cannot have been sent:', () => {
  test.each([
    ['the name is not known', failed('ENOTFOUND', 'getaddrinfo')],
    ['the name server is silent', failed('EAI_AGAIN', 'getaddrinfo')],
    ['the connection is refused', failed('ECONNREFUSED', 'connect')],
    ['the host cannot be reached', failed('EHOSTUNREACH', 'connect')],
    ['nothing answers the connection', failed('UND_ERR_CONNECT_TIMEOUT')],
    [
      'our own way broke off in the handshake',
      new ConnectionError('tls', { summary: '', hint: '', mayPass: true, certain: false }),
    ],
  ])('%s', async (_, error) => {
    expect(await attempts(error, error, 'answer')).toEqual({ came: 'answer', made: 3, pauses: [250, 1000] });
  });

  test('three attempts are made, and no more', async () => {
    const error = failed('ECONNREFUSED', 'connect');
    expect(await attempts(error, error, error, 'late')).toMatchObject({ came: error, made: 3 });
  });

  test('several addresses that were all refused count as one refusal', async () => {
    const each = ['::1', '127.0.0.1'].map(() =>
      Object.assign(new Error(''), { code: 'ECONNREFUSED', syscall: 'connect' }),
    );
    const all = Object.assign(new AggregateError(each), { code: 'ECONNREFUSED' });
    const error = new TypeError('fetch failed');
    error.cause = all;
    expect(await attempts(error, 'answer')).toMatchObject({ came: 'answer', made: 2 });
  });

  test.each([
    ['the connection was reset', failed('ECONNRESET', 'read')],
    ['it broke off', failed('UND_ERR_SOCKET')],
    ['the write failed', failed('EPIPE', 'write')],
    ['it timed out while it was open', failed('ETIMEDOUT', 'read')],
    ['no answer began', failed('UND_ERR_HEADERS_TIMEOUT')],
    ['nobody knows why', new TypeError('fetch failed')],
    ['the certificate is not trusted, which no second look changes', failed('SELF_SIGNED_CERT_IN_CHAIN')],
    [
      'a proxy wants another password, which must not be tried again and again',
      new ConnectionError('proxy', { summary: '', hint: '' }),
    ],
  ])('not where %s', async (_, error) => {
    expect(await attempts(error, 'never')).toMatchObject({ came: error, made: 1 });
  });

  test.each([429, 500, 503])('and not after an answer: %i', async (status) => {
    expect(await attempts(new Response('', { status }), 'never')).toMatchObject({ made: 1 });
  });

  test('an interruption ends the pause', async () => {
    const stop = new AbortController();
    const clock = createVirtualClock();
    const waiting = untilSent(() => Promise.reject(failed('ECONNREFUSED', 'connect')), {
      clock,
      signal: stop.signal,
    });
    await clock.sleepers(1);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});

describe('with real sockets', () => {
  test('a server that comes up a moment later gets the code', async () => {
    const port = await freePort();
    let made = 0;
    const clock = { ...createVirtualClock(), sleep: async () => void (await up()) };
    const server = createServer((_, response) => response.end('here'));
    const up = () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const answer = await untilSent(
      () => {
        made += 1;
        return fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'code' });
      },
      { clock, signal: never },
    );
    expect([await answer.text(), made]).toEqual(['here', 2]);
  });

  test('a server that reads the code and breaks off gets it once', async () => {
    let connections = 0;
    const port = await listen(
      createTcpServer((socket) => {
        connections += 1;
        socket.once('data', () => socket.resetAndDestroy());
      }),
    );
    const clock = createVirtualClock();
    const sent = untilSent(() => fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'code' }), {
      clock,
      signal: never,
    });
    await expect(sent).rejects.toThrow('fetch failed');
    expect(connections).toBe(1);
  });

  test.each([
    'token-429',
    'token-503',
    'token-500',
    'token-reset',
    'token-truncated',
    'token-invalid-grant',
  ] as const)(
    'R-7636-5 a whole login exchanges its code once, whatever the server does with it: %s',
    async (scenario) => {
      const { server, error } = await signIn({ scenario, times: Number.POSITIVE_INFINITY });
      expect(error?.exitCode).toBe(6);
      expect(server.journal.entries.filter(({ path }) => path === '/oauth/token')).toHaveLength(1);
    },
  );
});
