import { describe, expect, test } from 'vitest';

import { openMemoryStore } from '../../src/store/memory-store.ts';
import { useChromium } from './chromium.ts';
import { expectGoodLooks, watchComplaints } from './looks.ts';
import { type PendingLoginOptions, startLogin } from './pending-login.ts';

const openTab = useChromium();
const denied = { server: { scenario: 'access-denied' } } as const;
const broken = { server: { scenario: 'token-500' } } as const;

async function read(options: PendingLoginOptions, javaScriptEnabled = true) {
  const login = await startLogin(options);
  const { page } = await openTab({ javaScriptEnabled });
  const complaints = watchComplaints(page);
  const response = await page.goto(login.url);
  const outcome = await login.outcome;
  const text = await page.locator('main').innerText();
  return { login, page, complaints, text, status: response?.status(), ...outcome };
}

describe('the page after a login', () => {
  test('R-9700-3 says who signed in, what was stored where and that it will be used', async () => {
    const { login, page, text, result, status, complaints } = await read({});
    expect(status).toBe(200);
    expect(await page.title()).toBe('Signed in to ChatGPT · codex-login');
    expect(text).toMatch(/^Signed in to ChatGPT\n/);
    expect(text).toContain('robin@example.com, plus plan');
    expect(text).toMatch(new RegExp(`Profile\\s+${result?.profileId}\\s`));
    expect(text).toMatch(new RegExp(`Stored in\\s+${result?.store}\\s`));
    expect(result?.routable).toBe(true);
    expect(text).toMatch(/Will be used\s+Yes, by OpenClaw/);
    expect(page.url()).toMatch(new RegExp(`^${login.origin}/[\\w-]{22}$`));
    expect(complaints).toEqual([]);
    await expectGoodLooks(page, 'success');
  });

  test('does not promise what OpenClaw would not do: one step is left, and it says which', async () => {
    const profileId = 'openai-codex:robin@example.com';
    const profiles = { [profileId]: { provider: 'openai-codex', mode: 'api_key' } };
    const { page, text, result, complaints } = await read({ configuration: async () => ({ profiles }) });
    expect(result).toMatchObject({ routable: false, reason: 'mode_mismatch' });
    expect(await page.title()).toBe('Signed in, one step left · codex-login');
    expect(text).toMatch(/Will be used\s+Not yet: mode_mismatch/);
    expect(text).toContain(result?.hint);
    expect(complaints).toEqual([]);
    await expectGoodLooks(page, 'one-step-left');
  });

  test.each([
    ['ERR_ACCESS_DENIED', 'access-denied', denied],
    ['ERR_TOKEN_ENDPOINT', 'token-500', broken],
  ] as const)(
    'R-9700-3 R-6749-1 says %s, why, and what to do, as the terminal does',
    async (code, name, options) => {
      const { login, page, text, error, status, complaints } = await read(options);
      expect(error?.code).toBe(code);
      expect(status).toBe(400);
      expect(await page.title()).toBe('Not signed in · codex-login');
      expect(text).toMatch(/^Not signed in\n/);
      expect(text).toContain(error?.summary);
      // That nothing was stored is told in a place of its own.
      expect(text).toContain(error?.hint.replace(' Nothing was stored.', ''));
      expect(text).toMatch(/Stored\s+Nothing; what was stored before is unchanged/);
      expect(text).toMatch(new RegExp(`Error code\\s+${code}\\s`));
      expect(page.url()).toMatch(new RegExp(`^${login.origin}/[\\w-]{22}$`));
      expect(complaints).toEqual([]);
      await expectGoodLooks(page, name);
    },
  );

  test('fits a narrow screen with the longest names, and shows their markup as text', async () => {
    const email = `${'someone.with.a.long.name'.repeat(3).slice(0, 64)}@${'a'.repeat(60)}.example.com`;
    const plan = '<img src=http://leaves.example/x onerror=alert(1)>';
    const account = { email, plan, accountId: '6f2c1a58-3d0e-4b7a-9c41-0d5e8a7b1f20', userId: 'user-x' };
    const store = openMemoryStore();
    const info = { ...store.info, location: `/home/${'deeply/nested/'.repeat(12)}auth-profiles.json` };
    const { page, text, result, complaints } = await read({
      server: { accounts: [account] },
      store: { ...store, info },
    });
    expect(result?.store).toBe(info.location);
    expect(text).toContain(`${email}, ${plan} plan`);
    expect(complaints).toEqual([]);
    await expectGoodLooks(page, 'longest-names');
  });

  test.each([
    ['success', {}],
    ['access-denied', denied],
  ] as const)('reads the same without JavaScript: %s', async (_, options) => {
    const [without, withScripts] = await Promise.all([read(options, false), read(options)]);
    expect(without.text).toBe(withScripts.text);
    expect(without.complaints).toEqual([]);
  });
});

test('R-STATUS a page that nobody asked for says that nothing happened, and the login goes on', async () => {
  const login = await startLogin();
  const { page } = await openTab();
  const complaints = watchComplaints(page);
  for (const [status, path, says] of [
    [404, '/elsewhere?code=stolen', 'nothing at this address'],
    [400, '/auth/callback?code=stolen&state=wrong', 'does not belong to the sign-in'],
  ] as const) {
    expect((await page.goto(login.origin + path))?.status()).toBe(status);
    expect(await page.title()).toBe('Nothing happened · codex-login');
    expect(await page.locator('main').innerText()).toContain(says);
    expect(await page.locator('main').innerText()).toContain('a sign-in that is under way goes on');
    expect(await page.content()).not.toContain('stolen');
  }
  expect(complaints).toEqual([]);
  await expectGoodLooks(page, 'nothing-happened');
  expect(login.ended()).toBe(false);
  await page.goto(login.url);
  expect((await login.outcome).result?.routable).toBe(true);
});
