/**
 * The revocation endpoint (RFC 7009). It words the answer; what a token takes down with it, `grants` decides.
 */

import { type Answer, jsonAnswer, oauthErrorAnswer } from './answer.ts';
import { checkPublicClient, onlyParameters } from './client.ts';
import { hookContextOf, type ServerContext } from './context.ts';
import type { Parameters } from './parameters.ts';

/** POST, a form or JSON. 200 for a token that was never issued, too (§2.2). */
export function createRevocationEndpoint(
  context: ServerContext,
): (parameters: Parameters, authorization: string | undefined) => Answer {
  return (parameters, authorization) => {
    const instead = context.faults.take('revoke').find((fault) => fault.instead)?.instead;
    if (instead) return instead(hookContextOf(context));
    const refusal =
      checkPublicClient(parameters, authorization, context.clientId) ??
      onlyParameters(parameters, ['token', 'token_type_hint', 'client_id']);
    if (refusal) return refusal;
    const token = parameters.get('token');
    if (!token) return oauthErrorAnswer(400, 'invalid_request', 'token');
    return jsonAnswer(200, {}, context.grants.revoke(token) ? 'revoked' : 'unknown token');
  };
}
