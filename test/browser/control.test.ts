/** The mock's remote control beside a hostile page in the developer's own browser: nothing is decided, and nothing can be read. */

import { expect, onTestFinished, test } from 'vitest';

import { startAuthorizationServer, startControl } from '../../mocks/index.ts';
import { authorizationRequest } from '../mocks/client.ts';
import { HOSTILE_NAME, useChromium } from './chromium.ts';
import { attack, serveHostilePage } from './hostile-page.ts';

const openTab = useChromium();

/** A person's request that waits for `approve()` or `deny()`, and a control that could answer for them. */
async function waitingForADecision() {
  const server = await startAuthorizationServer({ approve: 'manual' });
  const control = await startControl({ server });
  onTestFinished(async () => {
    await control.close();
    await server.close();
  });
  void fetch(authorizationRequest(server).url, { redirect: 'manual' }).catch(() => undefined);
  while (server.pending().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return { server, control };
}

/** What `attack` leaves out: bodies in JSON, as text that is JSON, and a beacon. */
const posts = (origin: string) => `(async () => {
  const read = [];
  for (const path of ['/approve', '/deny', '/scenarios', '/clock/advance'])
    for (const [mode, type] of [['cors', 'application/json'], ['cors', 'text/plain'], ['no-cors', 'text/plain'], ['no-cors', 'application/json']]) {
      const init = { method: 'POST', mode, body: '{"name":"token-500","by":"1h"}', headers: { 'Content-Type': type } };
      const answer = await fetch(${JSON.stringify(origin)} + path, init).catch(() => undefined);
      if (answer && answer.type !== 'opaque') read.push(await answer.text());
      navigator.sendBeacon(${JSON.stringify(origin)} + path, '{}');
    }
  return read;
})()`;

test.each(['127.0.0.1', 'localhost', HOSTILE_NAME])(
  'a page at %s reads nothing of the remote control, and decides nothing by it',
  async (host) => {
    const { server, control } = await waitingForADecision();
    const site = await serveHostilePage();
    const { page } = await openTab();
    await page.goto(site.at(host));
    const urls = ['/journal', '/tokens', '/pending', '/approve', '/deny'].map((path) => control.url + path);
    expect(await page.evaluate(attack(urls))).toEqual([]);
    expect(await page.evaluate(posts(control.url))).toEqual([]);
    expect(server.pending()).toHaveLength(1);
    expect(server.journal.entries).toEqual([]);
  },
);

test('a name that was rebound to this machine leads to a refusal, and to no data', async () => {
  const { server, control } = await waitingForADecision();
  const { page } = await openTab();
  const response = await page.goto(`http://${HOSTILE_NAME}:${control.port}/pending`);
  expect([response?.status(), await page.content()]).toEqual([421, expect.not.stringContaining('scope')]);
  // It is on the control's own origin now: nothing holds its requests back but the control.
  const post = `fetch('/deny', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } }).then((answer) => answer.status)`;
  expect(await page.evaluate(post)).toBe(421);
  expect(server.pending()).toHaveLength(1);
});
