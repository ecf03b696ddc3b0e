/**
 * From a request to its answer: which endpoint, which parameters, one journal entry, then the answer is sent. It routes and records;
 * every decision about a request is the endpoint's. The Host header is never looked at.
 */

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ServerContext } from '../context.ts';
import { bearerTokenIn } from '../endpoints/userinfo.ts';
import { ruleOf } from '../strictness/rules.ts';
import { type Answer, oauthErrorAnswer, refusedBy } from './answer.ts';
import type { Courier } from './delivery.ts';
import { type Parameters, readBody, readQuery } from './parameters.ts';
import { readRequestBody } from './request-body.ts';
import { createRoutes, type Route } from './routes.ts';

/** What one server does with every request. */
export function createApp(context: ServerContext, courier: Courier): RequestListener {
  const { clock, faults, journal, strict } = context;
  const find = createRoutes(context);

  function respond(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    parameters: Parameters,
    { kind, handle }: Route,
  ): void {
    const { authorization } = request.headers;
    const shown = journal.conceal(parameters.pairs);
    const token = bearerTokenIn(authorization);
    if (token !== undefined) shown.authorization = `Bearer ${journal.note('access', token)}`;
    const grantType = parameters.get('grant_type');
    const send = (answer: Answer) => {
      const scenarios = faults.met();
      const strictness = answer.refusedBy;
      journal.record({
        kind: typeof kind === 'function' ? kind(grantType) : kind,
        method: request.method ?? '',
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

  return (request, response) => {
    const { path, query } = splitTarget(request.url ?? '');
    const route = find(path, request.method ?? '');
    if (request.method !== 'POST') return respond(request, response, path, readQuery(query, strict), route);
    readRequestBody(request, (body) => {
      if (body !== undefined) {
        const contentType = request.headers['content-type'];
        const parameters = readBody(contentType, body, query, strict, route.bodies);
        return respond(request, response, path, parameters, route);
      }
      const answer = oauthErrorAnswer(400, 'invalid_request', 'unreadable body');
      const handle = () => refusedBy('body-format', answer);
      respond(request, response, path, readQuery(query, strict), { kind: 'other', handle });
    });
  };
}

function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
