/** Why a logout did not come to its end, in a sentence with the next step. It decides only the words. */

import type { RefreshClaim } from '../store/profile-store.ts';
import { CredentialError } from '../words/errors.ts';
import { foreignText } from '../words/redact.ts';

/** Somebody presents the refresh token now: what comes of it would be good, and nobody's. */
export function claimedError(profileId: string, { by, until }: RefreshClaim): CredentialError {
  return new CredentialError('ERR_REFRESH_PENDING', {
    profileId,
    summary: `"${foreignText(profileId, 80)}" is being refreshed, by ${foreignText(by, 120)}, and that has not come to an end.`,
    hint: `Nothing was changed. Run the command again after ${new Date(until).toISOString()}; or add --force to go on, and leave what comes of the refresh good at the server.`,
  });
}

export function notRevokedError(profileId: string, reason: string): CredentialError {
  return new CredentialError('ERR_NOT_REVOKED', {
    profileId,
    summary: `"${foreignText(profileId, 80)}" was not revoked, and is kept. ${reason}`,
    hint: 'Run the command again; or add --force to remove it although it stays valid at the server, or --local to ask no server.',
  });
}

export function busyError(profileId: string): CredentialError {
  return new CredentialError('ERR_NOT_REVOKED', {
    profileId,
    summary: `"${foreignText(profileId, 80)}" keeps being replaced by another program, and is still stored.`,
    hint: 'End what refreshes it or signs in, and run the command again.',
  });
}
