/**
 * Signing in on another device, as the program sees it: OpenAI's own two endpoints, and the device authorization
 * endpoint of RFC 8628, whose grant is at the token endpoint. What a poll has earned is `device-codes`'s business,
 * the person's page `device-visit`'s.
 */

import { createHash, randomBytes } from 'node:crypto';
import { hookContextOf, type ServerContext } from '../context.ts';
import type { IssuedDeviceCode, Poll } from '../grants/device-codes.ts';
import { type Answer, jsonAnswer, nestedErrorAnswer, oauthErrorAnswer, refusedBy } from '../http/answer.ts';
import type { Parameters } from '../http/parameters.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Strict, Strictness } from '../strictness/rules.ts';
import { checkPublicClient, onlyParameters } from './client.ts';
import { travelled } from './token-response.ts';

type Endpoint = (parameters: Parameters, authorization: string | undefined) => Answer;

export interface DeviceEndpoints {
  /** OpenAI's: a user code for a client. JSON. */
  readonly userCode: Endpoint;
  /** OpenAI's: has the person answered? JSON; the server makes the verifier. */
  readonly token: Endpoint;
  /** RFC 8628 §3.1. A form. */
  readonly deviceAuthorization: Endpoint;
}

/** Nothing is ever asked for there: it is only compared. */
const DEVICE_REDIRECT_PATH = '/deviceauth/callback';
const OPENAI_SCOPE = 'openid profile email offline_access';

/** The endpoints of one server. */
export function createDeviceEndpoints(context: ServerContext): DeviceEndpoints {
  const { devices, faults, issuer, profile, strict } = context;

  function issued(members: Record<string, unknown>, due: readonly Scenario[]): Answer {
    for (const fault of due) fault.deviceAuthorization?.(members);
    return travelled(jsonAnswer(200, members, 'device code issued'), due);
  }

  return {
    userCode(parameters, authorization) {
      const due = faults.take('device-authorization');
      const instead = due.find((fault) => fault.instead)?.instead?.(hookContextOf(context));
      if (instead) return instead;
      const flaw = jsonFlaw(parameters, authorization, ['client_id'], strict);
      if (flaw !== undefined) return flaw;
      if (!context.clients.holds(parameters.get('client_id')) && strict('client-id'))
        return refusedBy(
          'client-id',
          nestedErrorAnswer(404, 'not_found', 'No such client, or it has no device codes.'),
        );
      const code = devices.issue('openai', OPENAI_SCOPE);
      return issued(openaiMembers(code), due);
    },

    token(parameters, authorization) {
      const due = faults.take('device-poll');
      const instead = due.find((fault) => fault.instead)?.instead?.(hookContextOf(context));
      if (instead) return instead;
      const flaw = jsonFlaw(parameters, authorization, ['device_auth_id', 'user_code'], strict);
      if (flaw !== undefined) return flaw;
      const deviceCode = parameters.get('device_auth_id') ?? '';
      const userCode = parameters.get('user_code') ?? '';
      const forced = due.find((fault) => fault.verdict)?.verdict;
      const poll = devices.poll('openai', { deviceCode, userCode }, forced);
      if (poll.verdict !== 'approved') return openaiRefusal(poll);
      return travelled(authorized(context, poll.authorization), due);
    },

    deviceAuthorization(parameters, authorization) {
      const due = faults.take('device-authorization');
      const instead = due.find((fault) => fault.instead)?.instead?.(hookContextOf(context));
      if (instead) return instead;
      const refusal =
        checkPublicClient(parameters, authorization, context) ??
        onlyParameters(parameters, ['client_id', 'scope', 'prompt'], strict);
      if (refusal) return refusal;
      const scope = parameters.get('scope') ?? '';
      if (!scope.split(' ').includes('openid') && strict('scope-openid'))
        return refusedBy('scope-openid', oauthErrorAnswer(400, 'invalid_scope', 'scope must contain openid'));
      const code = devices.issue('rfc8628', scope);
      return issued(rfc8628Members(code, issuer + profile.paths.devicePage), due);
    },
  };
}

/** The refusal of a request that is not in JSON, or has credentials or other members; undefined where all is well. */
function jsonFlaw(
  parameters: Parameters,
  authorization: string | undefined,
  names: readonly string[],
  strict: Strict,
): Answer | undefined {
  const refuse = (strictness: Strictness, detail: string) =>
    refusedBy(strictness, nestedErrorAnswer(400, 'invalid_request', detail));
  if (parameters.format !== 'json' && strict('body-format')) return refuse('body-format', 'content type');
  if (authorization !== undefined && strict('no-client-secret'))
    return refuse('no-client-secret', 'authorization header');
  if (parameters.flaw !== undefined) return refuse(parameters.flaw.strictness, parameters.flaw.detail);
  const missing = names.find((name) => !parameters.get(name));
  if (missing !== undefined && !(missing === 'client_id' && !strict('client-id')))
    return refuse(missing === 'client_id' ? 'client-id' : 'device-code-known', missing);
  return parameters.pairs.length > names.length && strict('only-known-parameters')
    ? refuse('only-known-parameters', 'unexpected parameter')
    : undefined;
}

/**
 * 403 goes on and 400 ends it. The codes of a refusal and of an expired code were never seen at OpenAI: they are as
 * RFC 8628 has them.
 */
function openaiRefusal({ verdict, detail, forced }: Exclude<Poll, { verdict: 'approved' }>): Answer {
  const answers = {
    unknown: nestedErrorAnswer(
      403,
      'deviceauth_authorization_unknown',
      'Device authorization is unknown. Please try again.',
    ),
    pending: nestedErrorAnswer(403, 'deviceauth_authorization_pending', 'Device authorization is pending.'),
    slow_down: nestedErrorAnswer(403, 'slow_down', 'Polling too fast.'),
    denied: nestedErrorAnswer(400, 'access_denied', 'The user denied the request.'),
    expired: nestedErrorAnswer(400, 'expired_token', 'The device code has expired.'),
  };
  const { outcome, ...answer } = answers[verdict];
  const strictness = forced ? undefined : POLL_RULES[verdict];
  return {
    ...answer,
    outcome: `${outcome}: ${detail}`,
    ...(strictness === undefined ? {} : { refusedBy: strictness }),
  };
}

const POLL_RULES: Readonly<Record<string, Strictness>> = {
  unknown: 'device-code-known',
  slow_down: 'device-interval',
  expired: 'device-code-lifetime',
};

/** A code with the verifier that the server made for it: no client has a say in either. */
function authorized(
  { grants, issuer, journal }: ServerContext,
  authorization: Extract<Poll, { verdict: 'approved' }>['authorization'],
): Answer {
  const codeVerifier = randomBytes(64).toString('base64url');
  journal.note('verifier', codeVerifier);
  const codeChallenge = createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
  const redirectUri = issuer + DEVICE_REDIRECT_PATH;
  const code = grants.issueCode({
    ...authorization,
    redirectUri,
    codeChallenge,
    codeChallengeMethod: 'S256',
  });
  const members = { authorization_code: code, code_challenge: codeChallenge, code_verifier: codeVerifier };
  return jsonAnswer(200, members, 'issued');
}

/** `interval` is a string there. */
function openaiMembers(code: IssuedDeviceCode): Record<string, unknown> {
  return {
    device_auth_id: code.deviceCode,
    user_code: code.userCode,
    interval: String(code.intervalSeconds),
    expires_at: new Date(code.expires).toISOString(),
  };
}

/** RFC 8628 §3.2. */
function rfc8628Members(code: IssuedDeviceCode, page: string): Record<string, unknown> {
  return {
    device_code: code.deviceCode,
    user_code: code.userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${code.userCode}`,
    expires_in: code.lifetimeSeconds,
    interval: code.intervalSeconds,
  };
}
