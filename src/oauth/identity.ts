/**
 * Who signed in: verified claims become an account, and an account becomes a profile id as OpenClaw names it. Pure.
 */

import type { IdentityClaims } from '../provider/provider.ts';
import { IdentityError } from '../words/errors.ts';
import { foreignText } from '../words/redact.ts';
import { type Claims, readUnverifiedClaims } from './claims.ts';

export interface Identity {
  /** ChatGPT account (workspace) id; with a discovered server `iss|sub`. */
  readonly accountId: string;
  /** The person within the account, where the claims tell. One e-mail can belong to several accounts. */
  readonly userId?: string;
  readonly email?: string;
  readonly plan?: string;
  /** `<provider>:<e-mail>`, or `<provider>:id-<base64url(subject)>` without one: OpenClaw's own naming. */
  readonly profileId: string;
}

/**
 * Reads the identity out of the verified ID token and, for what it lacks, the access token's claims.
 * @throws IdentityError `ERR_ACCOUNT_MISSING` where the profile demands an account id and neither token has one
 */
export function readIdentity(
  providerId: string,
  kind: IdentityClaims,
  tokens: { idTokenClaims: Claims; accessToken: string },
): Identity {
  const { idTokenClaims } = tokens;
  const accessTokenClaims = readUnverifiedClaims(tokens.accessToken) ?? {};
  if (kind.kind === 'subject') {
    const accountId = `${text(idTokenClaims.iss)}|${text(idTokenClaims.sub)}`;
    return identity(providerId, { accountId, subject: accountId, email: emailOf(idTokenClaims.email) });
  }
  // The access token is what the API sees, so its claims come first, as in OpenClaw; the ID token's fill the gaps.
  const auth = { ...record(idTokenClaims[kind.authClaim]), ...record(accessTokenClaims[kind.authClaim]) };
  const accountId = word(auth.chatgpt_account_id);
  if (accountId === undefined) {
    throw new IdentityError('ERR_ACCOUNT_MISSING', {
      summary:
        'The tokens name no ChatGPT account (chatgpt_account_id), so no request could be made with them.',
      hint: 'Nothing was stored. Sign in with an account that has a ChatGPT plan or workspace.',
    });
  }
  const userId = text(auth.chatgpt_user_id) ?? text(auth.user_id);
  const issuerAndSubject = [
    text(accessTokenClaims.iss) ?? text(idTokenClaims.iss),
    text(accessTokenClaims.sub) ?? text(idTokenClaims.sub),
  ];
  return identity(providerId, {
    accountId,
    userId,
    subject: text(auth.chatgpt_account_user_id) ?? userId ?? issuerAndSubject.filter(Boolean).join('|'),
    email:
      emailOf(record(accessTokenClaims[kind.profileClaim]).email) ??
      emailOf(record(idTokenClaims[kind.profileClaim]).email) ??
      emailOf(idTokenClaims.email),
    plan: shown(auth.chatgpt_plan_type),
  });
}

/** Whether a stored credential belongs to the account that signed in; `unknown` where it does not say. */
export function compareAccount(
  stored: Readonly<Record<string, unknown>>,
  kind: IdentityClaims,
  identity: Identity,
): 'same' | 'other' | 'unknown' {
  const claims = typeof stored.access === 'string' ? readUnverifiedClaims(stored.access) : undefined;
  const auth = kind.kind === 'chatgpt' && claims ? record(claims[kind.authClaim]) : {};
  const accountId = text(auth.chatgpt_account_id) ?? text(stored.accountId);
  if (accountId === undefined) return 'unknown';
  if (accountId !== identity.accountId) return 'other';
  const userId = text(auth.chatgpt_user_id) ?? text(auth.user_id);
  if (userId !== undefined && identity.userId !== undefined)
    return userId === identity.userId ? 'same' : 'other';
  if (kind.kind === 'subject') return 'same';
  // A workspace has many people: without the user's id only an equal e-mail says that it is the same one.
  const { email } = readIdentityOf(stored, kind);
  if (email === undefined || identity.email === undefined) return 'unknown';
  return email.toLowerCase() === identity.email.toLowerCase() ? 'same' : 'other';
}

/** Whose a stored credential is, to compare it with another one: unverified; undefined where it names no account. */
export function readStoredIdentity(
  providerId: string,
  stored: Readonly<Record<string, unknown>>,
  kind: IdentityClaims,
): Identity | undefined {
  const claims = typeof stored.access === 'string' ? readUnverifiedClaims(stored.access) : undefined;
  const auth = kind.kind === 'chatgpt' && claims ? record(claims[kind.authClaim]) : {};
  const accountId = text(auth.chatgpt_account_id) ?? text(stored.accountId);
  if (accountId === undefined) return undefined;
  const { email } = readIdentityOf(stored, kind);
  const userId = text(auth.chatgpt_user_id) ?? text(auth.user_id);
  return identity(providerId, { accountId, subject: accountId, email, userId });
}

/** What a stored credential says of its owner, for showing: unverified. */
export function readIdentityOf(
  stored: Readonly<Record<string, unknown>>,
  kind: IdentityClaims,
): { email?: string; plan?: string } {
  const claims = (typeof stored.access === 'string' ? readUnverifiedClaims(stored.access) : undefined) ?? {};
  const chatgpt = kind.kind === 'chatgpt' ? kind : undefined;
  const email = emailOf(stored.email) ?? (chatgpt && emailOf(record(claims[chatgpt.profileClaim]).email));
  const plan = chatgpt && shown(record(claims[chatgpt.authClaim]).chatgpt_plan_type);
  return { ...(email === undefined ? {} : { email }), ...(plan === undefined ? {} : { plan }) };
}

function identity(
  providerId: string,
  found: {
    accountId: string;
    subject: string;
    userId?: string | undefined;
    email?: string | undefined;
    plan?: string | undefined;
  },
): Identity {
  const { accountId, subject, userId, email, plan } = found;
  return {
    accountId,
    profileId: `${providerId}:${email ?? `id-${Buffer.from(subject).toString('base64url')}`}`,
    ...(userId === undefined ? {} : { userId }),
    ...(email === undefined ? {} : { email }),
    ...(plan === undefined ? {} : { plan }),
  };
}

/** An e-mail that can stand in a profile id and on a terminal: no spaces, no control characters. */
function emailOf(value: unknown): string | undefined {
  const email = text(value);
  return email !== undefined && email.length <= 254 && /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(email)
    ? email
    : undefined;
}

/** An id that can stand on a terminal and in a file: no blanks, no control characters. */
function word(value: unknown): string | undefined {
  const id = text(value);
  return id !== undefined && id.length <= 300 && /^[^\s\p{C}]+$/u.test(id) ? id : undefined;
}

/** A word of the server's, made safe to show. */
function shown(value: unknown): string | undefined {
  const words = text(value);
  return words === undefined ? undefined : foreignText(words, 60);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
