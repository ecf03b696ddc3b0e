/**
 * What a client has to notice: after a fault of one of these kinds, a code or token that is used all the same is refused. Data;
 * a scenario names its trap, and `grants` keeps it with what was issued.
 */

import { strictnessTable } from './table.ts';

const used = 'It is exchanged all the same.';
const taken = 'The tokens work all the same.';

export const trapRules = strictnessTable({
  'state-checked': {
    rule: 'R-9700-1',
    source: 'RFC 9700 §2.1, §4.7; RFC 6749 §10.12',
    strict: 'A code is exchanged that came with a state that is missing, wrong or doubled.',
    lenient: used,
    trap: true,
  },
  'iss-checked': {
    rule: 'R-9207-1',
    source: 'RFC 9207 §2.4',
    strict: "A code is exchanged that came with another issuer's iss.",
    lenient: used,
    trap: true,
  },
  'iss-demanded': {
    rule: 'R-9207-2',
    source: 'RFC 9207 §2.4',
    strict: 'A code is exchanged that came without the iss that the metadata promises.',
    lenient: used,
    trap: true,
  },
  'front-channel-checked': {
    rule: 'R-9700-4',
    source: 'RFC 9700 §2.1.2',
    strict: 'A code is exchanged that came together with an access token.',
    lenient: used,
    trap: true,
  },
  'redirect-not-followed': {
    rule: 'R-6749-5',
    source: 'RFC 6749 §3.2, RFC 9700 §4.12',
    strict: 'A request is posted where a redirect of the token endpoint led.',
    lenient: 'It is answered as at the token endpoint.',
    trap: true,
  },
  'token-type-checked': {
    rule: 'R-6749-3',
    source: 'RFC 6749 §7.1',
    strict: 'Tokens of another type than bearer are used.',
    lenient: taken,
    trap: true,
  },
  'id-token-issuer-checked': {
    rule: 'R-OIDC-1',
    source: 'OpenID Connect Core §3.1.3.7 (2)',
    strict: "Tokens are used that came with another issuer's ID token, or one without iss.",
    lenient: taken,
    trap: true,
  },
  'id-token-audience-checked': {
    rule: 'R-OIDC-1',
    source: 'OpenID Connect Core §3.1.3.7 (3 to 5)',
    strict: 'Tokens are used that came with an ID token for another client (aud, azp), or for nobody.',
    lenient: taken,
    trap: true,
  },
  'id-token-signature-checked': {
    rule: 'R-OIDC-2',
    source: 'OpenID Connect Core §3.1.3.7 (6 to 8)',
    strict:
      'Tokens are used that came with an ID token that is badly signed, unsigned, HS256, or no JWT at all.',
    lenient: taken,
    trap: true,
  },
  'id-token-times-checked': {
    rule: 'R-OIDC-3',
    source: 'OpenID Connect Core §3.1.3.7 (9, 10)',
    strict: 'Tokens are used that came with an ID token that is expired, of the future, or undated.',
    lenient: taken,
    trap: true,
  },
  'id-token-nonce-checked': {
    rule: 'R-OIDC-4',
    source: 'OpenID Connect Core §3.1.3.7 (11)',
    strict: 'Tokens are used that came with an ID token without the nonce that was sent.',
    lenient: taken,
    trap: true,
  },
  'id-token-at-hash-checked': {
    rule: 'R-OIDC-5',
    source: 'OpenID Connect Core §3.1.3.8',
    strict: 'Tokens are used that came with an ID token whose at_hash belongs to another access token.',
    lenient: taken,
    trap: true,
  },
  'id-token-subject-checked': {
    rule: 'R-OIDC-6',
    source: 'OpenID Connect Core §2, §12.2',
    strict: 'Tokens are used that came with an ID token of another subject than before, or of none.',
    lenient: taken,
    trap: true,
  },
});
