/**
 * The answer with tokens: they are minted, their lineage is recorded, and what scenarios have to say about it is done. Whether there
 * is one at all, the token endpoint decides.
 */

import { hookContextOf, newSecret, type ServerContext } from '../context.ts';
import type { Family } from '../grants/family.ts';
import { type Answer, jsonAnswer } from '../http/answer.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Strictness } from '../strictness/rules.ts';
import { mintTokens } from '../tokens/tokens.ts';

/**
 * Tokens for a family.
 * @param due what waited for this request
 * @param from label of what was shown for them
 */
export function issueTokens(
  context: ServerContext,
  family: Family,
  due: readonly Scenario[],
  outcome: string,
  from: string | undefined,
): Answer {
  const { clock, faults, grants, journal, profile } = context;
  const { authorization } = family;
  const { account, nonce, scope } = authorization;
  const all = [...due, ...faults.take('id-token')];
  const lifetime = profile.accessTokenLifetimeSeconds;
  const opaque = profile.accessTokens === 'opaque' ? `at_${newSecret()}` : undefined;
  const { accessToken, idToken } = mintTokens(authorization, hookContextOf(context), all, opaque);
  journal.issue('access', accessToken, { from, account });
  journal.issue('id-token', idToken, { from, account });
  grants.recordTokens(family, { accessToken, idToken, expires: clock.now() + lifetime * 1000 });
  const trap = trapIn(all, nonce);
  if (trap !== undefined) family.trap = trap;

  const rotates = all.every((fault) => fault.rotates !== false);
  const response: Record<string, unknown> = {
    id_token: idToken,
    access_token: accessToken,
    ...(rotates ? { refresh_token: grants.rotate(family, from) } : {}),
    expires_in: lifetime,
    token_type: 'Bearer',
    scope,
  };
  for (const fault of all) fault.tokenResponse?.(response);
  return travelled(jsonAnswer(200, response, rotates ? outcome : 'issued without rotation'), all);
}

/** An answer after the scenarios that edit it, or the way it travels. */
export function travelled(answer: Answer, due: readonly Scenario[]): Answer {
  let edited = answer;
  for (const fault of due) {
    edited = fault.answer?.(edited) ?? edited;
    if (fault.delivery) edited = { ...edited, delivery: fault.delivery };
  }
  return edited;
}

function trapIn(due: readonly Scenario[], nonce: string | undefined): Strictness | undefined {
  const traps = due.flatMap(({ trap }) => (trap === undefined ? [] : [trap]));
  return traps.find((trap) => trap !== 'id-token-nonce-checked' || nonce !== undefined);
}
