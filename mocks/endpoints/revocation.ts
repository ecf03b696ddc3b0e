/**
 * The revocation endpoint (RFC 7009). It words the answer; what a token takes down with it, `grants` decides.
 */

import { hookContextOf, type ServerContext } from '../context.ts';
import { type Answer, jsonAnswer, oauthErrorAnswer, refusedBy } from '../http/answer.ts';
import type { Parameters } from '../http/parameters.ts';
import { checkPublicClient, onlyParameters } from './client.ts';
import { travelled } from './token-response.ts';

/** POST, a form or JSON. 200 for a token that was never issued, too (§2.2). */
export function createRevocationEndpoint(
  context: ServerContext,
): (parameters: Parameters, authorization: string | undefined) => Answer {
  const { faults, grants, strict } = context;
  return (parameters, authorization) => {
    const due = faults.take('revoke');
    const instead = due.find((fault) => fault.instead)?.instead;
    if (instead) return instead(hookContextOf(context));
    const refusal =
      checkPublicClient(parameters, authorization, context) ??
      onlyParameters(parameters, ['token', 'token_type_hint', 'client_id'], strict);
    if (refusal) return refusal;
    const token = parameters.get('token');
    if (!token && strict('revocation-token'))
      return refusedBy('revocation-token', oauthErrorAnswer(400, 'invalid_request', 'token'));
    const revoked = grants.revoke(token ?? '', parameters.get('client_id') ?? '');
    return travelled(jsonAnswer(200, {}, revoked ? 'revoked' : 'unknown token'), due);
  };
}
