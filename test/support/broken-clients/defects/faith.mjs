/** Clients that believe what they are sent: in the callback, in the token response, in the ID token, in the metadata. */

import { createHmac, createPublicKey } from 'node:crypto';

import { correct } from '../correct.mjs';

const ignore = () => undefined;

export const faithDefects = {
  'state-ignored': {
    what: 'takes a code that came with another state',
    fault: 'state-wrong',
    rule: 'state-checked',
    changes: { checkState: ignore },
  },
  'iss-ignored': {
    what: 'takes a code that came from another issuer (mix-up)',
    fault: 'iss-wrong',
    rule: 'iss-checked',
    changes: { checkIss: ignore },
  },
  'metadata-issuer-ignored': {
    what: 'takes metadata that are about another issuer',
    fault: 'discovery-other-issuer',
    rule: 'metadata-issuer-checked',
    changes: { checkMetadata: ignore },
  },
  'redirect-followed': {
    what: 'posts code and verifier wherever the token endpoint redirects',
    fault: 'token-redirect',
    rule: 'redirect-not-followed',
    changes: { followsRedirects: true },
  },
  'token-type-ignored': {
    what: 'uses tokens of a type it does not know',
    fault: 'token-other-type',
    rule: 'token-type-checked',
    changes: { checkTokenType: ignore },
  },
  'signature-ignored': {
    what: 'takes an ID token with a wrong signature',
    fault: 'id-token-bad-signature',
    rule: 'id-token-signature-checked',
    changes: { checkSignature: ignore },
  },
  'alg-none': {
    what: 'takes an ID token without a signature, since its header says so',
    fault: 'id-token-alg-none',
    rule: 'id-token-signature-checked',
    changes: {
      checkSignature(token, keys) {
        if (token.header.alg !== 'none') correct.checkSignature(token, keys);
      },
    },
  },
  'hs256-with-public-key': {
    what: 'takes an ID token that is signed with the public key as a shared secret',
    fault: 'id-token-hs256',
    rule: 'id-token-signature-checked',
    changes: {
      checkSignature(token, keys) {
        if (token.header.alg !== 'HS256') return correct.checkSignature(token, keys);
        const key = createPublicKey({ key: keys.find(({ kid }) => kid === token.header.kid), format: 'jwk' });
        const secret = key.export({ type: 'spki', format: 'pem' });
        const expected = createHmac('sha256', secret).update(token.signed).digest();
        if (!expected.equals(token.signature)) throw new Error('HS256');
      },
    },
  },
  'id-token-issuer-ignored': {
    what: 'takes an ID token of another issuer',
    fault: 'id-token-wrong-issuer',
    rule: 'id-token-issuer-checked',
    changes: { checkIssuer: ignore },
  },
  'audience-ignored': {
    what: 'takes an ID token that was meant for another client',
    fault: 'id-token-wrong-audience',
    rule: 'id-token-audience-checked',
    changes: { checkAudience: ignore },
  },
  'expiry-ignored': {
    what: 'takes an ID token that has expired',
    fault: 'id-token-expired',
    rule: 'id-token-times-checked',
    changes: { checkTimes: ignore },
  },
  'nonce-ignored': {
    what: "takes an ID token with somebody else's nonce",
    fault: 'id-token-wrong-nonce',
    rule: 'id-token-nonce-checked',
    changes: { checkNonce: ignore },
  },
  'at-hash-ignored': {
    what: 'takes an access token that the ID token does not vouch for',
    fault: 'id-token-wrong-at-hash',
    rule: 'id-token-at-hash-checked',
    changes: { checkAtHash: ignore },
  },
  'subject-ignored': {
    what: 'takes tokens of another person when it refreshes',
    fault: 'refresh-other-subject',
    rule: 'id-token-subject-checked',
    changes: { checkSubject: ignore },
  },
};
