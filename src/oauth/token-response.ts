/**
 * A token endpoint's answer, read once and with mistrust: either everything a credential needs, or one error.
 * It decides what is usable (RFC 6749 §5.1) and which sloppiness is forgiven; the ID token's claims are checked elsewhere.
 */

import type { TokenError } from '../words/errors.ts';
import { foreignText } from '../words/redact.ts';
import { type ResponseSummary, summarizeResponse, tokenResponseError } from './token-error.ts';

/** A usable answer to a code exchange. All tokens are secret. */
export interface TokenResponse {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
  /** Seconds from the request on, where the server said so. */
  readonly expiresInSeconds?: number;
  readonly scope: string;
  /** The answer as JSON, made conform: for openid-client's own checks. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** The longest answer that is read, in characters: a real one has about 6,000. */
const LONGEST_RESPONSE = 1024 * 1024;

/**
 * Reads the answer to its end. A missing `token_type` counts as Bearer and `expires_in` may be a numeric string: a login is
 * not lost over either. Network failures reject; whatever was answered resolves.
 * @param secrets what this attempt sent: never quoted, whatever the server says
 * @param requestedScope what was asked for: the granted scope where the answer names none (RFC 6749 §5.1)
 */
export async function readTokenResponse(
  response: Response,
  requestedScope: string,
  secrets: readonly string[] = [],
): Promise<{ usable: TokenResponse } | { error: TokenError }> {
  const text = await readText(response);
  const summary = summarizeResponse(response, text, secrets);
  if (summary.status !== 200) return { error: tokenResponseError(summary) };
  return readTokenBody(text, summary, requestedScope);
}

/** The same of a 200 whose text was read already. */
export function readTokenBody(
  text: string,
  summary: ResponseSummary,
  requestedScope: string,
): { usable: TokenResponse } | { error: TokenError } {
  const unusable = (flaw?: string) => ({ error: tokenResponseError(summary, flaw) });
  const read = readMembers(text, summary);
  if ('flaw' in read) return unusable(read.flaw);
  const fields = read.members;
  const token = (name: string) => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const accessToken = token('access_token');
  if (accessToken === undefined) return unusable('it has no access token');
  const refreshToken = token('refresh_token');
  if (refreshToken === undefined) return unusable('it has no refresh token');
  const idToken = token('id_token');
  if (idToken === undefined) return unusable('it has no ID token');
  const tokenType = fields.token_type ?? 'Bearer';
  if (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer')
    return unusable('its token type is not Bearer');
  const expiresIn = Number(fields.expires_in ?? Number.NaN);
  const expiresInSeconds = Number.isFinite(expiresIn) && expiresIn > 0 ? expiresIn : undefined;
  const scope = foreignText(token('scope') ?? requestedScope, 1_000);
  return {
    usable: {
      accessToken,
      refreshToken,
      idToken,
      ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
      scope,
      body: {
        access_token: accessToken,
        refresh_token: refreshToken,
        id_token: idToken,
        token_type: 'Bearer',
        scope,
        ...(expiresInSeconds === undefined ? {} : { expires_in: expiresInSeconds }),
      },
    },
  };
}

/** The members of an answer in JSON, or what is wrong with it; the flaw of another content type has no words of its own. */
export function readMembers(
  text: string,
  { contentType }: Pick<ResponseSummary, 'contentType'>,
): { members: Readonly<Record<string, unknown>> } | { flaw: string | undefined } {
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(contentType)) return { flaw: undefined };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { flaw: 'it is not complete JSON' };
  }
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? { members: body as Record<string, unknown> }
    : { flaw: 'it is not a JSON object' };
}

/** An answer's text, to its end or to a mebibyte. */
export async function readText(response: Response): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_RESPONSE) break;
  }
  return text;
}
