/** How a page looks and reads, in both colour schemes and on a narrow screen: what a machine can judge, and a picture for a person. */

import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const pictures = fileURLToPath(new URL('../../.cache/screenshots', import.meta.url));

/** Everything a browser complains about: console errors and warnings (violations of the policy are some), exceptions. */
export function watchComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    // The status of the page itself is no fault of it: the failure pages are 400 on purpose.
    const itself = message.text().startsWith('Failed to load') && message.location().url === page.url();
    if (/error|warning/.test(message.type()) && !itself) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}

/** In light and dark: nothing for axe to find, nothing wider than 320 pixels, a picture of each in `.cache/screenshots`. */
export async function expectGoodLooks(page: Page, name: string): Promise<void> {
  const backgrounds = new Set<unknown>();
  const evaluate = await openInspector(page);
  await evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1024, height: 720 });
    await page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png`, fullPage: true });
    expect(await evaluate(AXE_VIOLATIONS), `${name} in ${colorScheme}`).toEqual([]);
    await page.setViewportSize({ width: 320, height: 720 });
    await page.screenshot({ path: `${pictures}/${name}-${colorScheme}-narrow.png`, fullPage: true });
    expect(await evaluate(OUTSIDE), `${name} in ${colorScheme}`).toEqual([]);
    backgrounds.add(await evaluate('getComputedStyle(document.body).backgroundColor'));
  }
  expect(backgrounds.size, 'light and dark differ').toBe(2);
}

/** Runs an expression in the page: through the inspector, since the page's policy allows no script, and that is not to be lifted. */
export async function openInspector(page: Page): Promise<(expression: string) => Promise<unknown>> {
  const inspector = await page.context().newCDPSession(page);
  return async (expression) => {
    const awaited = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await inspector.send('Runtime.evaluate', awaited);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
    return result.value;
  };
}

/** How a page may be shown: a name, and what makes the browser do so. */
export const SETTINGS: readonly (readonly [name: string, media: Parameters<Page['emulateMedia']>[0]])[] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['forced colours', { colorScheme: 'light', forcedColors: 'active' }],
  ['forced colours, dark', { colorScheme: 'dark', forcedColors: 'active' }],
  ['more contrast', { colorScheme: 'light', contrast: 'more' }],
  ['print', { media: 'print' }],
];
const ORDINARY = {
  media: 'screen',
  colorScheme: 'light',
  forcedColors: 'none',
  contrast: 'no-preference',
} as const;
const WIDTHS = [320, 768, 1440];

/**
 * Every way a page may be shown: nothing for any rule of axe to find (best practices and a contrast of 7:1 among them), nothing
 * outside the window at any width, in either direction of writing, with text of twice the size.
 */
export async function expectEveryVariant(page: Page, name: string, settings = SETTINGS): Promise<void> {
  const evaluate = await openInspector(page);
  await evaluate(axe.source);
  for (const [setting, media] of settings) {
    await page.emulateMedia({ ...ORDINARY, reducedMotion: 'reduce', ...media });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 720 });
      for (const direction of ['rtl', 'ltr']) {
        await evaluate(`document.documentElement.dir = '${direction}'`);
        expect(await evaluate(OUTSIDE), `${name}, ${setting}, ${width} px, ${direction}`).toEqual([]);
      }
    }
    const where = `${name}, ${setting}`;
    expect(await evaluate(EVERY_AXE_RULE), where).toEqual([]);
    if (setting === 'light' || setting === 'dark')
      await page.screenshot({ path: `${pictures}/page-${name}-${setting}.png`, fullPage: true });
  }
  await page.emulateMedia(ORDINARY);
  await page.setViewportSize({ width: 320, height: 720 });
  expect(await evaluate(EVERY_AXE_RULE), `${name}, 320 px`).toEqual([]);
  await evaluate(`document.documentElement.style.fontSize = '200%'`);
  expect(await evaluate(OUTSIDE), `${name}, twice the size`).toEqual([]);
  await evaluate(`document.documentElement.style.fontSize = ''`);
}

const told = (run: string) => `${run}.then(({ violations, passes }) =>
  passes.length === 0 ? ['axe looked at nothing'] : violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join()))`;

const AXE_VIOLATIONS = told(`axe.run(document, { resultTypes: ['violations'] })`);

/** Those that are off by default too: all that Lighthouse asks for, which is a part of them, and contrast by WCAG's level AAA. */
const EVERY_AXE_RULE = told(`axe.run(document, {
  resultTypes: ['violations'],
  rules: Object.fromEntries(axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }])),
})`);

const OUTSIDE = `[...document.querySelectorAll('html, body, body *')]
  .filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    return element.scrollWidth > innerWidth || (width > 0 && (right > innerWidth + 0.5 || left < -0.5));
  })
  .map(({ tagName }) => tagName)`;
