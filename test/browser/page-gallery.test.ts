import type { Page as Tab } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openCallbackServer } from '../../src/loopback/callback-server.ts';
import type { Page } from '../../src/loopback/pages.ts';
import { useChromium } from './chromium.ts';
import { expectEveryVariant, openInspector, SETTINGS, watchComplaints } from './looks.ts';
import { gallery } from './page-gallery.ts';
import { watchArrivals } from './pending-login.ts';

const openTab = useChromium();

/** Where a callback leads to this page, with the headers and the policy that a login's pages have. */
async function serve(page: Page): Promise<string> {
  const server = await openCallbackServer<string>(['http://localhost:0/auth/callback'], () => undefined);
  onTestFinished(() => server.close());
  server.expect(() => ({ kind: 'settles', value: 'anything' }));
  server.conclude(page);
  return `${server.redirectUri}?code=c&state=s`;
}

async function open(
  page: Page,
): Promise<{ tab: Tab; address: string; complaints: string[]; requested: string[] }> {
  const address = await serve(page);
  const { page: tab, requested } = await openTab();
  const complaints = watchComplaints(tab);
  await tab.goto(address);
  return { tab, address, complaints, requested };
}

const pageOf = (name: string): Page => {
  const page = gallery[name];
  if (page === undefined) throw new Error(`no page "${name}"`);
  return page;
};

/** These in every setting; the others are made of the same parts, and are looked at in light and dark. */
const WHOLE = ['success', 'denied', 'one-step-left', 'longest-names'];

describe('every page, in every way it may be shown', () => {
  test.each(Object.keys(gallery))('%s: reads well, fits, and asks for nothing', async (name) => {
    const arrivals = watchArrivals();
    const { tab, address, complaints, requested } = await open(pageOf(name));
    await expectEveryVariant(tab, name, WHOLE.includes(name) ? SETTINGS : SETTINGS.slice(0, 2));
    expect(complaints).toEqual([]);
    expect(requested).toEqual([address, tab.url()]);
    const paths = arrivals.map(({ target }) => target).filter((target) => target !== '/favicon.ico');
    expect(paths).toEqual(['/auth/callback?code=c&state=s', new URL(tab.url()).pathname]);
  });

  test('moves only for those who have not asked for less motion, once, and then is still', async () => {
    const { tab } = await open(pageOf('success'));
    const evaluate = await openInspector(tab);
    const moving = `document.getAnimations().map(({ effect }) => effect.getComputedTiming().iterations)`;
    expect(await evaluate(moving)).toEqual([1, 1]);
    await tab.emulateMedia({ reducedMotion: 'reduce' });
    expect(await evaluate(moving)).toEqual([]);
  });

  test('is printed on one sheet, dark on white, with every mark', async () => {
    const { tab } = await open(pageOf('success'));
    await tab.emulateMedia({ colorScheme: 'dark' });
    const printed = await tab.pdf({ format: 'A4' });
    expect(printed.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
    await tab.emulateMedia({ colorScheme: 'dark', media: 'print' });
    const evaluate = await openInspector(tab);
    const look = `[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]`;
    expect(await evaluate(look)).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
    // A printer leaves grounds out: a mark must not be white on its own.
    const marks = `[...document.querySelectorAll('dt svg')].map((mark) => getComputedStyle(mark).color)`;
    expect(new Set((await evaluate(marks)) as string[])).toEqual(new Set(['rgb(11, 90, 67)']));
  });

  test('shows its colours in the scheme of the person, and differs in light and dark', async () => {
    const { tab } = await open(pageOf('denied'));
    const evaluate = await openInspector(tab);
    const grounds = new Set<unknown>();
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.emulateMedia({ colorScheme });
      grounds.add(await evaluate('getComputedStyle(document.body).backgroundColor'));
    }
    expect(grounds.size).toBe(2);
  });
});

describe('what a screen reader is given', () => {
  test('the outcome first, landmarks, and no decoration', async () => {
    const { tab } = await open(pageOf('one-step-left'));
    const tree = await tab.locator('body').ariaSnapshot();
    expect(tree).toMatch(/^- main:\n {2}- heading "Signed in, one step left" \[level=1\]/);
    expect(tree).toContain('heading "What to do next" [level=2]');
    expect(tree).toMatch(/\n- contentinfo:/);
    expect(tree).not.toMatch(/\bimg\b/);
  });
});

describe('names that are written from right to left', () => {
  test('stay in their order, and so does what stands around them', async () => {
    const { tab } = await open(pageOf('right-to-left-names'));
    await tab.setViewportSize({ width: 1440, height: 900 });
    const evaluate = await openInspector(tab);
    // Where each part of the path is drawn, from left to right.
    const drawn = `(() => {
      const path = [...document.querySelectorAll('dd code')].find(({ textContent }) => textContent.startsWith('/home/'));
      const parts = [...path.querySelectorAll('bdi')].filter(({ textContent }) => textContent.length > 1);
      return parts.sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left).map(({ textContent }) => textContent);
    })()`;
    expect(await evaluate(drawn)).toEqual(['home', 'مستخدم', 'תיקייה', 'auth-profiles', 'json']);
    expect(await tab.locator('dd').first().innerText()).toContain(', plus plan');
  });
});
