/** Why there is no valid access token to be had, in a sentence with the next step. It decides only the words. */

import type { OAuthProfile, RefreshClaim } from '../store/profile-store.ts';
import { CredentialError, TokenError } from '../words/errors.ts';
import { foreignText } from '../words/redact.ts';

const SIGN_IN = 'Sign in again: codex-login.';

/** Nothing is stored, or nothing of it would be used. @param remedy the resolver's own */
export function noCredentialError(
  reason: string,
  remedy: string,
  profileId: string | undefined,
): CredentialError {
  const summary =
    profileId === undefined
      ? `No credential can be used (${reason}).`
      : `"${foreignText(profileId, 80)}" cannot be used (${reason}).`;
  return new CredentialError('ERR_NO_CREDENTIAL', { profileId, summary, hint: remedy });
}

/** @param unreported a presentation that was begun before, and whose holder was never heard of again */
export function deadError(
  profileId: string,
  { dead }: OAuthProfile,
  unreported?: RefreshClaim | undefined,
): CredentialError {
  const since = dead === undefined ? '' : `, ${isoOf(dead.at)}`;
  return new CredentialError('ERR_REFRESH_REFUSED', {
    profileId,
    summary: `The server has ended the login of "${foreignText(profileId, 80)}" (${foreignText(dead?.code ?? 'refused', 60)}${since}).`,
    hint:
      unreported === undefined
        ? SIGN_IN
        : `Sign in again: a refresh started by ${foreignText(unreported.by, 120)} never reported back, and may have used the token up (codex-login).`,
  });
}

/** On the generations whose store is OpenClaw's database. */
export function elsewhereError(profileId: string): CredentialError {
  return new CredentialError('ERR_REFRESH_ELSEWHERE', {
    profileId,
    summary: `The access token of "${foreignText(profileId, 80)}" has expired, and OpenClaw alone refreshes what is in its database.`,
    hint: 'OpenClaw does it at its next turn (openclaw models status shows it), and then this command prints the new one.',
  });
}

/** A move to another store that was killed has left it here, and its token to nobody. */
export function movingError(profileId: string, to: string): CredentialError {
  return new CredentialError('ERR_NO_CREDENTIAL', {
    profileId,
    summary: `"${foreignText(profileId, 80)}" is on its way to ${foreignText(to, 200)}, and its move was not brought to its end.`,
    hint: 'Run the same codex-login store move again; nothing is lost.',
  });
}

/** Of a shared store that this user, or this key ring, only reads. */
export function readerError(profileId: string): CredentialError {
  return new CredentialError('ERR_REFRESH_ELSEWHERE', {
    profileId,
    summary: `The access token of "${foreignText(profileId, 80)}" has expired, and here the shared store is only read: somebody else refreshes it.`,
    hint: 'Run the command again when that has happened; if it does not, look at whoever has the writer’s key ring (codex-login sync, or token).',
  });
}

/** Valid it is, and yet not what was asked for: fresher, or another one than was rejected. */
export function notRefreshableError(profileId: string): CredentialError {
  return new CredentialError('ERR_REFRESH_ELSEWHERE', {
    profileId,
    summary: `"${foreignText(profileId, 80)}" has no refresh token here, so the access token that is stored cannot be replaced by a newer one.`,
    hint: 'Whoever has its refresh token refreshes it: run the command again when that has happened (codex-login sync brings it).',
  });
}

/** Somebody else refreshes it, and has not come to an end. */
export function pendingError(profileId: string, claim: RefreshClaim | undefined): CredentialError {
  const who = claim === undefined ? 'another process' : foreignText(claim.by, 120);
  return new CredentialError('ERR_REFRESH_PENDING', {
    profileId,
    summary: `The access token of "${foreignText(profileId, 80)}" has expired, and its refresh, begun by ${who}, has not come to an end.`,
    hint:
      claim === undefined
        ? 'Run the command again.'
        : `Run the command again after ${isoOf(claim.until)}: then it is taken over.`,
  });
}

/** The server granted nothing that could be used: no new access token, or one that is over. */
export function unusableError(profileId: string): TokenError {
  return new TokenError('ERR_TOKEN_ENDPOINT', {
    summary: `The refresh of "${foreignText(profileId, 80)}" brought no access token that could be used.`,
    hint: 'What the server granted is stored. Run the command again; if it stays, sign in again: codex-login.',
  });
}

function isoOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'at a time that cannot be read' : date.toISOString();
}
