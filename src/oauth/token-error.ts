/**
 * Every way a token endpoint can fail, as one error with what is safe to show: status, OAuth error, request id.
 * The errors of openid-client quote responses, and so tokens: nothing of them but a code word is ever kept.
 */

import { duration } from '../deadline.ts';
import { TokenError } from '../errors.ts';
import { foreignText, withoutSecrets } from '../redact.ts';

/** What may be told of a response: read before any library sees it. */
export interface ResponseSummary {
  readonly status: number;
  readonly contentType: string;
  readonly requestId?: string;
  readonly retryAfter?: string;
  /** RFC 6749 §5.2 `error`, or OpenAI's nested `error.code`. */
  readonly oauthError?: string;
  readonly description?: string;
}

/**
 * Summarizes a response from its head and its text; tokens in the text are not looked at.
 * @param secrets what this attempt sent: a server may quote it back
 */
export function summarizeResponse(
  response: Response,
  text: string,
  secrets: readonly string[],
): ResponseSummary {
  const safe = (words: string, longest?: number) => foreignText(withoutSecrets(words, secrets), longest);
  const header = (name: string) => response.headers.get(name) ?? undefined;
  const requestId = header('x-request-id') ?? header('x-openai-request-id') ?? header('cf-ray');
  const retryAfter = header('retry-after');
  return {
    status: response.status,
    contentType: (header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    ...(requestId === undefined ? {} : { requestId: safe(requestId, 80) }),
    ...(retryAfter === undefined ? {} : { retryAfter: safe(retryAfter, 40) }),
    ...(response.status === 200 ? {} : readError(text, safe)),
  };
}

function readError(
  text: string,
  safe: (words: string, longest?: number) => string,
): { oauthError?: string; description?: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {};
  }
  if (!isRecord(body)) return {};
  const nested = isRecord(body.error) ? body.error : undefined;
  const error = nested ? (nested.code ?? nested.type) : body.error;
  const description = nested ? nested.message : body.error_description;
  return {
    ...(typeof error === 'string' ? { oauthError: safe(error, 80) } : {}),
    ...(typeof description === 'string' ? { description: safe(description) } : {}),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A response that is not a usable token response (RFC 6749 §5.1, §5.2).
 * @param flaw reads on from "its answer cannot be used:"
 * @param place which endpoint it was, without its article
 */
export function tokenResponseError(
  response: ResponseSummary,
  flaw?: string,
  place: string = 'token endpoint',
): TokenError {
  const { status, oauthError, requestId, description } = response;
  const details = { status, oauthError, requestId };
  const quoted = requestId === undefined ? '' : ` (request ${requestId})`;
  if (oauthError === 'unsupported_country_region_territory') {
    return new TokenError('ERR_REGION_UNSUPPORTED', {
      ...details,
      summary: `The ${place} refuses this country, region or territory${quoted}.`,
      hint: 'Sign in from a network in a supported region; a proxy or VPN exit may be what it sees.',
    });
  }
  return new TokenError('ERR_TOKEN_ENDPOINT', {
    ...details,
    summary: `${sentenceOf(response, flaw, place)}${description === undefined ? '' : ` "${description}"`}${quoted}.`,
    hint: hintOf(response),
  });
}

function sentenceOf(
  { status, contentType, oauthError }: ResponseSummary,
  flaw: string | undefined,
  place: string,
): string {
  if (oauthError !== undefined) return `The ${place} answered ${status} ${oauthError}`;
  if (flaw !== undefined) return `The ${place}'s answer cannot be used: ${flaw}`;
  if (status >= 300 && status < 400)
    return `The ${place} answered with a redirect (${status}), which is never followed with a code`;
  if (contentType === 'text/html')
    return `Something in front of the ${place} answered ${status} with a web page`;
  return `The ${place} answered ${status} (${contentType === '' ? 'no content type' : foreignText(contentType, 60)})`;
}

function hintOf({ status, oauthError, retryAfter }: ResponseSummary): string {
  if (status === 429)
    return `Wait ${retryAfter === undefined ? 'a few minutes' : `(Retry-After: ${retryAfter})`} and run the command again.`;
  if (oauthError === 'invalid_grant')
    return 'The code was expired or already used: run the command again. Nothing was stored.';
  if (status === 403)
    return 'Check VPN, proxy and network filters, then run the command again. Nothing was stored.';
  return 'Run the command again; if it stays, report status and request id. Nothing was stored.';
}

/** No answer: refused, reset, not found, TLS, or cut off in the middle. `code` is the system's, e.g. `ECONNREFUSED`. */
export function networkError(endpoint: string, thrown: unknown): TokenError {
  const code = systemCode(thrown);
  return new TokenError('ERR_NETWORK', {
    summary: `${new URL(endpoint).host} cannot be reached or broke off${code === undefined ? '' : ` (${code})`}.`,
    hint: 'Check the network, proxy and certificate settings, then run the command again. Nothing was stored.',
  });
}

/** The signing keys were asked for, and what came is no key set (RFC 7517 §5). @param status where it is not 200 */
export function keySetError(endpoint: string, status?: number): TokenError {
  const said = status === undefined ? 'something that is not a key set' : String(status);
  return new TokenError('ERR_TOKEN_ENDPOINT', {
    status,
    summary: `${new URL(endpoint).host} answered ${said} when asked for the keys that the ID token is signed with.`,
    hint: 'Run the command again; if it stays, check --issuer and what stands between. Nothing was stored.',
  });
}

/** No answer within the deadline. */
export function timeoutError(endpoint: string, timeoutMs: number): TokenError {
  return new TokenError('ERR_TOKEN_TIMED_OUT', {
    summary: `${new URL(endpoint).host} gave no answer within ${duration(timeoutMs)}.`,
    hint: 'Check the network and run the command again. Nothing was stored.',
  });
}

function systemCode(thrown: unknown): string | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 4; error = error.cause, depth += 1) {
    const inner = error instanceof AggregateError ? error.errors[0] : error;
    if (inner instanceof Error && 'code' in inner && typeof inner.code === 'string')
      return foreignText(inner.code, 60);
  }
  return undefined;
}
