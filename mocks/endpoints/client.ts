/**
 * Who posts, and what may be in a body: a public client says who it is, proves nothing, and sends nothing
 * unasked for. Shared by the token and revocation endpoints; it decides nothing about grants or tokens.
 */

import type { Clients } from '../grants/clients.ts';
import { type Answer, oauthErrorAnswer, refusedBy } from '../http/answer.ts';
import type { Parameters } from '../http/parameters.ts';
import type { Strict } from '../strictness/rules.ts';

/**
 * The refusal of a malformed request, of credentials, or of an unknown client; undefined where all is well.
 */
export function checkPublicClient(
  { get, flaw }: Parameters,
  authorization: string | undefined,
  { clients, strict }: { clients: Clients; strict: Strict },
): Answer | undefined {
  if (flaw !== undefined)
    return refusedBy(flaw.strictness, oauthErrorAnswer(400, 'invalid_request', flaw.detail));
  if (strict('no-client-secret')) {
    if (authorization !== undefined) {
      const headers = { 'WWW-Authenticate': 'Basic realm="a public client has no credentials"' };
      const answer = oauthErrorAnswer(401, 'invalid_client', 'authorization header', headers);
      return refusedBy('no-client-secret', answer);
    }
    const credential = ['client_secret', 'client_assertion'].find((name) => get(name) !== undefined);
    if (credential !== undefined)
      return refusedBy('no-client-secret', oauthErrorAnswer(401, 'invalid_client', credential));
  }
  return clients.holds(get('client_id')) || !strict('client-id')
    ? undefined
    : refusedBy('client-id', oauthErrorAnswer(401, 'invalid_client', 'client_id'));
}

const CREDENTIALS: readonly string[] = ['client_secret', 'client_assertion', 'client_assertion_type'];

/**
 * The refusal of the first parameter that is not among these: OpenAI turns `state` away, this mock whatever
 * is unasked for.
 */
export function onlyParameters(
  { pairs }: Parameters,
  allowed: readonly string[],
  strict: Strict,
): Answer | undefined {
  if (!strict('only-known-parameters')) return undefined;
  const ignored = strict('no-client-secret') ? [] : CREDENTIALS;
  const unwanted = pairs.find(([name]) => !allowed.includes(name) && !ignored.includes(name))?.[0];
  if (unwanted === undefined) return undefined;
  const detail = unwanted === 'state' ? 'state' : 'unexpected parameter';
  return refusedBy('only-known-parameters', oauthErrorAnswer(400, 'invalid_request', detail));
}
