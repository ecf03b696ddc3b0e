/**
 * From a request to its answer (express): which endpoint, which parameters, one journal entry, then the
 * answer is sent. It routes and records; every decision about a request is the endpoint's. The Host header is
 * never looked at.
 */

import express, { type ErrorRequestHandler, type Request, type Response } from 'express';

import { type Answer, jsonAnswer, oauthErrorAnswer } from './answer.ts';
import { createAuthorizationEndpoint } from './authorize.ts';
import type { ServerContext } from './context.ts';
import type { Courier } from './delivery.ts';
import { createDeviceEndpoints } from './device.ts';
import { createDeviceVisit, DEVICE_PAGE_PATH } from './device-visit.ts';
import { createDocuments, DEVICE_AUTHORIZATION_PATH } from './metadata.ts';
import { type Parameters, readBody, readQuery } from './parameters.ts';
import { createRevocationEndpoint } from './revocation.ts';
import { TOKEN_REDIRECT_PATH } from './scenarios/token.ts';
import { createTokenEndpoint } from './token-endpoint.ts';

type Handler = (parameters: Parameters, authorization: string | undefined) => Answer;
type Routes = Readonly<Record<string, Readonly<Partial<Record<'GET' | 'POST', Handler>>>>>;

/** The express application of one server. */
export function createApp(context: ServerContext, courier: Courier): express.Express {
  const routes = routesOf(context);
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', false);
  app.use(express.text({ type: () => true, limit: '64kb' }));
  app.use((request: Request, response: Response) => {
    const { path, query } = splitTarget(request.url);
    const parameters =
      request.method === 'POST'
        ? readBody(request.get('Content-Type'), String(request.body ?? ''), query)
        : readQuery(query);
    respond(request, response, path, parameters, find(routes, path, request.method));
  });
  app.use(((_error, request, response, _next) => {
    const { path, query } = splitTarget(request.url);
    respond(request, response, path, readQuery(query), () =>
      oauthErrorAnswer(400, 'invalid_request', 'unreadable body'),
    );
  }) satisfies ErrorRequestHandler);
  return app;

  function respond(
    request: Request,
    response: Response,
    path: string,
    parameters: Parameters,
    handle: Handler,
  ): void {
    const shown = context.journal.conceal(parameters.pairs);
    const answer = handle(parameters, request.get('Authorization'));
    const grantType = parameters.get('grant_type');
    context.journal.record({
      method: request.method,
      path,
      status: answer.delivery === 'reset' ? 0 : answer.status,
      time: context.clock.now(),
      ...(grantType === undefined ? {} : { grantType }),
      parameters: shown,
      outcome: answer.outcome,
    });
    courier.send(response, answer);
  }
}

function routesOf(context: ServerContext): Routes {
  const authorize = createAuthorizationEndpoint(context);
  const device = createDeviceEndpoints(context);
  const visit = createDeviceVisit(context);
  const documents = createDocuments(context);
  return {
    '/oauth/authorize': { GET: authorize.ask, POST: authorize.decide },
    '/oauth/token': { POST: createTokenEndpoint(context) },
    '/oauth/revoke': { POST: createRevocationEndpoint(context) },
    '/api/accounts/deviceauth/usercode': { POST: device.userCode },
    '/api/accounts/deviceauth/token': { POST: device.token },
    [DEVICE_AUTHORIZATION_PATH]: { POST: device.deviceAuthorization },
    [DEVICE_PAGE_PATH]: { GET: visit.show, POST: visit.submit },
    '/.well-known/openid-configuration': { GET: documents.discovery },
    '/.well-known/oauth-authorization-server': { GET: documents.oauthMetadata },
    '/.well-known/jwks.json': { GET: documents.jwks },
    [TOKEN_REDIRECT_PATH]: {
      POST: () => oauthErrorAnswer(400, 'invalid_request', 'posted where a redirect led'),
    },
  };
}

/** Exact paths and methods; HEAD is no GET here, since a GET may issue a code. */
function find(routes: Routes, path: string, method: string): Handler {
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return () => jsonAnswer(404, { error: 'not_found' }, 'unknown path');
  const handler = method === 'GET' || method === 'POST' ? route[method] : undefined;
  const allow = { Allow: Object.keys(route).join(', ') };
  return handler ?? (() => jsonAnswer(405, { error: 'method_not_allowed' }, 'method not allowed', allow));
}

function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
