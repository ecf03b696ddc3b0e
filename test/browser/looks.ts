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
  const inspector = await page.context().newCDPSession(page);
  // Through the inspector, since the page's policy allows no script, and that is not to be lifted here.
  const evaluate = async (expression: string) => {
    const awaited = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await inspector.send('Runtime.evaluate', awaited);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
    return result.value;
  };
  await evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1024, height: 720 });
    await page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png`, fullPage: true });
    expect(await evaluate(AXE_VIOLATIONS), `${name} in ${colorScheme}`).toEqual([]);
    await page.setViewportSize({ width: 320, height: 720 });
    await page.screenshot({ path: `${pictures}/${name}-${colorScheme}-narrow.png`, fullPage: true });
    expect(await evaluate(TOO_WIDE), `${name} in ${colorScheme}`).toEqual([]);
    backgrounds.add(await evaluate('getComputedStyle(document.body).backgroundColor'));
  }
  expect(backgrounds.size, 'light and dark differ').toBe(2);
}

const AXE_VIOLATIONS = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) =>
  passes.length === 0 ? ['axe looked at nothing'] : violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join()))`;

const TOO_WIDE = `[...document.querySelectorAll('html, body, body *')]
  .filter((element) => element.scrollWidth > innerWidth || element.getBoundingClientRect().right > innerWidth + 0.5)
  .map(({ tagName }) => tagName)`;
