/**
 * The token endpoint: three grants, strict about what is sent and how (RFC 6749 §4.1.3, §5, §6; RFC 7636 §4.5;
 * RFC 8628 §3.4). Whether a code or token is good, `grants` and `device-codes` decide; what the tokens say, `tokens`.
 */

import { type Answer, jsonAnswer, nestedErrorAnswer, oauthErrorAnswer } from './answer.ts';
import { checkPublicClient, onlyParameters } from './client.ts';
import { hookContextOf, type ServerContext } from './context.ts';
import type { Family, RefreshRefusal } from './grants.ts';
import type { Parameters } from './parameters.ts';
import type { Scenario, ScenarioEndpoint } from './scenario.ts';
import { ACCESS_TOKEN_LIFETIME, mintTokens } from './tokens.ts';

/** RFC 8628 §3.4. */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** POST. `authorization` is the header of that name: a public client has none to send. */
export type TokenEndpoint = (parameters: Parameters, authorization: string | undefined) => Answer;

/** The endpoint of one server. */
export function createTokenEndpoint(context: ServerContext): TokenEndpoint {
  return (parameters, authorization) => {
    const grantType = parameters.get('grant_type');
    const due = context.faults.take(...(ENDPOINTS_BY_GRANT[grantType ?? ''] ?? (['token'] as const)));
    const instead = due.find((fault) => fault.instead)?.instead?.(hookContextOf(context));
    if (instead) return instead;
    const refusal = checkPublicClient(parameters, authorization, context.clientId);
    if (refusal) return refusal;
    if (grantType === 'authorization_code') return exchange(context, parameters, due);
    if (grantType === 'refresh_token') return refresh(context, parameters, due);
    if (grantType === DEVICE_GRANT) return redeemDeviceCode(context, parameters, due);
    if (grantType === undefined) return oauthErrorAnswer(400, 'invalid_request', 'grant_type');
    return oauthErrorAnswer(400, 'unsupported_grant_type', 'grant_type');
  };
}

/** Where the scenarios of a grant wait, the more particular place first. */
const ENDPOINTS_BY_GRANT: Readonly<Record<string, readonly ScenarioEndpoint[]>> = {
  refresh_token: ['refresh', 'token'],
  [DEVICE_GRANT]: ['device-poll', 'token'],
};

function exchange(context: ServerContext, parameters: Parameters, due: readonly Scenario[]): Answer {
  const unwanted = onlyParameters(parameters, [
    'grant_type',
    'client_id',
    'code',
    'redirect_uri',
    'code_verifier',
  ]);
  if (unwanted) return unwanted;
  const code = parameters.get('code');
  const redirectUri = parameters.get('redirect_uri');
  const codeVerifier = parameters.get('code_verifier');
  if (!code) return oauthErrorAnswer(400, 'invalid_request', 'code');
  if (!redirectUri) return oauthErrorAnswer(400, 'invalid_request', 'redirect_uri');
  if (!codeVerifier || !/^[A-Za-z0-9\-._~]{43,128}$/.test(codeVerifier)) {
    return oauthErrorAnswer(400, 'invalid_request', 'code_verifier');
  }
  const redemption = context.grants.redeemCode(code, { redirectUri, codeVerifier });
  if (!redemption.granted) return oauthErrorAnswer(400, 'invalid_grant', redemption.reason);
  return issue(context, redemption.family, due, 'issued');
}

const DEVICE_REFUSALS = {
  unknown: 'invalid_grant',
  pending: 'authorization_pending',
  slow_down: 'slow_down',
  denied: 'access_denied',
  expired: 'expired_token',
} as const;

function redeemDeviceCode(context: ServerContext, parameters: Parameters, due: readonly Scenario[]): Answer {
  const unwanted = onlyParameters(parameters, ['grant_type', 'client_id', 'device_code']);
  if (unwanted) return unwanted;
  const deviceCode = parameters.get('device_code');
  if (!deviceCode) return oauthErrorAnswer(400, 'invalid_request', 'device_code');
  const forced = due.find((fault) => fault.verdict)?.verdict;
  const poll = context.devices.poll('rfc8628', { deviceCode }, forced);
  if (poll.verdict !== 'approved') return oauthErrorAnswer(400, DEVICE_REFUSALS[poll.verdict], poll.detail);
  return issue(context, context.grants.found(poll.authorization), due, 'issued');
}

const REFRESH_REFUSALS: Readonly<Record<RefreshRefusal, readonly [code: string, message: string]>> = {
  unknown: ['refresh_token_invalidated', 'Your refresh token is not known. Please sign in again.'],
  reused: [
    'refresh_token_reused',
    'Your refresh token has already been used to generate a new access token. Please try signing in again.',
  ],
  revoked: ['refresh_token_invalidated', 'Your session has ended. Please sign in again.'],
};

function refresh(context: ServerContext, parameters: Parameters, due: readonly Scenario[]): Answer {
  const unwanted = onlyParameters(parameters, [
    'grant_type',
    'client_id',
    'refresh_token',
    'refresh_reason',
    'scope',
  ]);
  if (unwanted) return unwanted;
  const refreshToken = parameters.get('refresh_token');
  if (!refreshToken) return oauthErrorAnswer(400, 'invalid_request', 'refresh_token');
  const check = context.grants.checkRefreshToken(refreshToken);
  if (!check.granted) return nestedErrorAnswer(401, ...REFRESH_REFUSALS[check.reason]);
  const granted = check.family.authorization.scope.split(' ');
  const asked = parameters.get('scope')?.split(' ') ?? [];
  const excess = asked.some((scope) => !granted.includes(scope));
  if (excess) return oauthErrorAnswer(400, 'invalid_scope', 'scope');
  return issue(context, check.family, due, 'rotated');
}

function issue(context: ServerContext, family: Family, due: readonly Scenario[], outcome: string): Answer {
  const { faults, grants, journal } = context;
  const hooks = hookContextOf(context);
  const { accessToken, idToken } = mintTokens(family.authorization, hooks, faults.take('id-token'));
  journal.note('access', accessToken);
  journal.note('id-token', idToken);
  grants.recordAccessToken(family, accessToken);
  const rotates = due.every((fault) => fault.rotates !== false);
  const response: Record<string, unknown> = {
    id_token: idToken,
    access_token: accessToken,
    ...(rotates ? { refresh_token: grants.rotate(family) } : {}),
    expires_in: ACCESS_TOKEN_LIFETIME,
    token_type: 'Bearer',
    scope: family.authorization.scope,
  };
  for (const fault of due) fault.tokenResponse?.(response);
  let answer = jsonAnswer(200, response, rotates ? outcome : 'issued without rotation');
  for (const fault of due) {
    answer = fault.answer?.(answer) ?? answer;
    if (fault.delivery) answer = { ...answer, delivery: fault.delivery };
  }
  return answer;
}
