import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import {
  createUserAgent,
  forbiddenUserAgent,
  startAuthorizationServer,
  startTlsFront,
} from '../../mocks/index.ts';
import { authorizationRequest } from './client.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  closing.push(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const page = (response: ServerResponse, status: number, html: string) => response.writeHead(status).end(html);

describe('the stand-in browser', () => {
  test('walks from the authorization URL through the callback to the last page, with a browser’s headers', async () => {
    await using server = await startAuthorizationServer();
    const seen: [string, unknown][] = [];
    const origin = await serve((request, response) => {
      seen.push([request.url ?? '', request.headers['sec-fetch-mode']]);
      if (request.url?.startsWith('/auth/callback?')) response.writeHead(303, { Location: '/done' }).end();
      else page(response, 200, 'signed in');
    });
    const browser = createUserAgent();
    const { url, state } = authorizationRequest(server, { redirect_uri: `${origin}/auth/callback` });
    expect(await browser.openUrl(url)).toEqual({ opened: true });
    expect(await browser.settled).toEqual({ url: `${origin}/done`, status: 200, html: 'signed in' });
    expect(browser.lastPage()).toEqual(await browser.settled);
    expect(browser.visited).toHaveLength(3);
    expect(seen.map(([, mode]) => mode)).toEqual(['navigate', 'navigate']);
    expect(seen[0]?.[0]).toContain(`state=${state}`);
  });

  test('rejects on an error page, and still has it', async () => {
    const origin = await serve((_, response) => page(response, 400, 'not you'));
    const browser = createUserAgent();
    await browser.openUrl(origin);
    await expect(browser.settled).rejects.toThrow('status 400');
    expect(browser.lastPage()).toMatchObject({ status: 400, html: 'not you' });
  });

  test('rejects on a redirect loop', async () => {
    const origin = await serve((_, response) => response.writeHead(302, { Location: '/again' }).end());
    const browser = createUserAgent({ follow: 3 });
    await browser.openUrl(origin);
    await expect(browser.settled).rejects.toThrow('more than 3 times');
    expect(browser.visited).toHaveLength(4);
  });

  test.each(['https://example.com/', 'http://example.com/'])(
    'does not leave this machine for %s',
    async (away) => {
      const origin = await serve((_, response) => response.writeHead(302, { Location: away }).end());
      const browser = createUserAgent();
      await browser.openUrl(origin);
      await expect(browser.settled).rejects.toThrow('stays on this machine');
    },
  );

  test('rejects where nobody listens', async () => {
    const origin = await serve(() => undefined);
    for (const close of closing.splice(0)) close();
    const browser = createUserAgent();
    expect(await browser.openUrl(origin)).toEqual({ opened: true });
    await expect(browser.settled).rejects.toThrow();
  });

  test('harms nobody who does not ask how the walk ended', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    closing.push(() => process.off('unhandledRejection', note));
    const origin = await serve((_, response) => page(response, 400, 'not you'));
    const browser = createUserAgent();
    await browser.openUrl(origin);
    await browser.openUrl(origin);
    await vi.waitUntil(() => browser.visited.length === 2 && browser.lastPage());
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(unhandled).toEqual([]);
  });

  test('delivers the callback twice where asked to, and nothing else', async () => {
    const calls: string[] = [];
    const origin = await serve((request, response) => {
      calls.push(request.url ?? '');
      if (request.url === '/start') response.writeHead(302, { Location: '/cb?code=c&state=s' }).end();
      else page(response, calls.length > 2 ? 400 : 200, 'done');
    });
    const browser = createUserAgent({ deliverTwice: true });
    await browser.openUrl(`${origin}/start`);
    expect((await browser.settled).status).toBe(200);
    expect(calls).toEqual(['/start', '/cb?code=c&state=s', '/cb?code=c&state=s']);
  });

  test('stays closed when the wait is already over', async () => {
    const browser = createUserAgent();
    expect(await browser.openUrl('http://127.0.0.1:1/', AbortSignal.abort())).toEqual({
      opened: false,
      reason: 'aborted',
    });
    expect(browser.visited).toEqual([]);
  });
});

test('the forbidden browser rejects and remembers what it was asked for', async () => {
  const browser = forbiddenUserAgent();
  await expect(browser.openUrl('http://127.0.0.1:1/')).rejects.toThrow('none may be');
  expect(browser.opened).toEqual(['http://127.0.0.1:1/']);
});

test('goes through a TLS front to the real name, believes no other certificate, and leaves the machine no other way', async () => {
  const issuer = 'https://auth.openai.com';
  const server = await startAuthorizationServer({ issuer });
  const front = await startTlsFront({ server, credentials: 'robin:s3cret' });
  onTestFinished(() => Promise.all([front.close(), server.close()]).then(() => undefined));
  const walk = async (url: string) => {
    const agent = createUserAgent({ front });
    await agent.openUrl(url);
    return agent.settled;
  };
  const page = await walk(`${issuer}/.well-known/oauth-authorization-server`);
  expect(page).toMatchObject({ status: 200, html: expect.stringContaining('A page.') });
  await expect(walk('https://example.com/')).rejects.toThrow('403');
  await expect(walk('http://example.com/')).rejects.toThrow('stays on this machine');
  front.scenario('tls-unknown-ca');
  await expect(walk(`${issuer}/`)).rejects.toThrow();
  const alone = createUserAgent();
  await alone.openUrl(`${issuer}/`);
  await expect(alone.settled).rejects.toThrow('stays on this machine');
});
