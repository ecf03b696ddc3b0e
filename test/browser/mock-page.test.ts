import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';

import { startAuthorizationServer } from '../../mocks/index.ts';
import { postJson } from '../mocks/client.ts';

import { useChromium } from './chromium.ts';
import { expectGoodLooks, watchComplaints } from './looks.ts';
import { exchanges, startLogin } from './pending-login.ts';

const openTab = useChromium();

async function openSignInPage(javaScriptEnabled = true) {
  const login = await startLogin({ server: { approve: 'page' } });
  const { page } = await openTab({ javaScriptEnabled });
  const complaints = watchComplaints(page);
  await page.goto(login.url);
  return { login, page, complaints };
}

/** What has the focus after this key; that it can be seen is checked. */
async function tabTo(page: Page, key = 'Tab'): Promise<string> {
  await page.keyboard.press(key);
  const focused = `(document.activeElement.closest('label') ?? document.activeElement)`;
  const [text, outline] = (await page.evaluate(
    `[${focused}.innerText, getComputedStyle(${focused}).outlineStyle]`,
  )) as [string, string];
  expect(outline).toBe('solid');
  return text;
}

describe("the mock's sign-in page", () => {
  test('says that it is a mock, who asks, for what, and looks well', async () => {
    const { login, page, complaints } = await openSignInPage();
    expect(await page.title()).toBe('Sign in · mock authorization server');
    const text = await page.locator('main').innerText();
    expect(text).toContain('no real account is involved');
    expect(text).toContain(`at ${login.origin}, asks for access`);
    expect(text).toContain('stay signed in until you revoke it');
    expect(complaints).toEqual([]);
    await expectGoodLooks(page, 'mock-sign-in');
  });

  test('says why a request cannot be honoured, looks well, and sends nobody to the callback', async () => {
    const login = await startLogin();
    const { page, requested } = await openTab();
    const complaints = watchComplaints(page);
    const url = new URL(login.url);
    url.searchParams.set('redirect_uri', 'http://evil.example/callback');
    expect((await page.goto(url.href))?.status()).toBe(400);
    expect(await page.locator('main').innerText()).toContain('redirect_uri is not acceptable');
    expect(requested).toEqual([url.href]);
    expect(complaints).toEqual([]);
    await expectGoodLooks(page, 'mock-refusal');
  });

  test.each([true, false])(
    'by keyboard alone, "Allow" signs the chosen person in (JavaScript: %s)',
    async (scripts) => {
      const { login, page, complaints } = await openSignInPage(scripts);
      expect(await tabTo(page)).toContain('Robin Example');
      expect(await tabTo(page, 'ArrowDown')).toContain('Sam Example');
      expect(await tabTo(page)).toBe('Allow');
      await Promise.all([page.waitForURL(`${login.origin}/*`), page.keyboard.press('Enter')]);
      expect(await page.title()).toContain('Signed in to ChatGPT');
      expect((await login.outcome).result).toMatchObject({ email: 'sam@example.com', routable: true });
      expect(exchanges(login.server)).toBe(1);
      expect(complaints).toEqual([]);
    },
  );

  test('R-6749-1 by keyboard alone and without JavaScript, "Deny" ends the login', async () => {
    const { login, page, complaints } = await openSignInPage(false);
    await tabTo(page);
    expect(await tabTo(page)).toBe('Allow');
    expect(await tabTo(page)).toBe('Deny');
    await Promise.all([page.waitForURL(`${login.origin}/*`), page.keyboard.press('Enter')]);
    expect(await page.locator('main').innerText()).toContain('ERR_ACCESS_DENIED');
    expect((await login.outcome).error).toMatchObject({ code: 'ERR_ACCESS_DENIED', exitCode: 3 });
    expect(exchanges(login.server)).toBe(0);
    expect(complaints).toEqual([]);
  });
});

async function openDevicePage({ query = '', javaScriptEnabled = true } = {}) {
  const server = await startAuthorizationServer({ approve: 'page' });
  onTestFinished(() => server.close());
  const asked = await postJson(`${server.issuer}/api/accounts/deviceauth/usercode`, {
    client_id: server.clientId,
  });
  const { device_auth_id, user_code } = (await asked.json()) as Record<string, string>;
  const { page } = await openTab({ javaScriptEnabled });
  const complaints = watchComplaints(page);
  await page.goto(`${server.issuer}/codex/device${query.replace('CODE', user_code ?? '')}`);
  const poll = () =>
    postJson(`${server.issuer}/api/accounts/deviceauth/token`, { device_auth_id, user_code });
  return { server, page, complaints, userCode: user_code ?? '', poll };
}

describe("the mock's page for another device", () => {
  test('warns of codes that somebody else started, and looks well: empty, wrong, and done', async () => {
    const { page, complaints, userCode, poll } = await openDevicePage();
    expect(await page.title()).toBe('Sign in on another device · mock authorization server');
    expect(await page.locator('main').innerText()).toContain('only if you started it yourself');
    await expectGoodLooks(page, 'mock-device');
    await page.getByLabel('Code').fill('ZZZZ-ZZZZZ');
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('not known');
    expect(await page.getByLabel('Code').getAttribute('aria-invalid')).toBe('true');
    await expectGoodLooks(page, 'mock-device-wrong');
    await page.getByLabel('Code').fill(userCode.toLowerCase());
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await page.locator('h1').innerText()).toBe('Allowed');
    await expectGoodLooks(page, 'mock-device-done');
    expect((await poll()).status).toBe(200);
    expect(complaints).toEqual([]);
  });

  test('by keyboard alone and without JavaScript, with the code filled in, "Deny" refuses', async () => {
    const { page, complaints, userCode, poll } = await openDevicePage({
      query: '?user_code=CODE',
      javaScriptEnabled: false,
    });
    expect(await page.getByLabel('Code').inputValue()).toBe(userCode);
    await page.keyboard.press('Tab');
    expect(await tabTo(page)).toContain('Robin Example');
    expect(await tabTo(page)).toBe('Allow');
    expect(await tabTo(page)).toBe('Deny');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(await page.locator('h1').innerText()).toBe('Denied');
    expect((await poll()).status).toBe(400);
    expect(complaints).toEqual([]);
  });
});
