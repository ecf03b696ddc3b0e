import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

import { useChromium } from './chromium.ts';
import { exchanges, startLogin, watchArrivals } from './pending-login.ts';

const openTab = useChromium();

test('R-9700-3 a sign-in, after a stray visit, asks for its own addresses only: no favicon, no Referer with a secret in it', async () => {
  const arrivals = watchArrivals();
  const login = await startLogin({ server: { approve: 'page' } });
  const { page, requested } = await openTab();
  await page.goto(`${login.origin}/auth/callback`);
  await page.goto(login.url);
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(`${login.origin}/*`);
  await login.outcome;
  const { issuer, journal, port } = login.server;
  expect(requested.filter((url) => !url.startsWith('data:')).map((url) => url.split('?')[0])).toEqual([
    `${login.origin}/auth/callback`,
    `${issuer}/oauth/authorize`,
    `${issuer}/oauth/authorize`,
    `${login.origin}/auth/callback`,
    page.url(),
  ]);
  // What the servers saw, which includes what a browser does not tell of itself.
  const fromBrowser = arrivals.filter(({ headers }) => headers['user-agent']?.includes('Chrome'));
  expect(fromBrowser.map(({ port: at, method, target }) => [at, method, target.split('?')[0]])).toEqual([
    [login.port, 'GET', '/auth/callback'],
    [port, 'GET', '/oauth/authorize'],
    [port, 'POST', '/oauth/authorize'],
    [login.port, 'GET', '/auth/callback'],
    [login.port, 'GET', new URL(page.url()).pathname],
  ]);
  const referers = fromBrowser.map(({ headers }) => headers.referer ?? '');
  expect(journal.secrets().filter((secret) => referers.some((referer) => referer.includes(secret)))).toEqual(
    [],
  );
});

test('R-8252-5 localhost is answered at the address that the browser tries first', async () => {
  const login = await startLogin();
  const listening = login.events.find(({ type }) => type === 'listening');
  const addresses = listening?.type === 'listening' ? listening.addresses.map(({ address }) => address) : [];
  const { page } = await openTab();
  const response = await page.goto(login.url);
  const at = await response?.serverAddr();
  expect(page.url()).toMatch(new RegExp(`^http://localhost:${login.port}/`));
  expect(at?.port).toBe(login.port);
  expect(at?.ipAddress.replace(/[[\]]/g, '')).toBe(addresses.includes('::1') ? '::1' : '127.0.0.1');
  expect((await login.outcome).result?.routable).toBe(true);
});

test('R-8252-5 R-8252-3 whoever holds [::1] at the first port does not get the code: the next one is used', async (context) => {
  const visits: string[] = [];
  const thief = createServer((socket) => {
    visits.push('a connection');
    socket.destroy();
  });
  const port = await new Promise<number>((resolve) => {
    thief.once('error', () => resolve(0));
    thief.listen({ host: '::1', port: 0 }, () => resolve((thief.address() as { port: number }).port));
  });
  onTestFinished(() => void thief.close());
  if (port === 0) return context.skip('this host has no IPv6');
  const login = await startLogin({
    redirectUris: [port, 0].map((at) => `http://localhost:${at}/auth/callback`),
  });
  expect(login.port).not.toBe(port);
  const { page } = await openTab();
  await page.goto(login.url);
  expect((await login.outcome).result?.routable).toBe(true);
  expect(exchanges(login.server)).toBe(1);
  expect(visits).toEqual([]);
});
