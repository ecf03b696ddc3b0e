/**
 * Scenarios of the ID token: claims and signatures that a relying party must refuse, or do without. Data with
 * small hooks.
 */

import type { Strictness } from '../strictness/rules.ts';
import { type Claims, signHs256, signNone, signRs256 } from '../tokens/jws.ts';
import { firstKey, secondKey } from '../tokens/keys.ts';
import { AUTH_CLAIM, PROFILE_CLAIM } from '../tokens/tokens.ts';
import { type Scenario, scenarioTable } from './scenario.ts';

const HOUR = 3600;

export const idTokenScenarios = scenarioTable({
  'id-token-wrong-issuer': edits('id-token-issuer-checked', 'The ID token names another issuer.', () => ({
    iss: 'https://issuer.example',
  })),
  'id-token-wrong-audience': edits(
    'id-token-audience-checked',
    'The ID token is for another client.',
    () => ({
      aud: ['another-client'],
    }),
  ),
  'id-token-second-audience-without-azp': edits(
    'id-token-audience-checked',
    'The ID token is for this client and another, and has no azp.',
    ({ clientId }) => ({ aud: [clientId, 'another-client'] }),
  ),
  'id-token-wrong-azp': edits(
    'id-token-audience-checked',
    'The azp of the ID token is another client.',
    () => ({
      azp: 'another-client',
    }),
  ),
  'id-token-expired': edits('id-token-times-checked', 'The ID token expired an hour ago.', ({ now }) => ({
    iat: now - 2 * HOUR,
    auth_time: now - 2 * HOUR,
    exp: now - HOUR,
  })),
  'id-token-issued-in-future': edits(
    'id-token-times-checked',
    'The ID token was issued an hour from now.',
    ({ now }) => ({
      iat: now + HOUR,
      exp: now + 2 * HOUR,
    }),
  ),
  'id-token-wrong-nonce': edits('id-token-nonce-checked', 'The nonce is not the one that was sent.', () => ({
    nonce: 'a-nonce-of-somebody-else',
  })),
  'id-token-no-nonce': edits('id-token-nonce-checked', 'The nonce that was sent does not come back.', () => ({
    nonce: undefined,
  })),
  'id-token-wrong-at-hash': edits(
    'id-token-at-hash-checked',
    'The at_hash belongs to another access token.',
    () => ({
      at_hash: 'AAAAAAAAAAAAAAAAAAAAAA',
    }),
  ),
  'id-token-no-at-hash': edits(undefined, 'The ID token has no at_hash, which the code flow allows.', () => ({
    at_hash: undefined,
  })),
  'id-token-no-subject': edits('id-token-subject-checked', 'The ID token has no sub.', () => ({
    sub: undefined,
  })),
  'id-token-bad-signature': signs(
    'id-token-signature-checked',
    'The ID token is signed by a key that its kid does not name.',
    (claims) => signRs256(claims, secondKey, 'mock-2026-1'),
  ),
  'id-token-alg-none': signs(
    'id-token-signature-checked',
    'The ID token is unsigned: algorithm none.',
    signNone,
  ),
  'id-token-hs256': signs(
    'id-token-signature-checked',
    'The ID token is signed with HS256 and the public key as its secret.',
    signHs256,
  ),
  'id-token-unknown-kid': signs(
    'id-token-signature-checked',
    'The ID token is signed by a key that the JWKS never lists.',
    (claims) => signRs256(claims, secondKey, 'mock-unpublished'),
  ),
  'id-token-garbage': signs('id-token-signature-checked', 'The ID token is no JWT.', () => 'not-a-token'),
  'id-token-no-issuer': edits('id-token-issuer-checked', 'The ID token has no iss.', () => ({
    iss: undefined,
  })),
  'id-token-no-audience': edits('id-token-audience-checked', 'The ID token has no aud.', () => ({
    aud: undefined,
  })),
  'id-token-no-expiry': edits('id-token-times-checked', 'The ID token has no exp.', () => ({
    exp: undefined,
  })),
  'id-token-no-issued-at': edits('id-token-times-checked', 'The ID token has no iat.', () => ({
    iat: undefined,
  })),
  'id-token-text-audience': edits(
    undefined,
    'The aud of the ID token is the client as text, not in a list, which is as good.',
    ({ clientId }) => ({ aud: clientId }),
  ),
  'id-token-no-kid': signs(undefined, 'The ID token names no key; the JWKS has one.', (claims) =>
    signRs256(claims, firstKey, null),
  ),
  'id-token-no-kid-two-keys': {
    endpoint: 'id-token',
    description: 'The ID token names no key, and the JWKS lists two.',
    lasting: true,
    sign: (claims) => signRs256(claims, firstKey, null),
    publishedKeys: () => [secondKey, firstKey],
  },
  'id-token-no-account': {
    endpoint: 'id-token',
    description: 'Neither token has a chatgpt_account_id.',
    idTokenClaims: (claims) => without(claims, AUTH_CLAIM, 'chatgpt_account_id', 'chatgpt_account_user_id'),
    accessTokenClaims: (claims) =>
      without(claims, AUTH_CLAIM, 'chatgpt_account_id', 'chatgpt_account_user_id'),
  },
  'id-token-account-in-access-token-only': {
    endpoint: 'id-token',
    description: 'The access token has a chatgpt_account_id, the ID token has not.',
    idTokenClaims: (claims) => without(claims, AUTH_CLAIM, 'chatgpt_account_id', 'chatgpt_account_user_id'),
  },
  'id-token-no-email': {
    endpoint: 'id-token',
    description: 'Neither token has an e-mail.',
    idTokenClaims: (claims) => void Object.assign(claims, { email: undefined, email_verified: undefined }),
    accessTokenClaims: (claims) => without(claims, PROFILE_CLAIM, 'email', 'email_verified'),
  },
});

/** Claims that are replaced; undefined takes one out, since JSON has no undefined. */
function edits(
  trap: Strictness | undefined,
  description: string,
  claimsOf: (context: { clientId: string; now: number }) => Claims,
): Scenario {
  return {
    endpoint: 'id-token',
    description,
    ...(trap === undefined ? {} : { trap }),
    idTokenClaims: (claims, context) => void Object.assign(claims, claimsOf(context)),
  };
}

function signs(
  trap: Strictness | undefined,
  description: string,
  sign: (claims: Claims) => string,
): Scenario {
  return { endpoint: 'id-token', description, sign, ...(trap === undefined ? {} : { trap }) };
}

function without(claims: Claims, claim: string, ...members: string[]): void {
  const kept = Object.entries(Object(claims[claim])).filter(([name]) => !members.includes(name));
  claims[claim] = Object.fromEntries(kept);
}
