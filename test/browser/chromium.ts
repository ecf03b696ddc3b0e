/**
 * A real Chromium for the tests of one file: one browser, a context of its own for every page that is opened.
 * It can look up no name but localhost and the hostile one, and a test that asks for another host fails.
 */

import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished } from 'vitest';

/** A name that looks foreign and leads to this machine, as after DNS rebinding. */
export const HOSTILE_NAME = 'evil.example';

const OWN_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', HOSTILE_NAME]);
const RESOLVER_RULES = [
  `MAP ${HOSTILE_NAME} 127.0.0.1`,
  'MAP * ~NOTFOUND',
  'EXCLUDE localhost',
  'EXCLUDE 127.0.0.1',
  'EXCLUDE [::1]',
].join(', ');

export interface Tab {
  page: Page;
  /** Every URL that this tab's context asked for, redirects and sub-resources included. */
  requested: string[];
}

/** Opens a tab in a context of its own, which is closed when the test ends. */
export type OpenTab = (options?: BrowserContextOptions) => Promise<Tab>;

/** To be called at the top of a file: starts Chromium for it, or skips every test of it with the reason. */
export function useChromium(): OpenTab {
  const found = inject('chromium');
  let browser: Browser | undefined;

  beforeAll(async () => {
    if ('missing' in found) return;
    browser = await chromium.launch({
      executablePath: found.path,
      args: [`--host-resolver-rules=${RESOLVER_RULES}`],
    });
    const page = await browser.newPage();
    await expect(page.goto('http://leaves.example/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
    await page.context().close();
  });
  afterAll(() => browser?.close());
  beforeEach((context) => {
    if ('missing' in found) context.skip(found.missing);
  });

  return async (options = {}) => {
    if (browser === undefined) throw new Error('Chromium was not started.');
    const context = await browser.newContext(options);
    context.setDefaultTimeout(10_000);
    const requested: string[] = [];
    context.on('request', (request) => requested.push(request.url()));
    onTestFinished(async () => {
      await context.close();
      expect(requested.filter((url) => leavesLoopback(url))).toEqual([]);
    });
    return { page: await context.newPage(), requested };
  };
}

function leavesLoopback(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol !== 'data:' && !OWN_HOSTS.has(hostname);
}
