/**
 * Signing in on another device, as the program sees it: OpenAI's own two endpoints, and the device authorization
 * endpoint of RFC 8628, whose grant is at the token endpoint. What a poll has earned is `device-codes`'s business,
 * the person's page `device-visit`'s.
 */

import { createHash, randomBytes } from 'node:crypto';

import { type Answer, jsonAnswer, nestedErrorAnswer, oauthErrorAnswer } from './answer.ts';
import { checkPublicClient, onlyParameters } from './client.ts';
import { hookContextOf, type ServerContext } from './context.ts';
import type { IssuedDeviceCode, Poll } from './device-codes.ts';
import { DEVICE_PAGE_PATH } from './device-visit.ts';
import type { Parameters } from './parameters.ts';
import type { Scenario } from './scenario.ts';

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
  const { devices, faults, issuer } = context;

  function issued(members: Record<string, unknown>, due: readonly Scenario[]): Answer {
    for (const fault of due) fault.deviceAuthorization?.(members);
    return jsonAnswer(200, members, 'device code issued');
  }

  return {
    userCode(parameters, authorization) {
      const due = faults.take('device-authorization');
      const instead = due.find((fault) => fault.instead)?.instead?.(hookContextOf(context));
      if (instead) return instead;
      const flaw = jsonFlaw(parameters, authorization, ['client_id']);
      if (flaw !== undefined) return nestedErrorAnswer(400, 'invalid_request', flaw);
      if (parameters.get('client_id') !== context.clientId)
        return nestedErrorAnswer(404, 'not_found', 'No such client, or it has no device codes.');
      const code = devices.issue('openai', OPENAI_SCOPE);
      return issued(openaiMembers(code), due);
    },

    token(parameters, authorization) {
      const due = faults.take('device-poll');
      const instead = due.find((fault) => fault.instead)?.instead?.(hookContextOf(context));
      if (instead) return instead;
      const flaw = jsonFlaw(parameters, authorization, ['device_auth_id', 'user_code']);
      if (flaw !== undefined) return nestedErrorAnswer(400, 'invalid_request', flaw);
      const deviceCode = parameters.get('device_auth_id') ?? '';
      const userCode = parameters.get('user_code') ?? '';
      const forced = due.find((fault) => fault.verdict)?.verdict;
      const poll = devices.poll('openai', { deviceCode, userCode }, forced);
      if (poll.verdict !== 'approved') return openaiRefusal(poll);
      let answer = authorized(context, poll.authorization);
      for (const fault of due) {
        answer = fault.answer?.(answer) ?? answer;
        if (fault.delivery) answer = { ...answer, delivery: fault.delivery };
      }
      return answer;
    },

    deviceAuthorization(parameters, authorization) {
      const due = faults.take('device-authorization');
      const instead = due.find((fault) => fault.instead)?.instead?.(hookContextOf(context));
      if (instead) return instead;
      const refusal =
        checkPublicClient(parameters, authorization, context.clientId) ??
        onlyParameters(parameters, ['client_id', 'scope', 'prompt']);
      if (refusal) return refusal;
      const scope = parameters.get('scope') ?? '';
      if (!scope.split(' ').includes('openid'))
        return oauthErrorAnswer(400, 'invalid_scope', 'scope must contain openid');
      return issued(rfc8628Members(devices.issue('rfc8628', scope), issuer + DEVICE_PAGE_PATH), due);
    },
  };
}

/** What is wrong with a request in JSON that has no credentials; undefined where all is well. */
function jsonFlaw(
  parameters: Parameters,
  authorization: string | undefined,
  names: readonly string[],
): string | undefined {
  if (parameters.format !== 'json') return 'content type';
  if (authorization !== undefined) return 'authorization header';
  if (parameters.flaw !== undefined) return parameters.flaw;
  const missing = names.find((name) => !parameters.get(name));
  if (missing !== undefined) return missing;
  return parameters.pairs.length === names.length ? undefined : 'unexpected parameter';
}

/**
 * 403 goes on and 400 ends it. The codes of a refusal and of an expired code were never seen at OpenAI: they are as
 * RFC 8628 has them.
 */
function openaiRefusal({ verdict, detail }: Exclude<Poll, { verdict: 'approved' }>): Answer {
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
  const answer = answers[verdict];
  return { ...answer, outcome: `${answer.outcome}: ${detail}` };
}

/** A code with the verifier that the server made for it: no client has a say in either. */
function authorized(
  { grants, issuer, journal }: ServerContext,
  authorization: Extract<Poll, { verdict: 'approved' }>['authorization'],
): Answer {
  const codeVerifier = randomBytes(64).toString('base64url');
  journal.note('verifier', codeVerifier);
  const codeChallenge = createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
  const redirectUri = issuer + DEVICE_REDIRECT_PATH;
  const code = grants.issueCode({ ...authorization, redirectUri, codeChallenge });
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
