/**
 * A request of a device flow: one POST, never redirected, and what may be known of its answer. Which request, and what
 * the answer means, each flow decides.
 */

import type { ProviderProfile } from '../provider/provider.ts';
import { unlessAborted } from '../words/deadline.ts';
import { LoginError } from '../words/errors.ts';
import type { Clock, Deadline, EpochMs, Fetch } from '../words/ports.ts';
import type { ServerMetadata } from './metadata.ts';
import {
  networkError,
  type ResponseSummary,
  summarizeResponse,
  timeoutError,
  tokenResponseError,
} from './token-error.ts';
import { readMembers, readText } from './token-response.ts';
import { untilSent } from './unsent.ts';

/** What a device authorization is asked for with. */
export interface DeviceContext {
  readonly provider: ProviderProfile;
  readonly metadata: ServerMetadata;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Ends the request, and the polling after it. */
  readonly signal: AbortSignal;
  /** The limit on the request for a code alone. */
  readonly deadline: Deadline;
}

/** An answer, read to its end. */
export interface DeviceResponse {
  readonly summary: ResponseSummary;
  readonly text: string;
  /** When it was answered, by the server's clock; ours where it does not say. */
  readonly date: EpochMs;
}

/** What the errors of the first request call the place. */
const PLACE = 'device authorization endpoint';

/** Posts a form, or an object as JSON. @param secrets what is never quoted, whatever the server says */
export async function postForDevice(
  endpoint: string,
  body: URLSearchParams | Readonly<Record<string, string>>,
  { fetch, clock }: Pick<DeviceContext, 'fetch' | 'clock'>,
  limit: AbortSignal,
  secrets: readonly string[] = [],
): Promise<DeviceResponse> {
  const isForm = body instanceof URLSearchParams;
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const answer = fetch(endpoint, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'application/json', 'content-type': type },
    body: isForm ? body.toString() : JSON.stringify(body),
    signal: limit,
  }).then(async (response) => {
    const text = await readText(response);
    const date = Date.parse(response.headers.get('date') ?? '');
    const summary = summarizeResponse(response, text, secrets);
    return { summary, text, date: Number.isNaN(date) ? clock.now() : date };
  });
  return unlessAborted(answer, limit);
}

/**
 * Asks for a code, again only where nothing was sent, and reads the members of the answer.
 * @throws TokenError `ERR_TOKEN_ENDPOINT`, `ERR_TOKEN_TIMED_OUT`, `ERR_NETWORK`, `ERR_REGION_UNSUPPORTED`; LoginError
 *   `ERR_DEVICE_CODE_DISABLED` for the 404 of a server that has the endpoint and issues no codes
 */
export async function requestCode(
  endpoint: string,
  body: URLSearchParams | Readonly<Record<string, string>>,
  context: DeviceContext,
): Promise<{ members: Readonly<Record<string, unknown>>; date: EpochMs; unusable(flaw: string): Error }> {
  const { signal, deadline, clock } = context;
  const limit = AbortSignal.any([signal, deadline.signal]);
  const ask = () => postForDevice(endpoint, body, context, limit);
  const asked = untilSent(ask, { clock, signal: limit });
  const { summary, text, date } = await asked.catch((thrown) => {
    signal.throwIfAborted();
    throw deadline.signal.aborted ? timeoutError(endpoint, deadline.ms) : networkError(endpoint, thrown);
  });
  if (summary.status === 404 || summary.oauthError === 'unauthorized_client')
    throw disabledError(endpoint, summary, context.provider);
  if (summary.status !== 200) throw tokenResponseError(summary, undefined, PLACE);
  const read = readMembers(text, summary);
  const unusable = (flaw?: string) => tokenResponseError(summary, flaw, PLACE);
  if ('flaw' in read) throw unusable(read.flaw);
  return { members: read.members, date, unusable };
}

function disabledError(
  endpoint: string,
  { status, oauthError }: ResponseSummary,
  { endpoints }: ProviderProfile,
): LoginError {
  const setting = endpoints.kind === 'pinned' ? endpoints.deviceAuthorization?.setting : undefined;
  const enable =
    setting === undefined
      ? 'Have device codes enabled for this client'
      : `Switch on ${setting} (in a workspace its administrator has to allow it)`;
  return new LoginError('ERR_DEVICE_CODE_DISABLED', {
    summary: `${new URL(endpoint).host} does not issue device codes here: they are not enabled (${[status, oauthError].filter(Boolean).join(' ')}).`,
    hint: `${enable}, or sign in with a browser instead. Nothing was stored.`,
  });
}
