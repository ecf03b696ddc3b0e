import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { HOSTILE_NAME, useChromium } from './chromium.ts';
import { attack, serveHostilePage } from './hostile-page.ts';
import {
  type Arrival,
  awaitedCallback,
  exchanges,
  type PendingLogin,
  startLogin,
  watchArrivals,
} from './pending-login.ts';

const openTab = useChromium();

/** What nobody who lacks the state can know better. */
const guesses = [
  '/auth/callback',
  '/auth/callback?code=stolen&state=guessed',
  '/auth/callback?error=access_denied',
  '/auth/callback?error=access_denied&state=guessed',
  '/cancel',
  '/success',
];

/** How the attempts arrive at the callback, each at least once: otherwise nothing was tried. */
const everyKind = [
  'GET empty',
  'GET iframe',
  'GET image',
  'GET object',
  'GET script',
  'GET style',
  'HEAD empty',
  'OPTIONS empty',
  'POST empty',
  'POST iframe',
];

const kindsOf = (arrivals: readonly Arrival[]) =>
  [...new Set(arrivals.map(({ method, headers }) => `${method} ${headers['sec-fetch-dest']}`))].sort();

async function pendingBeside(host: string) {
  const arrivals = watchArrivals();
  const login = await startLogin();
  const site = await serveHostilePage();
  const { page } = await openTab();
  await page.goto(site.at(host));
  return { login, page, arrived: () => arrivals.filter(({ port }) => port === login.port) };
}

/** The wait went on, and the person, in the same browser, ends it. */
async function expectStillWaiting(login: PendingLogin, page: Page): Promise<void> {
  expect(login.ended()).toBe(false);
  expect(exchanges(login.server)).toBe(0);
  const person = await page.context().newPage();
  await person.goto(login.url);
  expect(await person.title()).toContain('Signed in to ChatGPT');
  expect((await login.outcome).result?.routable).toBe(true);
  expect(exchanges(login.server)).toBe(1);
}

async function openWindow(page: Page, url: string): Promise<Page> {
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.evaluate(`void window.open(${JSON.stringify(url)})`),
  ]);
  await popup.waitForURL(/^http:/);
  return popup;
}

describe.each(['127.0.0.1', HOSTILE_NAME])('a hostile page at %s', (host) => {
  test('R-CANCEL R-FETCH R-9700-1 cannot end the login, whatever it loads, sends or opens, and reads nothing', async () => {
    const { login, page, arrived } = await pendingBeside(host);
    const urls = guesses.map((path) => login.origin + path);
    expect(await page.evaluate(attack(urls))).toEqual([]);
    expect(login.ended()).toBe(false);
    expect(kindsOf(arrived())).toEqual(everyKind);
    for (const url of urls) {
      const popup = await openWindow(page, url);
      expect(await popup.title()).toContain('Nothing happened');
      expect(await popup.evaluate('window.opener')).toBeNull();
      await popup.close();
    }
    await page.evaluate(`void (location = ${JSON.stringify(urls[1])})`);
    await page.waitForURL(`${login.origin}/**`);
    await expectStillWaiting(login, page);
  });
});

test('R-FETCH the very answer that is awaited settles nothing unless it is a navigation', async () => {
  const { login, page, arrived } = await pendingBeside(HOSTILE_NAME);
  expect(await page.evaluate(attack([await awaitedCallback(login)]))).toEqual([]);
  expect(exchanges(login.server)).toBe(0);
  expect(kindsOf(arrived())).toEqual(everyKind);
  await expectStillWaiting(login, page);
});

test('R-HOST R-9700-2 R-HEADERS a name that leads to this machine (DNS rebinding) does not reach the callback', async () => {
  const { login, page } = await pendingBeside(HOSTILE_NAME);
  const origin = `http://${HOSTILE_NAME}:${login.port}`;
  const { pathname, search } = new URL(await awaitedCallback(login));
  for (const path of ['/', '/auth/callback?error=access_denied', pathname + search]) {
    expect((await page.goto(origin + path))?.status()).toBe(421);
    expect(await page.locator('main').innerText()).toContain('serves localhost only');
  }
  // Of the same origin now, as far as the browser can tell: the page's own policy stops it.
  const read = `fetch('/auth/callback').then((answer) => answer.text(), () => 'blocked')`;
  expect(await page.evaluate(read)).toBe('blocked');
  await expectStillWaiting(login, page);
});
