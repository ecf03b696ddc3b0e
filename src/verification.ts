/**
 * Whether a stored login is alive, by the one question that every server answers: a refresh, by the protocol of `refresh`. It spends
 * the refresh token as any refresh does, and stores what comes. It reports; it decides nothing.
 */

import { type CredentialOptions, requireCredential } from './require-credential.ts';
import { CredentialError, toLoginError } from './words/errors.ts';

/** What the server says of one profile. */
export type Verification =
  | { readonly verified: true; readonly expires?: number }
  /** Ended: sign in again. */
  | { readonly verified: false; readonly code: string; readonly reason: string }
  /** It could not be asked. */
  | { readonly verified: 'unknown'; readonly code: string; readonly reason: string };

/** Asks the server that issued it. Never rejects, unless `signal` is aborted: then with its reason. */
export async function verifyCredential(
  profileId: string,
  options: Omit<CredentialOptions, 'profileId' | 'rejected' | 'forceRefresh' | 'minTtlMs'>,
): Promise<Verification> {
  try {
    const { expires } = await requireCredential({ ...options, profileId, forceRefresh: true });
    return { verified: true, ...(expires === undefined ? {} : { expires }) };
  } catch (thrown) {
    options.signal?.throwIfAborted();
    const { code, summary } = toLoginError(thrown);
    const isOver = thrown instanceof CredentialError && thrown.code === 'ERR_REFRESH_REFUSED';
    return { verified: isOver ? false : 'unknown', code, reason: summary };
  }
}
