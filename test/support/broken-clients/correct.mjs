/**
 * Everything a correct client decides, one small function each, so that a broken one is this with one of them changed. It sends
 * nothing: `client` does.
 */

import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';

/** The client noticed a fault by itself and went no further. */
export class Stopped extends Error {}

const stopUnless = (right, what) => {
  if (!right) throw new Stopped(what);
};
const sha256 = (text) => createHash('sha256').update(text).digest();

/** 256 bits, base64url. */
export const newSecret = () => randomBytes(32).toString('base64url');

/** Checks throw `Stopped`; the rest edits what is about to be sent. */
export const correct = {
  checkMetadata: (metadata, { issuer }) => stopUnless(metadata.issuer === issuer, 'issuer of the metadata'),

  newVerifier: newSecret,
  challengeOf: (verifier) => ({
    code_challenge: sha256(verifier).toString('base64url'),
    code_challenge_method: 'S256',
  }),
  authorizationParameters: (parameters) => parameters,

  checkState: (query, { state }) =>
    stopUnless(query.getAll('state').length === 1 && query.get('state') === state, 'state'),
  checkIss: (query, { issuer, promised }) =>
    stopUnless(query.has('iss') ? query.get('iss') === issuer : !promised, 'iss'),

  exchange: (send) => send(),
  tokenRequest: (request) => request,
  followsRedirects: false,
  checkTokenType: ({ token_type: type }) => stopUnless(/^bearer$/i.test(type ?? ''), 'token_type'),

  checkSignature({ header, signed, signature }, keys) {
    stopUnless(header.alg === 'RS256', 'algorithm');
    const jwk = keys.find(({ kid }) => kid === header.kid);
    stopUnless(jwk !== undefined, 'kid');
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    stopUnless(verify('sha256', Buffer.from(signed), key, signature), 'signature');
  },
  checkIssuer: ({ iss }, { issuer }) => stopUnless(iss === issuer, 'iss of the ID token'),
  checkAudience: ({ aud, azp }, { clientId }) =>
    stopUnless([aud].flat().join() === clientId && (azp ?? clientId) === clientId, 'aud'),
  checkTimes: ({ exp, iat }, { now }) => stopUnless(exp > now - 60 && iat < now + 60, 'exp'),
  checkNonce: (claims, { nonce }) => stopUnless(claims.nonce === nonce, 'nonce'),
  checkAtHash: ({ at_hash: hash }, { accessToken }) =>
    stopUnless(
      hash === undefined || hash === sha256(accessToken).subarray(0, 16).toString('base64url'),
      'at_hash',
    ),
  checkSubject: ({ sub }, { subject }) =>
    stopUnless(typeof sub === 'string' && sub === (subject ?? sub), 'sub'),

  /** What is kept of a refresh. */
  replace: (before, response) => ({ ...before, ...response }),
  renewal: (send) => send(),
  sharesRenewal: true,

  bearer: (request, accessToken) => ({
    ...request,
    headers: { ...request.headers, authorization: `Bearer ${accessToken}` },
  }),
  signedIn: ({ say }) => say('Signed in.'),
  toRevoke: ({ refresh_token: token }) => ({ token, token_type_hint: 'refresh_token' }),

  waitBeforePoll: (sleep, interval) => sleep(interval * 1000),
  slowDown: (interval) => interval + 5,
};
