/**
 * Revocation (RFC 7009): the refresh token first, then the access token, each in a POST of its own. It tells what the server said of
 * each; whether a credential is removed all the same, `logout` decides.
 */

import type { ProviderProfile } from '../provider/provider.ts';
import { startDeadline, unlessAborted } from '../words/deadline.ts';
import type { Clock, Deadline, Fetch } from '../words/ports.ts';
import { networkError, summarizeResponse, timeoutError, tokenResponseError } from './token-error.ts';
import { readText } from './token-response.ts';

export type TokenKind = 'refresh_token' | 'access_token';

/** What became of one token at its server. */
export type Revocation =
  | { readonly revoked: true }
  /** `reason`: a sentence; safe to show. */
  | { readonly revoked: false; readonly reason: string };

export interface RevocationContext {
  readonly provider: ProviderProfile;
  /** Absolute; undefined where the server has none. */
  readonly endpoint: string | undefined;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How long an answer may take, in milliseconds. */
const ANSWER_MS = 15_000;
/** A `Retry-After` that is longer is not waited for. */
const LONGEST_PAUSE_MS = 30_000;
/** What is waited where the server does not say for how long it is busy, and how often it is asked again. */
const PAUSES_MS = [1_000, 3_000] as const;

/** Revokes one token. 503 is asked again after its `Retry-After`, twice at most (§2.2.1). @throws `signal.reason` */
export async function revokeToken(
  token: string,
  kind: TokenKind,
  context: RevocationContext,
): Promise<Revocation> {
  const { endpoint, clock, signal } = context;
  if (endpoint === undefined) return { revoked: false, reason: 'The server has no revocation endpoint.' };
  for (const pauseMs of PAUSES_MS) {
    const answer = await post(token, kind, endpoint, context);
    if (answer.busyForMs === undefined || answer.busyForMs > LONGEST_PAUSE_MS) return answer.outcome;
    await clock.sleep(answer.busyForMs === 0 ? pauseMs : answer.busyForMs, signal);
  }
  return (await post(token, kind, endpoint, context)).outcome;
}

/** `busyForMs`: 503, and for how long; 0 where it does not say. */
async function post(
  token: string,
  kind: TokenKind,
  endpoint: string,
  { provider, fetch, clock, signal }: RevocationContext,
): Promise<{ outcome: Revocation; busyForMs?: number }> {
  const ended = new AbortController();
  const deadline: Deadline = startDeadline(clock, ANSWER_MS, ended.signal);
  const limit = AbortSignal.any([signal, deadline.signal]);
  try {
    const response = await unlessAborted(
      fetch(endpoint, {
        method: 'POST',
        redirect: 'manual',
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token, token_type_hint: kind, client_id: provider.clientId }).toString(),
        signal: limit,
      }),
      limit,
    );
    const text = await unlessAborted(readText(response), limit);
    // §2.2: also for a token that the server does not know.
    if (response.status === 200) return { outcome: { revoked: true } };
    const summary = summarizeResponse(response, text, [token]);
    const error = tokenResponseError(summary, undefined, 'revocation endpoint');
    const outcome = { revoked: false, reason: error.summary } as const;
    if (response.status !== 503) return { outcome };
    const seconds = /^\d{1,6}$/.test(summary.retryAfter ?? '') ? Number(summary.retryAfter) : 0;
    return { outcome, busyForMs: seconds * 1000 };
  } catch (thrown) {
    signal.throwIfAborted();
    const error = deadline.signal.aborted
      ? timeoutError(endpoint, deadline.ms)
      : networkError(endpoint, thrown);
    return { outcome: { revoked: false, reason: error.summary } };
  } finally {
    ended.abort();
  }
}
