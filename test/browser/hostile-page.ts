/** A page of somebody else, open in the same browser, that tries to answer for the person. It decides what is tried, not what must come of it. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface HostileSite {
  /** Its address under a host name that leads to this machine. */
  at(host: string): string;
}

/** Serves the page on a port of its own; it does nothing before `attack` is called. */
export async function serveHostilePage(): Promise<HostileSite> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { at: (host) => `http://${host}:${port}/` };
}

/** An expression for the page: tries each URL in every way that loads it, and resolves to what could be read of the answers. */
export const attack = (urls: readonly string[]) =>
  `Promise.all(${JSON.stringify(urls)}.map(attack)).then((read) => read.flat())`;

const PAGE = `<!doctype html><title>Win a prize</title><body><script>
const loaded = (tag, attributes) => new Promise((resolve) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.onload = element.onerror = () => resolve();
  document.body.append(element);
});
const frame = (name) => Object.assign(document.createElement('iframe'), { name });
const submitted = (action, method) => new Promise((resolve) => {
  const name = 'target' + Math.random();
  const target = frame(name);
  document.body.append(target);
  const form = Object.assign(document.createElement('form'), { action, method, target: name });
  for (const [field, value] of new URL(action).searchParams)
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: field, value }));
  document.body.append(form);
  target.onload = resolve;
  form.submit();
});
async function fetched(url, init) {
  try {
    const answer = await fetch(url, init);
    return answer.type === 'opaque' || answer.type === 'opaqueredirect' ? [] : [await answer.text()];
  } catch {
    return [];
  }
}
async function attack(url) {
  await Promise.all([
    loaded('img', { src: url }),
    loaded('script', { src: url }),
    loaded('link', { rel: 'stylesheet', href: url }),
    loaded('link', { rel: 'prefetch', href: url }),
    loaded('iframe', { src: url }),
    loaded('object', { data: url, type: 'text/html' }),
    submitted(url, 'get'),
    submitted(url, 'post'),
  ]);
  const read = await Promise.all([
    fetched(url, { mode: 'no-cors' }),
    fetched(url, { mode: 'cors' }),
    fetched(url, { mode: 'cors', credentials: 'include' }),
    fetched(url, { mode: 'no-cors', redirect: 'manual' }),
    fetched(url, { mode: 'no-cors', method: 'HEAD' }),
    fetched(url, { mode: 'no-cors', method: 'POST', body: 'code=x' }),
    fetched(url, { mode: 'cors', method: 'PUT' }),
  ]);
  return read.flat();
}
</script>`;
