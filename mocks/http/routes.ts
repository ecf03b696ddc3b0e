/**
 * Which path is which endpoint, as the profile has it, and what kind of exchange that is. It decides nothing about a request but
 * whether there is something at its path for its method.
 */

import type { ServerContext } from '../context.ts';
import { createAuthorizationEndpoint } from '../endpoints/authorize.ts';
import { ACCOUNTS_CHECK_PATH, createAccountsCheck } from '../endpoints/backend.ts';
import { createDeviceEndpoints } from '../endpoints/device.ts';
import { createDeviceVisit } from '../endpoints/device-visit.ts';
import { createDocuments } from '../endpoints/metadata.ts';
import { createRevocationEndpoint } from '../endpoints/revocation.ts';
import { createTokenEndpoint, DEVICE_GRANT } from '../endpoints/token-endpoint.ts';
import { createUserinfoEndpoint } from '../endpoints/userinfo.ts';
import type { ExchangeKind } from '../journal/journal.ts';
import { TOKEN_REDIRECT_PATH } from '../scenarios/token.ts';
import { type Answer, type DecidedLater, jsonAnswer, oauthErrorAnswer, refusedBy } from './answer.ts';
import type { Parameters } from './parameters.ts';

/** One endpoint for one method. */
export interface Route {
  readonly kind: ExchangeKind | ((grantType: string | undefined) => ExchangeKind);
  readonly handle: (parameters: Parameters, authorization: string | undefined) => Answer | DecidedLater;
  /** What a body may be written in; both by default. */
  readonly bodies?: readonly ('form' | 'json')[];
}

type Routes = Readonly<Record<string, Readonly<Partial<Record<'GET' | 'POST', Route>>>>>;

/** Finds the endpoint of a request. Exact paths and methods; HEAD is no GET here, since a GET may issue a code. */
export function createRoutes(context: ServerContext): (path: string, method: string) => Route {
  const routes = routesOf(context);
  return (path, method) => {
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route === undefined) return other(jsonAnswer(404, { error: 'not_found' }, 'unknown path'));
    const found = method === 'GET' || method === 'POST' ? route[method] : undefined;
    const allow = { Allow: Object.keys(route).join(', ') };
    return found ?? other(jsonAnswer(405, { error: 'method_not_allowed' }, 'method not allowed', allow));
  };
}

function other(answer: Answer): Route {
  return { kind: 'other', handle: () => answer };
}

const GRANT_KINDS: Readonly<Record<string, ExchangeKind>> = {
  authorization_code: 'code-exchange',
  refresh_token: 'refresh',
  [DEVICE_GRANT]: 'device-exchange',
};

const kindOfGrant = (grantType: string | undefined) => GRANT_KINDS[grantType ?? ''] ?? 'other-grant';

function routesOf(context: ServerContext): Routes {
  const { paths, bodies, deviceCodes, openaiDeviceCodes } = context.profile;
  const authorize = createAuthorizationEndpoint(context);
  const device = createDeviceEndpoints(context);
  const visit = createDeviceVisit(context);
  const documents = createDocuments(context);
  const token = createTokenEndpoint(context);
  const userinfo: Route = { kind: 'userinfo', handle: createUserinfoEndpoint(context) };
  const posted = oauthErrorAnswer(400, 'invalid_request', 'posted where a redirect led');
  const elsewhere: Route['handle'] = (parameters, authorization) =>
    context.strict('redirect-not-followed')
      ? refusedBy('redirect-not-followed', posted)
      : token(parameters, authorization);
  return {
    [paths.authorize]: {
      GET: { kind: 'authorization', handle: authorize.ask },
      POST: { kind: 'decision', handle: authorize.decide },
    },
    [paths.token]: { POST: { kind: kindOfGrant, handle: token, bodies } },
    [paths.revoke]: { POST: { kind: 'revocation', handle: createRevocationEndpoint(context), bodies } },
    [paths.userinfo]: { GET: userinfo, POST: userinfo },
    [paths.jwks]: { GET: { kind: 'jwks', handle: documents.jwks } },
    '/.well-known/openid-configuration': { GET: { kind: 'discovery', handle: documents.discovery } },
    '/.well-known/oauth-authorization-server': {
      GET: { kind: 'discovery', handle: documents.oauthMetadata },
    },
    [TOKEN_REDIRECT_PATH]: { POST: { kind: 'other', handle: elsewhere, bodies } },
    ...(deviceCodes === false
      ? {}
      : {
          [paths.deviceAuthorization]: {
            POST: { kind: 'device-authorization', handle: device.deviceAuthorization, bodies },
          },
          [paths.devicePage]: {
            GET: { kind: 'device-page', handle: visit.show },
            POST: { kind: 'device-page', handle: visit.submit },
          },
        }),
    ...(openaiDeviceCodes
      ? {
          '/api/accounts/deviceauth/usercode': {
            POST: { kind: 'device-authorization', handle: device.userCode },
          },
          '/api/accounts/deviceauth/token': { POST: { kind: 'device-poll', handle: device.token } },
          [ACCOUNTS_CHECK_PATH]: { GET: { kind: 'other', handle: createAccountsCheck(context) } },
        }
      : {}),
  };
}
