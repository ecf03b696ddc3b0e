/**
 * The token endpoint: three grants, strict about what is sent and how (RFC 6749 §4.1.3, §5, §6; RFC 7636 §4.5;
 * RFC 8628 §3.4). Whether a code or token is good, `grants` and `device-codes` decide; what is answered then, `token-response`.
 */

import { hookContextOf, type ServerContext } from '../context.ts';
import type { Authorization } from '../grants/family.ts';
import type { Refusal } from '../grants/grants.ts';
import { type Answer, nestedErrorAnswer, oauthErrorAnswer, refusedBy } from '../http/answer.ts';
import type { Parameters } from '../http/parameters.ts';
import type { Scenario, ScenarioEndpoint } from '../scenarios/scenario.ts';
import type { Strictness } from '../strictness/rules.ts';
import { checkPublicClient, onlyParameters } from './client.ts';
import { issueTokens } from './token-response.ts';

/** RFC 8628 §3.4. */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** POST. `authorization` is the header of that name: a public client has none to send. */
export type TokenEndpoint = (parameters: Parameters, authorization: string | undefined) => Answer;

type Grant = (context: ServerContext, parameters: Parameters, due: readonly Scenario[]) => Answer;

/** The endpoint of one server. */
export function createTokenEndpoint(context: ServerContext): TokenEndpoint {
  return (parameters, authorization) => {
    const grantType = parameters.get('grant_type') ?? '';
    const due = context.faults.take(...(ENDPOINTS_BY_GRANT[grantType] ?? (['token'] as const)));
    const instead = due.find((fault) => fault.instead)?.instead?.(hookContextOf(context));
    if (instead) return instead;
    const refusal = checkPublicClient(parameters, authorization, context);
    if (refusal) return refusal;
    return (GRANTS[grantType] ?? otherGrant)(context, parameters, due);
  };
}

/** Where the scenarios of a grant wait, the more particular place first. */
const ENDPOINTS_BY_GRANT: Readonly<Record<string, readonly ScenarioEndpoint[]>> = {
  refresh_token: ['refresh', 'token'],
  [DEVICE_GRANT]: ['device-poll', 'token'],
};

const GRANTS: Readonly<Record<string, Grant>> = {
  authorization_code: exchange,
  refresh_token: refresh,
  [DEVICE_GRANT]: redeemDeviceCode,
};

function refuse(strictness: Strictness, error: string, detail: string): Answer {
  return refusedBy(strictness, oauthErrorAnswer(400, error, detail));
}

function otherGrant(context: ServerContext, parameters: Parameters, due: readonly Scenario[]): Answer {
  const error = parameters.get('grant_type') === undefined ? 'invalid_request' : 'unsupported_grant_type';
  const authorization = context.strict('grant-type-known') ? undefined : firstAccount(context);
  if (authorization === undefined) return refuse('grant-type-known', error, 'grant_type');
  return issueTokens(context, context.grants.found(authorization), due, 'issued', undefined);
}

/** The name of the parameter, where this kind of server has it. */
function resourceOf({ profile }: ServerContext): string[] {
  return profile.resource === undefined ? [] : ['resource'];
}

/** RFC 8707 §2: what the tokens are for is said in every request for some. */
function unnamedResource({ profile, strict }: ServerContext, { get }: Parameters): Answer | undefined {
  const { resource } = profile;
  return resource !== undefined && get('resource') !== resource && strict('resource-named')
    ? refuse('resource-named', 'invalid_target', 'resource')
    : undefined;
}

function exchange(context: ServerContext, parameters: Parameters, due: readonly Scenario[]): Answer {
  const { grants, strict, journal } = context;
  const { get } = parameters;
  const unwanted = onlyParameters(
    parameters,
    ['grant_type', 'client_id', 'code', 'redirect_uri', 'code_verifier', ...resourceOf(context)],
    strict,
  );
  if (unwanted) return unwanted;
  const unnamed = unnamedResource(context, parameters);
  if (unnamed) return unnamed;
  const code = get('code') ?? '';
  const redirectUri = get('redirect_uri') ?? '';
  const codeVerifier = get('code_verifier') ?? '';
  if (code === '' && strict('code-known')) return refuse('code-known', 'invalid_request', 'code');
  if (redirectUri === '' && strict('redirect-uri-exact'))
    return refuse('redirect-uri-exact', 'invalid_request', 'redirect_uri');
  const mayBeAbsent = codeVerifier === '' && !strict('pkce-required');
  if (!mayBeAbsent && !/^[A-Za-z0-9\-._~]{43,128}$/.test(codeVerifier) && strict('pkce-verifier-form'))
    return refuse('pkce-verifier-form', 'invalid_request', 'code_verifier');
  const redemption = grants.redeemCode(code, { redirectUri, codeVerifier, clientId: get('client_id') ?? '' });
  if (!redemption.granted) return refuse(redemption.strictness, 'invalid_grant', redemption.reason);
  return issueTokens(context, redemption.family, due, 'issued', journal.label(code));
}

const DEVICE_REFUSALS = {
  unknown: ['invalid_grant', 'device-code-known'],
  pending: ['authorization_pending', undefined],
  slow_down: ['slow_down', 'device-interval'],
  denied: ['access_denied', undefined],
  expired: ['expired_token', 'device-code-lifetime'],
} as const satisfies Record<string, readonly [error: string, strictness: Strictness | undefined]>;

function redeemDeviceCode(context: ServerContext, parameters: Parameters, due: readonly Scenario[]): Answer {
  const { strict, devices, grants, journal } = context;
  const unwanted = onlyParameters(parameters, ['grant_type', 'client_id', 'device_code'], strict);
  if (unwanted) return unwanted;
  const deviceCode = parameters.get('device_code');
  if (!deviceCode) return refuse('device-code-known', 'invalid_request', 'device_code');
  const forced = due.find((fault) => fault.verdict)?.verdict;
  const poll = devices.poll('rfc8628', { deviceCode }, forced);
  if (poll.verdict === 'approved')
    return issueTokens(context, grants.found(poll.authorization), due, 'issued', journal.label(deviceCode));
  const [error, strictness] = DEVICE_REFUSALS[poll.verdict];
  const answer = oauthErrorAnswer(400, error, poll.detail);
  return strictness === undefined || poll.forced ? answer : refusedBy(strictness, answer);
}

/** OpenAI's words. */
const NESTED: Partial<Record<Strictness, readonly [code: string, message: string]>> = {
  'refresh-token-known': [
    'refresh_token_invalidated',
    'Your refresh token is not known. Please sign in again.',
  ],
  'refresh-token-once': [
    'refresh_token_reused',
    'Your refresh token has already been used to generate a new access token. Please try signing in again.',
  ],
};
const ENDED = ['refresh_token_invalidated', 'Your session has ended. Please sign in again.'] as const;

function refusedRefresh({ profile }: ServerContext, { reason, strictness }: Refusal): Answer {
  const answer =
    profile.refreshErrors === 'nested'
      ? nestedErrorAnswer(401, ...(NESTED[strictness] ?? ENDED))
      : oauthErrorAnswer(400, 'invalid_grant', `refresh token ${reason}`);
  return refusedBy(strictness, answer);
}

function refresh(context: ServerContext, parameters: Parameters, due: readonly Scenario[]): Answer {
  const { grants, strict, journal } = context;
  const unwanted = onlyParameters(
    parameters,
    ['grant_type', 'client_id', 'refresh_token', 'refresh_reason', 'scope', ...resourceOf(context)],
    strict,
  );
  if (unwanted) return unwanted;
  const unnamed = unnamedResource(context, parameters);
  if (unnamed) return unnamed;
  const refreshToken = parameters.get('refresh_token');
  if (!refreshToken) return refuse('refresh-token-known', 'invalid_request', 'refresh_token');
  const check = grants.checkRefreshToken(refreshToken, parameters.get('client_id') ?? '');
  if (!check.granted) return refusedRefresh(context, check);
  const granted = check.family.authorization.scope.split(' ');
  const asked = parameters.get('scope')?.split(' ') ?? [];
  if (asked.some((scope) => !granted.includes(scope)) && strict('refresh-scope'))
    return refuse('refresh-scope', 'invalid_scope', 'scope');
  return issueTokens(context, check.family, due, 'rotated', journal.label(refreshToken));
}

/** What signs in where nothing has to be shown for it. */
export function firstAccount({
  accounts,
  clock,
}: Pick<ServerContext, 'accounts' | 'clock'>): Authorization | undefined {
  const [account] = accounts;
  if (account === undefined) return undefined;
  return {
    account,
    scope: 'openid profile email offline_access',
    authenticatedAt: Math.floor(clock.now() / 1000),
  };
}
