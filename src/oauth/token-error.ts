/**
 * Every way a token endpoint can fail, as one error with what is safe to show: status, OAuth error, request id.
 * The errors of openid-client quote responses, and so tokens: nothing of them but a code word is ever kept.
 */

import { readConnectionFailure } from '../words/connection-error.ts';
import { duration } from '../words/deadline.ts';
import { TokenError } from '../words/errors.ts';
import { foreignText, withoutSecrets } from '../words/redact.ts';

/** What may be told of a response: read before any library sees it. */
export interface ResponseSummary {
  readonly status: number;
  readonly contentType: string;
  readonly requestId?: string;
  readonly retryAfter?: string;
  /** RFC 6749 §5.2 `error`, or OpenAI's nested `error.code`. */
  readonly oauthError?: string;
  readonly description?: string;
  /** A web page, from whoever stands in front: its title, and whether it asks to be looked at by a browser. */
  readonly page?: { readonly title?: string; readonly challenge: boolean };
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
    ...(/^text\/html|^application\/xhtml/i.test(header('content-type') ?? '')
      ? { page: readPage(response, text, safe) }
      : {}),
  };
}

/** What Cloudflare's documentation says of its challenges: a header, and in older ones a script in the page. */
function readPage(
  { headers }: Response,
  text: string,
  safe: (words: string, longest?: number) => string,
): NonNullable<ResponseSummary['page']> {
  const title = safe(/<title[^>]*>([^<]{1,200})/i.exec(text)?.[1] ?? '', 80);
  const challenge =
    headers.get('cf-mitigated') === 'challenge' || text.includes('/cdn-cgi/challenge-platform/');
  return { ...(title === '' ? {} : { title }), challenge };
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
  { status, contentType, oauthError, page }: ResponseSummary,
  flaw: string | undefined,
  place: string,
): string {
  if (oauthError !== undefined) return `The ${place} answered ${status} ${oauthError}`;
  if (flaw !== undefined) return `The ${place}'s answer cannot be used: ${flaw}`;
  if (status >= 300 && status < 400)
    return `The ${place} answered with a redirect (${status}), which is never followed with a code`;
  if (page?.challenge)
    return `The edge in front of the ${place} wants a browser to prove itself (${status}), which a program cannot do`;
  if (page)
    return `Something in front of the ${place} answered ${status} with a web page${page.title === undefined ? '' : ` ("${page.title}")`}`;
  return `The ${place} answered ${status} (${contentType === '' ? 'no content type' : foreignText(contentType, 60)})`;
}

function hintOf({ status, oauthError, retryAfter, page }: ResponseSummary): string {
  if (status === 429 || (status === 503 && retryAfter !== undefined)) return waitHint(retryAfter);
  if (oauthError === 'invalid_grant')
    return 'The code was expired or already used: run the command again. Nothing was stored.';
  if (status === 403 || page)
    return 'Check VPN, proxy and network filters, or use another network, then run the command again. Nothing was stored.';
  return 'Run the command again; if it stays, report status and request id. Nothing was stored.';
}

/** `Retry-After` is seconds or a date (RFC 9110 §10.2.3). */
function waitHint(retryAfter: string | undefined): string {
  const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
  const often = seconds === undefined ? 'a few minutes' : duration(seconds * 1000);
  const said = retryAfter === undefined ? '' : ` (Retry-After: ${retryAfter})`;
  return `Wait ${often}${said} and run the command again. Nothing was stored.`;
}

/**
 * No answer: refused, reset, not found, TLS, or cut off in the middle; with the words of our own way where it was ours.
 * @param outcome a sentence on what is stored now
 */
export function networkError(
  endpoint: string,
  thrown: unknown,
  outcome: string = 'Nothing was stored.',
): TokenError {
  const { host } = new URL(endpoint);
  const { error, code, hop } = readConnectionFailure(thrown);
  if (error)
    return new TokenError('ERR_NETWORK', {
      summary: error.summary,
      hint: `${error.hint} ${outcome}`,
    });
  const word = code === undefined ? '' : ` (${code})`;
  const summary =
    hop === 'name'
      ? `The name of ${host} cannot be found${word}.`
      : hop === 'connection'
        ? `${host} cannot be reached${word}.`
        : hop === 'tls'
          ? `The certificate of ${host} is not trusted here${word}.`
          : `The connection to ${host} broke off before the answer was complete${word}.`;
  const hint =
    hop === 'tls'
      ? `If your network signs certificates of its own, name its authority with --ca-file <pem> or NODE_EXTRA_CA_CERTS, then run the command again. ${outcome}`
      : `Check the network, proxy and firewall, then run the command again. ${outcome}`;
  return new TokenError('ERR_NETWORK', { summary, hint });
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
export function timeoutError(
  endpoint: string,
  timeoutMs: number,
  outcome: string = 'Nothing was stored.',
): TokenError {
  return new TokenError('ERR_TOKEN_TIMED_OUT', {
    summary: `${new URL(endpoint).host} gave no answer within ${duration(timeoutMs)}.`,
    hint: `Check the network and run the command again. ${outcome}`,
  });
}
