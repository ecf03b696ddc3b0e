/**
 * From a request to its answer (express): which endpoint, which parameters, one journal entry, then the
 * answer is sent. It routes and records; every decision about a request is the endpoint's. The Host header is
 * never looked at.
 */

import express, { type ErrorRequestHandler, type Request, type Response } from 'express';

import { type Answer, oauthErrorAnswer, refusedBy } from './answer.ts';
import type { ServerContext } from './context.ts';
import type { Courier } from './delivery.ts';
import { type Parameters, readBody, readQuery } from './parameters.ts';
import { createRoutes, type Route } from './routes.ts';
import { ruleOf } from './strictness.ts';
import { bearerTokenIn } from './userinfo.ts';

/** The express application of one server. */
export function createApp(context: ServerContext, courier: Courier): express.Express {
  const { clock, faults, journal, strict } = context;
  const find = createRoutes(context);
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', false);
  app.use(express.text({ type: () => true, limit: '64kb' }));
  app.use((request: Request, response: Response) => {
    const { path, query } = splitTarget(request.url);
    const route = find(path, request.method);
    const parameters =
      request.method === 'POST'
        ? readBody(request.get('Content-Type'), String(request.body ?? ''), query, strict, route.bodies)
        : readQuery(query, strict);
    respond(request, response, path, parameters, route);
  });
  app.use(((_error, request, response, _next) => {
    const { path, query } = splitTarget(request.url);
    const answer = oauthErrorAnswer(400, 'invalid_request', 'unreadable body');
    const handle = () => refusedBy('body-format', answer);
    respond(request, response, path, readQuery(query, strict), { kind: 'other', handle });
  }) satisfies ErrorRequestHandler);
  return app;

  function respond(
    request: Request,
    response: Response,
    path: string,
    parameters: Parameters,
    { kind, handle }: Route,
  ): void {
    const authorization = request.get('Authorization');
    const shown = journal.conceal(parameters.pairs);
    const token = bearerTokenIn(authorization);
    if (token !== undefined) shown.authorization = `Bearer ${journal.note('access', token)}`;
    const grantType = parameters.get('grant_type');
    const send = (answer: Answer) => {
      const scenarios = faults.met();
      const strictness = answer.refusedBy;
      journal.record({
        kind: typeof kind === 'function' ? kind(grantType) : kind,
        method: request.method,
        path,
        status: answer.delivery === 'reset' ? 0 : answer.status,
        time: clock.now(),
        ...(grantType === undefined ? {} : { grantType }),
        parameters: shown,
        outcome: answer.outcome,
        ...(strictness === undefined ? {} : { rule: ruleOf(strictness), strictness }),
        ...(scenarios.length === 0 ? {} : { scenarios }),
      });
      courier.send(response, answer);
    };
    const answer = handle(parameters, authorization);
    if ('whenDecided' in answer) answer.whenDecided(send);
    else send(answer);
  }
}

function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
