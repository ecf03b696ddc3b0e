/** Whether a code verifier belongs to a code challenge (RFC 7636). It decides nothing about codes. */

import { createHash } from 'node:crypto';

export interface CodeChallenge {
  /** Absent only where PKCE is not asked for. */
  readonly codeChallenge?: string;
  readonly codeChallengeMethod: 'S256' | 'plain';
}

/** RFC 7636 §4.6. Without a challenge nothing is proved, and nothing may be claimed. */
export function isProof(
  codeVerifier: string,
  { codeChallenge, codeChallengeMethod }: CodeChallenge,
): boolean {
  if (codeChallenge === undefined) return codeVerifier === '';
  const computed =
    codeChallengeMethod === 'plain'
      ? codeVerifier
      : createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
  return computed === codeChallenge.replace(/=+$/, '');
}
