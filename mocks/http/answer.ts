/**
 * An answer as a value: status, headers, body, how it travels, and the word that the journal keeps of it.
 * The endpoints make them, `delivery` sends them; it knows both error shapes and decides nothing.
 */

import type { Strictness } from '../strictness/rules.ts';

/**
 * How the bytes travel: whole, never (the connection stays open), broken off by a TCP reset before the
 * first byte, cut in the middle of the body, stalled there for ever, or whole after so many milliseconds.
 */
export type Delivery = 'whole' | 'never' | 'reset' | 'truncated' | 'stalled' | { readonly afterMs: number };

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For the journal: no secret in it. */
  readonly outcome: string;
  readonly delivery?: Delivery;
  /** Where a request is refused for what it is: what was strict about it. */
  readonly refusedBy?: Strictness;
  /** A URL that the server itself asks for once the answer is sent: a callback that is delivered twice. */
  readonly visits?: string;
}

/** An answer that is there only once somebody has decided; it is handed over in one go. */
export interface DecidedLater {
  whenDecided(send: (answer: Answer) => void): void;
}

/** A refusal, with what it is that was strict. */
export function refusedBy(strictness: Strictness, answer: Answer): Answer {
  return { ...answer, refusedBy: strictness };
}

/** JSON that no cache may keep (RFC 6749 §5.1). */
export function jsonAnswer(
  status: number,
  body: unknown,
  outcome: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      Pragma: 'no-cache',
      ...headers,
    },
    body: JSON.stringify(body),
    outcome,
  };
}

/** A page; what it may load is for the caller to say in `headers`. */
export function htmlAnswer(
  status: number,
  body: string,
  outcome: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', ...headers },
    body,
    outcome,
  };
}

/** A redirect without a body. */
export function redirectAnswer(status: 302 | 303 | 307, location: string, outcome: string): Answer {
  const headers = { Location: location, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' };
  return { status, headers, body: '', outcome };
}

/** An error as RFC 6749 §5.2 has it; `detail` is the description and, for the journal, the reason. */
export function oauthErrorAnswer(
  status: 400 | 401 | 403,
  error: string,
  detail: string,
  headers = {},
): Answer {
  return jsonAnswer(status, { error, error_description: detail }, `${error}: ${detail}`, headers);
}

/** An error in OpenAI's own, nested shape, as refreshing and the edge answer it. */
export function nestedErrorAnswer(status: number, code: string, message: string, headers = {}): Answer {
  const body = { error: { message, type: 'invalid_request_error', param: null, code } };
  return jsonAnswer(status, body, code, headers);
}

/** No answer: the request is read, nothing is done, and the connection ends as `delivery` says. */
export function silence(delivery: 'never' | 'reset'): Answer {
  return {
    status: 0,
    headers: {},
    body: '',
    outcome: delivery === 'never' ? 'no answer' : 'connection reset',
    delivery,
  };
}
