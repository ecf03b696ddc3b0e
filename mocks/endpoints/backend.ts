/**
 * The one question that Codex asks ChatGPT's own server before it uses a credential: where the account's workspace lives. It knows
 * nothing else of that server; whether the token is good, `grants` decides.
 */

import type { ServerContext } from '../context.ts';
import { type Answer, jsonAnswer, refusedBy } from '../http/answer.ts';
import { bearerTokenIn } from './userinfo.ts';

/** On the host `chatgpt.com`, as the openai-codex wire has it. */
export const ACCOUNTS_CHECK_PATH = '/backend-api/wham/accounts/check';

/** GET, with the access token in the Authorization header. */
export function createAccountsCheck({
  grants,
}: ServerContext): (parameters: unknown, authorization: string | undefined) => Answer {
  return (_parameters, authorization) => {
    const check = grants.checkAccessToken(bearerTokenIn(authorization) ?? '');
    if (!check.granted)
      return refusedBy(check.strictness, jsonAnswer(401, { detail: 'Unauthorized' }, check.reason));
    const { accountId } = check.family.authorization.account;
    const account = {
      id: accountId,
      workspace_backend_origin: 'https://chatgpt.com',
      account_routing_override: 'NO_CONSTRAINT',
    };
    return jsonAnswer(200, { accounts: [account] }, 'account');
  };
}
