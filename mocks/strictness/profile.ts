/** What a request has to be where the profile demands it. Data, like `client`'s. */

import { strictnessTable } from './table.ts';

export const profileRules = strictnessTable({
  'nonce-required': {
    rule: 'OIDC Core §3.1.2.1',
    source: 'OpenID Connect Core §3.1.2.1; where the profile demands one',
    strict: 'There is no nonce, and this kind of server wants one.',
    lenient: 'It may be left out.',
  },
  'resource-named': {
    rule: 'RFC 8707 §2',
    source: 'RFC 8707 §2; where the profile has a resource',
    strict: 'A request for a code, for tokens or for a refresh does not name the resource that they are for.',
    lenient: 'It is not looked at.',
  },
  'registration-named': {
    rule: 'WIRE registration',
    source: 'Sign in with ChatGPT for open-source applications',
    strict:
      'A client that is registered in the sign-in does not name its host (urn:uuid:…), or a new one not itself.',
    lenient: 'Nobody has to have a name.',
  },
  'client-binding': {
    rule: 'RFC 6749 §4.1.3',
    source: 'RFC 6749 §4.1.3, §6; RFC 7009 §2.1',
    strict: 'A code or refresh token is presented by another client than the one that it was issued to.',
    lenient: 'Any client may present it.',
  },
});
