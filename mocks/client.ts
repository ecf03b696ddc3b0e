/**
 * Who posts, and what may be in a body: a public client says who it is, proves nothing, and sends nothing
 * unasked for. Shared by the token and revocation endpoints; it decides nothing about grants or tokens.
 */

import { type Answer, oauthErrorAnswer } from './answer.ts';
import type { Parameters } from './parameters.ts';

/**
 * The refusal of a malformed request, of credentials, or of an unknown client; undefined where all is well.
 */
export function checkPublicClient(
  parameters: Parameters,
  authorization: string | undefined,
  clientId: string,
): Answer | undefined {
  if (parameters.flaw !== undefined) return oauthErrorAnswer(400, 'invalid_request', parameters.flaw);
  if (authorization !== undefined) {
    const headers = { 'WWW-Authenticate': 'Basic realm="a public client has no credentials"' };
    return oauthErrorAnswer(401, 'invalid_client', 'authorization header', headers);
  }
  const credential = ['client_secret', 'client_assertion'].find((name) => parameters.get(name) !== undefined);
  if (credential !== undefined) return oauthErrorAnswer(401, 'invalid_client', credential);
  return parameters.get('client_id') === clientId
    ? undefined
    : oauthErrorAnswer(401, 'invalid_client', 'client_id');
}

/**
 * The refusal of the first parameter that is not among these: OpenAI turns `state` away, this mock whatever
 * is unasked for.
 */
export function onlyParameters({ pairs }: Parameters, allowed: readonly string[]): Answer | undefined {
  const unwanted = pairs.find(([name]) => !allowed.includes(name))?.[0];
  if (unwanted === undefined) return undefined;
  return oauthErrorAnswer(400, 'invalid_request', unwanted === 'state' ? 'state' : 'unexpected parameter');
}
