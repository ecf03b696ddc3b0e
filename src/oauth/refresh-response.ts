/** The answer to a refresh, read with mistrust: granted, refused for good, not used, or unknown (docs/refresh.md; RFC 6749 §5). */

import type { ProviderProfile } from '../provider/provider.ts';
import { IdentityError, TokenError } from '../words/errors.ts';
import type { EpochMs } from '../words/ports.ts';
import { readUnverifiedClaims } from './claims.ts';
import { accessTokenExpiry } from './expiry.ts';
import type { ServerMetadata } from './metadata.ts';
import type { Presented, RefreshAnswer } from './refresh-request.ts';
import { type ResponseSummary, summarizeResponse, tokenResponseError } from './token-error.ts';
import { readMembers, readText } from './token-response.ts';

/** The server's words for "never again" (docs/wire.md). */
const TERMINAL = new Set([
  'invalid_grant',
  'refresh_token_reused',
  'refresh_token_expired',
  'refresh_token_invalidated',
  'invalid_refresh_token',
  'app_session_terminated',
  'token_expired',
]);

/** RFC 6749 §5.2: the request itself was refused, before the token was looked at. */
const UNLOOKED = new Set([
  'invalid_request',
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'unsupported_country_region_territory',
]);

const LATER = 'What is stored stays as it is; it is tried again later.';

/** @param presented is never quoted, whatever the server says */
export async function readRefreshResponse(
  response: Response,
  presented: Presented,
  requestedAt: EpochMs,
  context: { provider: ProviderProfile; metadata: ServerMetadata },
): Promise<RefreshAnswer> {
  const text = await readText(response);
  const summary = summarizeResponse(response, text, [presented.refresh, presented.access]);
  return summary.status === 200
    ? readGrant(text, summary, presented, requestedAt, context)
    : readRefusal(summary);
}

function readRefusal(summary: ResponseSummary): RefreshAnswer {
  const { status, oauthError: code } = summary;
  const error = told(tokenResponseError(summary), LATER);
  const isOurs = status >= 400 && status < 500;
  if (isOurs && code !== undefined && TERMINAL.has(code)) return { kind: 'refused', code };
  if (status === 429) return { kind: 'unused', error, mayPass: true, ...waitOf(summary.retryAfter) };
  if (isOurs && code !== undefined && UNLOOKED.has(code)) return { kind: 'unused', error, mayPass: false };
  return { kind: 'unknown', error };
}

/** `Retry-After` in seconds; a date is left to the usual pause (RFC 9110 §10.2.3). */
function waitOf(retryAfter: string | undefined): { retryAfterMs?: number } {
  return /^\d{1,6}$/.test(retryAfter ?? '') ? { retryAfterMs: Number(retryAfter) * 1000 } : {};
}

function readGrant(
  text: string,
  summary: ResponseSummary,
  presented: Presented,
  requestedAt: EpochMs,
  { provider, metadata }: { provider: ProviderProfile; metadata: ServerMetadata },
): RefreshAnswer {
  const unusable = (flaw?: string): RefreshAnswer => ({
    kind: 'unknown',
    error: told(tokenResponseError(summary, flaw), LATER),
  });
  const read = readMembers(text, summary);
  if ('flaw' in read) return unusable(read.flaw);
  const { members } = read;
  const token = (name: string) => {
    const value = members[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const tokenType = members.token_type ?? 'Bearer';
  if (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer')
    return unusable('its token type is not Bearer');
  const access = token('access_token');
  const refresh = token('refresh_token');
  const idToken = token('id_token');
  const flaw = idToken === undefined ? undefined : flawOf(idToken, presented, provider, metadata);
  if (flaw !== undefined) return { kind: 'unknown', error: foreignIdToken(flaw) };
  const expiresIn = Number(members.expires_in ?? Number.NaN);
  const seconds = Number.isFinite(expiresIn) && expiresIn > 0 ? expiresIn : undefined;
  return {
    kind: 'granted',
    tokens: {
      ...(access === undefined ? {} : { access, expires: accessTokenExpiry(access, seconds, requestedAt) }),
      ...(refresh === undefined ? {} : { refresh }),
    },
  };
}

/** OpenID Connect Core §12.2: the same issuer, subject and audience as before. Times and signature are not asked for: see docs/refresh.md. */
function flawOf(
  idToken: string,
  presented: Presented,
  provider: ProviderProfile,
  metadata: ServerMetadata,
): string | undefined {
  const claims = readUnverifiedClaims(idToken);
  if (claims === undefined) return 'it is malformed';
  if (claims.iss !== metadata.issuer) return 'its "iss" is not that of the sign-in';
  if (![claims.aud].flat().includes(provider.clientId)) return 'it is for another client';
  const before = readUnverifiedClaims(presented.access)?.sub;
  if (typeof claims.sub !== 'string' || (typeof before === 'string' && claims.sub !== before))
    return 'its "sub" is not that of the sign-in';
  return undefined;
}

function foreignIdToken(flaw: string): IdentityError {
  return new IdentityError('ERR_ID_TOKEN_INVALID', {
    summary: `The ID token in the answer to a refresh was refused: ${flaw}.`,
    hint: 'The tokens that came with it were not stored, and the old ones stay. If it happens again, sign in again: codex-login.',
  });
}

/** The same error with another next step: nobody signs in here. */
function told(error: TokenError, hint: string): TokenError {
  const { code, summary, status, oauthError, requestId } = error;
  return new TokenError(code, { summary, hint, status, oauthError, requestId });
}
