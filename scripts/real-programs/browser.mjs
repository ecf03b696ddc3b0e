// Requests as a browser, a foreign web page, or another program on this machine would send them. Loopback only.

import { request as httpRequest } from 'node:http';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const REDIRECTS = 5;

const BROWSER = {
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'User-Agent': 'Mozilla/5.0 (stand-in browser)',
  'Upgrade-Insecure-Requests': '1',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Site': 'cross-site',
  'Sec-Fetch-User': '?1',
};

/** An image on somebody's web page: `<img src="http://127.0.0.1:1455/cancel">`. */
export const FOREIGN_PAGE = {
  Accept: 'image/avif,image/webp,*/*;q=0.8',
  'User-Agent': 'Mozilla/5.0 (stand-in browser)',
  Referer: 'https://somewhere.example/',
  'Sec-Fetch-Mode': 'no-cors',
  'Sec-Fetch-Dest': 'image',
  'Sec-Fetch-Site': 'cross-site',
};

/** One request, redirects not followed: `{ status, title, body, location }`, or `{ failed }` with the reason. */
export function ask(url, { method = 'GET', headers = BROWSER, timeoutMs = 70_000, dropAfterMs } = {}) {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'http:' || !LOOPBACK.has(hostname))
    return Promise.resolve({ url, failed: 'not on loopback' });
  const started = performance.now();
  return new Promise((resolve) => {
    const fail = (failed) => resolve({ url, failed, ms: performance.now() - started });
    const sent = httpRequest(url, { method, headers: { ...headers, Connection: 'close' }, agent: false });
    const timer = setTimeout(() => {
      sent.destroy();
      fail(`no answer within ${Math.round(timeoutMs / 1000)} s`);
    }, timeoutMs);
    const dropper = dropAfterMs && setTimeout(() => sent.destroy(), dropAfterMs);
    sent.on('error', (error) => {
      clearTimeout(timer);
      clearTimeout(dropper);
      fail(error.code ?? error.message);
    });
    sent.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      response.on('error', () => undefined);
      response.once('close', () => {
        clearTimeout(timer);
        const title = /<title[^>]*>([^<]*)</i.exec(body)?.[1]?.trim();
        const { statusCode: status, headers: received } = response;
        const location = status >= 300 && status < 400 ? received.location : undefined;
        resolve({ url, status, title, body, location, ms: performance.now() - started });
      });
    });
    sent.end();
  });
}

/** A navigation to its last page; `visited` holds every address. */
export async function browse(start, options) {
  const visited = [];
  let url = start;
  for (;;) {
    visited.push(url);
    const page = await ask(url, options);
    if (page.location === undefined || visited.length > REDIRECTS) return { ...page, visited };
    url = new URL(page.location, url).href;
  }
}

/** A page in a few words. */
export function tellPage({ status, title, body, failed }) {
  if (failed !== undefined)
    return failed === 'ECONNREFUSED' ? 'no page: connection refused' : `no page: ${failed}`;
  const text =
    title ??
    body
      .replace(/<[^>]*>|\s+/g, ' ')
      .trim()
      .slice(0, 40);
  return `page ${status} "${text}"`;
}
