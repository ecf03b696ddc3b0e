/**
 * The userinfo endpoint (OpenID Connect Core §5.3): who an access token stands for. Whether the token is good, `grants` decides.
 */

import { hookContextOf, type ServerContext } from '../context.ts';
import { emailClaimsOf, subjectOf } from '../grants/accounts.ts';
import { type Answer, jsonAnswer, refusedBy } from '../http/answer.ts';
import type { Parameters } from '../http/parameters.ts';
import type { Strictness } from '../strictness/rules.ts';
import { travelled } from './token-response.ts';

/** GET or POST, with the access token in the Authorization header (RFC 6750 §2.1). */
export function createUserinfoEndpoint(
  context: ServerContext,
): (parameters: Parameters, authorization: string | undefined) => Answer {
  const { faults, grants, strict } = context;
  return (parameters, authorization) => {
    const due = faults.take('userinfo');
    const instead = due.find((fault) => fault.instead)?.instead;
    if (instead) return instead(hookContextOf(context));
    const elsewhere = parameters.get('access_token');
    const token = bearerTokenIn(authorization) ?? (strict('bearer-header') ? undefined : elsewhere);
    if (token === undefined || (elsewhere !== undefined && strict('bearer-header')))
      return refuse('bearer-header', elsewhere === undefined ? undefined : 'invalid_request', 'bearer token');
    const check = grants.checkAccessToken(token);
    if (!check.granted) return refuse(check.strictness, 'invalid_token', check.reason);
    const { account, scope } = check.family.authorization;
    const scopes = scope.split(' ');
    const claims: Record<string, unknown> = {
      sub: subjectOf(account),
      ...(scopes.includes('email') ? emailClaimsOf(account) : {}),
      ...(scopes.includes('profile') && account.name !== undefined ? { name: account.name } : {}),
    };
    for (const fault of due) fault.userinfo?.(claims);
    return travelled(jsonAnswer(200, claims, 'userinfo'), due);
  };
}

/** The token of an `Authorization: Bearer` header. */
export function bearerTokenIn(authorization: string | undefined): string | undefined {
  return /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization ?? '')?.[1];
}

/** RFC 6750 §3: without any token there is no error code. */
function refuse(strictness: Strictness, error: string | undefined, detail: string): Answer {
  const challenge =
    error === undefined
      ? 'Bearer realm="mock"'
      : `Bearer realm="mock", error="${error}", error_description="${detail}"`;
  const status = error === 'invalid_request' ? 400 : 401;
  const body = error === undefined ? {} : { error, error_description: detail };
  const outcome = `${error ?? 'unauthorized'}: ${detail}`;
  return refusedBy(strictness, jsonAnswer(status, body, outcome, { 'WWW-Authenticate': challenge }));
}
