/**
 * One navigation of the stand-in browser: a GET with a browser's headers, redirects not followed, loopback
 * only, and what a TLS front stands in for. Not `fetch`: that one writes its own `Sec-Fetch-Mode`, which a callback may rightly turn away.
 */

import { get, type IncomingMessage } from 'node:http';

import { type FrontDoor, openTunnel } from '../tls/tunnel.ts';

/** A page that was reached. */
export interface VisitedPage {
  url: string;
  status: number;
  html: string;
}

/** An answer, and where it redirects to. */
export interface Navigation {
  readonly page: VisitedPage;
  /** `Location` of a 3xx answer, as sent. */
  readonly location: string | undefined;
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const HEADERS = {
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language': 'en',
  'User-Agent': 'Mozilla/5.0 (stand-in browser)',
  'Upgrade-Insecure-Requests': '1',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-User': '?1',
  Connection: 'close',
};

/**
 * Asks for one URL; `typed` when no page led there.
 * @throws where the address is not on this machine, or no answer comes
 */
export async function navigate(url: string, typed: boolean, front?: FrontDoor): Promise<Navigation> {
  const { protocol, hostname } = new URL(url);
  const tunnelled = protocol === 'https:' && front !== undefined;
  if (!tunnelled && (protocol !== 'http:' || !LOOPBACK.has(hostname))) {
    throw new Error(
      `The stand-in browser stays on this machine and does not go to ${protocol}//${hostname}.`,
    );
  }
  const headers = { ...HEADERS, 'Sec-Fetch-Site': typed ? 'none' : 'cross-site' };
  const tunnel = tunnelled ? await openTunnel(front, hostname) : undefined;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    // Inside the tunnel it is plain HTTP on a connection that is made already.
    const way = tunnel === undefined ? { agent: false } : { createConnection: () => tunnel };
    get(url.replace(/^https:/, 'http:'), { headers, ...way }, resolve).once('error', reject);
  });
  const html = await readAll(response);
  const { statusCode: status = 0, headers: received } = response;
  return {
    page: { url, status, html },
    location: status >= 300 && status < 400 ? received.location : undefined,
  };
}

async function readAll(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}
