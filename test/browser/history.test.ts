import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';

import { expectNoSecret } from '../support/sign-in.ts';
import { useChromium } from './chromium.ts';
import { exchanges, type PendingLogin, startLogin, watchArrivals } from './pending-login.ts';

const openTab = useChromium();
const refused = 'ERR_CONNECTION_REFUSED';

async function signedIn(approve: 'auto' | 'page' = 'auto') {
  const login = await startLogin({ server: { approve } });
  const tab = await openTab();
  await tab.page.goto(login.url);
  if (approve === 'page') await tab.page.getByRole('button', { name: 'Allow' }).click();
  await tab.page.waitForURL(`${login.origin}/*`);
  expect((await login.outcome).result?.routable).toBe(true);
  const callback = tab.requested.find((url) => url.includes('/auth/callback?')) ?? '';
  expect(new URL(callback).searchParams.get('code')).toBeTruthy();
  return { login, ...tab, callback };
}

async function expectNothingShown({ server }: PendingLogin, page: Page): Promise<void> {
  expectNoSecret(server, [await page.locator('body').innerText()]);
  expect(exchanges(server)).toBe(1);
}

describe('after a login', () => {
  test('R-6749-2 R-8252-6 a reload of the result page finds nobody, and shows no secret', async () => {
    const { login, page } = await signedIn();
    await expect(page.reload()).rejects.toThrow(refused);
    await expectNothingShown(login, page);
  });

  test('R-6749-2 R-9700-3 the callback is not in the history: a step back leads to the sign-in page, and from there to nobody', async () => {
    const { login, page } = await signedIn('page');
    await page.goBack();
    expect(new URL(page.url()).pathname).toBe('/oauth/authorize');
    const failed = page.waitForEvent('requestfailed');
    await page.getByRole('button', { name: 'Allow' }).click();
    expect((await failed).failure()?.errorText).toContain(refused);
    await expectNothingShown(login, page);
  });

  test('R-6749-2 the callback opened again, by hand, reaches nobody and exchanges nothing', async () => {
    const { login, page, callback } = await signedIn();
    await expect(page.goto(callback)).rejects.toThrow(refused);
    expect(exchanges(login.server)).toBe(1);
  });

  test('R-9700-1 the old callback and the old page, reloaded into the next login, are turned away, and it goes on', async () => {
    const { login, page, callback } = await signedIn();
    const oldPage = page.url();
    const next = await startLogin({ server: login.server, port: login.port });
    expect((await page.reload())?.status()).toBe(404);
    expect(page.url()).toBe(oldPage);
    expect((await page.goto(callback))?.status()).toBe(400);
    expect(await page.title()).toContain('Nothing happened');
    await expectNothingShown(login, page);
    expect(next.ended()).toBe(false);
    await page.goto(next.url);
    expect((await next.outcome).result?.routable).toBe(true);
    expect(exchanges(login.server)).toBe(2);
  });
});

describe('while the code is exchanged', () => {
  /** A login whose token request waits until it is let go. */
  async function heldUp() {
    let letGo: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let asked: () => void = () => undefined;
    const exchanging = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const arrivals = watchArrivals();
    const login = await startLogin({
      fetch: async (...args) => {
        if (!String(args[0]).endsWith('/oauth/token')) return fetch(...args);
        asked();
        await gate;
        return fetch(...args);
      },
    });
    onTestFinished(letGo);
    const tab = await openTab();
    const first = tab.page.goto(login.url).then(
      () => 'shown',
      () => 'given up',
    );
    await exchanging;
    const callback = login.origin + arrivals.find(({ port }) => port === login.port)?.target;
    return { login, ...tab, first, callback, letGo };
  }

  test('R-6749-2 the same answer sent again, as an impatient person does, makes one exchange and gets the page', async () => {
    const { login, page, first, callback, letGo } = await heldUp();
    await page.goto('about:blank');
    expect(await first).toBe('given up');
    const again = page.goto(callback);
    letGo();
    await again;
    expect(await page.title()).toContain('Signed in to ChatGPT');
    await login.outcome;
    await expectNothingShown(login, page);
  });

  test('R-9700-1 another answer with the same state is turned away and changes nothing', async () => {
    const { login, page, first, callback, letGo } = await heldUp();
    const forged = new URL(callback);
    forged.searchParams.set('code', 'forged');
    const { page: other } = await openTab();
    expect((await other.goto(forged.href))?.status()).toBe(400);
    expect(await other.title()).toContain('Nothing happened');
    letGo();
    expect(await first).toBe('shown');
    expect(await page.title()).toContain('Signed in to ChatGPT');
    expect((await login.outcome).result?.routable).toBe(true);
    await expectNothingShown(login, page);
  });
});
