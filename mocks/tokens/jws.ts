/**
 * JSON Web Signatures in compact form (RFC 7515), right and wrong ones, and the JWKS (RFC 7517) to verify
 * the right ones with. Plain node:crypto, so that a mistake of a library cannot cancel itself out. What is
 * signed, `tokens` decides.
 */

import { createHmac, type JsonWebKey, sign } from 'node:crypto';

import { firstKey, type SigningKey } from './keys.ts';

/** Claims of a token before it is signed (RFC 7519 §4). */
export type Claims = Record<string, unknown>;

/** Turns claims into a compact JWS. */
export type Signer = (claims: Claims) => string;

/** RS256; `kid` may name another key than the one that signs, or, as null, none. */
export function signRs256(claims: Claims, key: SigningKey = firstKey, kid: string | null = key.kid): string {
  const input = signingInput({ alg: 'RS256', typ: 'JWT', ...(kid === null ? {} : { kid }) }, claims);
  return `${input}.${sign('sha256', Buffer.from(input), key.privateKey).toString('base64url')}`;
}

/** Algorithm `none`: an empty signature, which nobody may accept. */
export function signNone(claims: Claims): string {
  return `${signingInput({ alg: 'none', typ: 'JWT' }, claims)}.`;
}

/** HS256 with the published RSA key as the secret: the classic confusion of algorithms. */
export function signHs256(claims: Claims): string {
  const input = signingInput({ alg: 'HS256', typ: 'JWT', kid: firstKey.kid }, claims);
  const secret = firstKey.publicKey.export({ type: 'spki', format: 'pem' });
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** The JWKS document that publishes these keys; public halves only. */
export function jwksOf(keys: readonly SigningKey[]): { keys: JsonWebKey[] } {
  return {
    keys: keys.map(({ kid, publicKey }) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid,
      use: 'sig',
      alg: 'RS256',
    })),
  };
}

function signingInput(header: Record<string, string>, claims: Claims): string {
  return `${encoded(header)}.${encoded(claims)}`;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
