/**
 * What the callback's listener answers (express): the callback, the result page, and a refusal for everything else.
 * It keeps the listener's hygiene; which response settles the login, the receiver decides. Loaded while the person reads.
 */

import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';

import { contentSecurityPolicy, SECURITY_HEADERS } from './headers.ts';
import { STYLE_HASH } from './page-style.ts';
import { type Page, strayPage } from './pages.ts';
import type { Offer } from './receiver.ts';

/** Where the held browser is sent once the login has ended. */
export interface ResultPage {
  /** Path of the page, with a one-time name: an address without a code. */
  readonly path: string;
  readonly page: Page;
}

export interface AppOptions {
  /** The exact path of the registered redirect URI. */
  callbackPath: string;
  /** The port that is bound: part of the only Hosts that are served. */
  port: number;
  offer(query: string): Offer<ResultPage>;
  /** Where the start link at a path leads, the first time it is asked for. */
  takeStart(path: string): string | undefined;
  /** The page at a path, once there is one. */
  resultAt(path: string): Page | undefined;
  /** The result page has reached a browser. */
  onResultDelivered(): void;
  /** A request was refused before it reached the receiver; never what was in it. */
  onTurnedAway(reason: string): void;
}

/** The express application of one login. */
export function createApp(options: AppOptions): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.use(securityHeaders);
  app.use(onlyOwnHosts(options));
  app.use(noExpectations);
  app.use(route(options));
  app.use(((_error, _request, response, _next) => {
    refuse(response, 400);
  }) satisfies ErrorRequestHandler);
  return app;
}

const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({ ...SECURITY_HEADERS, 'Content-Security-Policy': contentSecurityPolicy(STYLE_HASH) });
  next();
};

/** DNS rebinding: a foreign name that resolves to loopback still says so in its Host (R-HOST). */
function onlyOwnHosts({ port, onTurnedAway }: AppOptions): RequestHandler {
  const names = ['localhost', '127.0.0.1', '[::1]'];
  // A browser leaves out the scheme's own port.
  const hosts = new Set([...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])]);
  return (request, response, next) => {
    const said = request.rawHeaders.filter(
      (_, index, raw) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === 'host',
    );
    if (said.length === 1 && hosts.has((said[0] ?? '').toLowerCase())) return next();
    onTurnedAway('foreign Host');
    refuse(response, 421);
  };
}

/** A navigation expects nothing; whoever asks to be asked for its body is answered at once (RFC 9110 §10.1.1). */
const noExpectations: RequestHandler = (request, response, next) => {
  if (/^(?:100-continue)?$/i.test(request.get('Expect') ?? '')) return next();
  refuse(response, 417);
};

/** Exact paths only: no decoding, no case folding, no trailing slash, no absolute form (R-9700-2). */
function route(options: AppOptions): RequestHandler {
  return (request, response) => {
    const { path, query } = splitTarget(request.url);
    const page = options.resultAt(path);
    const start =
      request.method === 'GET' && foreignFetch(request) === undefined ? options.takeStart(path) : undefined;
    if (start !== undefined) return void response.redirect(302, start);
    if (path !== options.callbackPath && page === undefined) return refuse(response, 404);
    if (request.method === 'HEAD') return void response.status(200).end();
    if (request.method !== 'GET') {
      response.set('Allow', 'GET, HEAD');
      return refuse(response, 405);
    }
    const foreign = foreignFetch(request);
    if (foreign !== undefined) {
      options.onTurnedAway(foreign);
      return refuse(response, 403);
    }
    if (page !== undefined) return sendPage(response, page, options.onResultDelivered);
    return void receive(response, options.offer(query));
  };
}

/** Only a person's navigation settles: not an image, a fetch, a frame or a prefetch of some page (R-FETCH). */
function foreignFetch(request: Request): string | undefined {
  const mode = request.get('Sec-Fetch-Mode');
  const destination = request.get('Sec-Fetch-Dest');
  if (mode !== undefined && mode !== 'navigate') return 'not a navigation';
  if (destination !== undefined && destination !== 'document') return 'not a document';
  const purpose = request.get('Sec-Purpose') ?? request.get('Purpose');
  return purpose?.includes('prefetch') ? 'a prefetch' : undefined;
}

async function receive(response: Response, offer: Offer<ResultPage>): Promise<void> {
  if (offer.kind === 'turned-away') return refuse(response, 400);
  const { path } = await offer.answer;
  // 303: the address bar loses the code before anything is shown (R-9700-3). No text for browsers that stay: there are none.
  response.status(303).location(path).end();
}

function sendPage(response: Response, page: Page, onDelivered: () => void): void {
  response.once('finish', onDelivered);
  response.status(page.status).type('html').send(page.html);
}

function refuse(response: Response, status: Parameters<typeof strayPage>[0]): void {
  response.status(status).type('html').send(strayPage(status).html);
}

function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
