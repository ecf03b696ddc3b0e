/** What a request has to be. Data; `authorization-request`, `token-endpoint` and their neighbours refuse by it. */

import { strictnessTable } from './table.ts';

export const clientRules = strictnessTable({
  'client-id': {
    rule: 'RFC 6749 §4.1.2.1',
    source: 'RFC 6749 §2.2, §4.1.2.1, §5.2',
    strict: 'The client is not the one this server knows.',
    lenient: 'Any client_id is taken.',
  },
  'no-client-secret': {
    rule: 'R-8252-8',
    source: 'RFC 8252 §8.4',
    strict: 'A public client sends a secret, an assertion, or an Authorization header to the token endpoint.',
    lenient: 'Client credentials are ignored.',
  },
  'redirect-uri-registered': {
    rule: 'R-8252-4',
    source: 'RFC 8252 §7.3, RFC 9700 §2.1',
    strict:
      'The redirect URI is not a registered one, byte for byte (but for the port of a loopback address).',
    lenient: 'Any http address of this machine will do.',
  },
  'redirect-uri-exact': {
    rule: 'R-8252-3',
    source: 'RFC 6749 §4.1.3',
    strict: 'The redirect URI at the token endpoint is missing, or not the one of the authorization request.',
    lenient: 'It is not compared.',
  },
  'response-type-code': {
    rule: 'R-9700-6',
    source: 'RFC 9700 §2.1.2',
    strict: 'The response type is not code.',
    lenient: 'A code is given whatever was asked for.',
  },
  'response-mode-query': {
    rule: 'RFC 6749 §4.1.2',
    source: 'RFC 6749 §4.1.2',
    strict: 'The response mode is not query.',
    lenient: 'The query is used whatever was asked for.',
  },
  'scope-openid': {
    rule: 'OIDC Core §3.1.2.1',
    source: 'OpenID Connect Core §3.1.2.1',
    strict: 'The scope does not contain openid.',
    lenient: 'Any scope, or none.',
  },
  'pkce-required': {
    rule: 'R-8252-7',
    source: 'RFC 7636 §4.4.1, RFC 8252 §8.1',
    strict: 'There is no code_challenge.',
    lenient: 'PKCE may be left out.',
  },
  'pkce-s256': {
    rule: 'R-7636-3',
    source: 'RFC 7636 §4.3, §7.2',
    strict: 'The code_challenge_method is plain, missing, or another one than S256.',
    lenient: 'plain is taken too, and is what a missing method means.',
  },
  'pkce-challenge-form': {
    rule: 'R-7636-2',
    source: 'RFC 7636 §4.2',
    strict: 'The code_challenge is not 43 characters of unpadded base64url.',
    lenient: 'Any text is taken, padding is ignored.',
  },
  'pkce-verifier-form': {
    rule: 'R-7636-1',
    source: 'RFC 7636 §4.1',
    strict: 'The code_verifier is missing, or not 43 to 128 unreserved characters.',
    lenient: 'Any text is taken.',
  },
  'pkce-verifier-match': {
    rule: 'RFC 7636 §4.6',
    source: 'RFC 7636 §4.6',
    strict: 'The code_verifier does not belong to the code_challenge.',
    lenient: 'It is not compared.',
  },
  'pkce-verifier-once': {
    rule: 'R-7636-4',
    source: 'RFC 7636 §4.1, §7.1',
    strict: 'The code_verifier has been used with another code before.',
    lenient: 'A verifier may come again.',
  },
  'code-known': {
    rule: 'RFC 6749 §5.2',
    source: 'RFC 6749 §5.2',
    strict: 'The code was never issued.',
    lenient: 'Any code signs the first account in.',
  },
  'code-once': {
    rule: 'R-6749-2',
    source: 'RFC 6749 §4.1.2',
    strict: 'The code has been used before; all that it led to is revoked.',
    lenient: 'A code works again.',
  },
  'code-lifetime': {
    rule: 'RFC 6749 §4.1.2',
    source: 'RFC 6749 §4.1.2',
    strict: 'The code is older than sixty seconds.',
    lenient: 'Codes do not age.',
  },
  'grant-type-known': {
    rule: 'R-9700-6',
    source: 'RFC 9700 §2.4, RFC 6749 §5.2',
    strict:
      'The grant type is missing, or none that is safe: the password grant, client credentials, another one.',
    lenient: 'Those sign the first account in.',
  },
  'only-known-parameters': {
    rule: 'WIRE token request',
    source: 'the openai-codex wire; RFC 6749 §3.2 would have them ignored',
    strict: 'There is a parameter that this request has no use for, state in a code exchange for one.',
    lenient: 'It is ignored.',
  },
  'no-duplicated-parameters': {
    rule: 'R-6749-6',
    source: 'RFC 6749 §3.1, §3.2',
    strict: 'A parameter comes twice.',
    lenient: 'The first one counts.',
  },
  'parameters-in-body': {
    rule: 'R-9700-3',
    source: 'RFC 6749 §2.3.1, §3.2; RFC 9700 §4.3',
    strict: 'Parameters of a POST are in the URL.',
    lenient: 'They count as if they were in the body.',
  },
  'body-format': {
    rule: 'RFC 6749 §4.1.3',
    source: 'RFC 6749 §4.1.3 and appendix B',
    strict: 'The body is not what it must be: a form, or JSON where the profile takes it, and readable.',
    lenient: 'It is read as a form, or as JSON where it looks like it, whatever its type.',
  },
  'refresh-token-once': {
    rule: 'R-9700-5',
    source: 'RFC 9700 §2.2.2, §4.14.2',
    strict: 'The refresh token has been rotated before; its family is revoked.',
    lenient: 'A spent refresh token works again.',
  },
  'refresh-token-known': {
    rule: 'RFC 6749 §5.2',
    source: 'RFC 6749 §5.2, §6',
    strict: 'The refresh token was never issued, or is missing.',
    lenient: 'Any refresh token signs the first account in.',
  },
  'refresh-token-live': {
    rule: 'R-6749-4',
    source: 'RFC 6749 §5.2, RFC 7009 §2.1',
    strict: 'The refresh token was revoked.',
    lenient: 'What was revoked still works.',
  },
  'refresh-scope': {
    rule: 'RFC 6749 §6',
    source: 'RFC 6749 §6',
    strict: 'A refresh asks for more scope than was granted.',
    lenient: 'The scope is ignored.',
  },
  'device-code-known': {
    rule: 'RFC 8628 §3.4',
    source: 'RFC 8628 §3.4',
    strict: 'The device code was never issued, is missing, or was used.',
    lenient: 'A device code that was used works again.',
  },
  'device-interval': {
    rule: 'R-8628-1',
    source: 'RFC 8628 §3.5',
    strict: 'A poll comes before the interval has passed.',
    lenient: 'Polls may come as fast as they like.',
  },
  'device-code-lifetime': {
    rule: 'R-8628-2',
    source: 'RFC 8628 §3.5',
    strict: 'A poll comes after the device code has expired.',
    lenient: 'Device codes do not age.',
  },
  'revocation-token': {
    rule: 'R-7009-1',
    source: 'RFC 7009 §2.1',
    strict: 'A revocation names no token.',
    lenient: 'It is answered with 200.',
  },
  'bearer-header': {
    rule: 'R-9700-6',
    source: 'RFC 6750 §2, RFC 9700 §4.3.2',
    strict: 'The access token is not in the Authorization header: it is in the URL, in the body, or nowhere.',
    lenient: 'It may be in the URL or in the body.',
  },
  'access-token-live': {
    rule: 'RFC 6750 §3.1',
    source: 'RFC 6750 §3.1',
    strict: 'The access token is unknown, expired or revoked.',
    lenient: 'Expiry and revocation are not looked at.',
  },
});
