/**
 * The way for a browser whose callback cannot arrive: the person pastes the address that it ended at.
 * What is pasted settles the same receiver as a callback, by the same rules; so only one of the two ever counts.
 */

import type { AuthorizationRequest } from '../oauth/authorization-request.ts';
import type { ServerMetadata } from '../oauth/metadata.ts';
import { parsePastedResponse } from '../oauth/pasted-response.ts';
import type { PasteInput } from '../ports.ts';

export interface PasteContext {
  readonly input: PasteInput;
  readonly request: AuthorizationRequest;
  readonly metadata: ServerMetadata;
  /** Offers a query to the receiver; a reason where it was turned away. */
  offer(query: string): { readonly reason?: string };
}

/** Reads pasted texts until one is taken, or nothing can come any more. @returns whether one was taken */
export async function readPastes(context: PasteContext, signal: AbortSignal): Promise<boolean> {
  const { input } = context;
  for (;;) {
    const text = await input.next(signal);
    if (text === undefined) return false;
    const query = await toQuery(text, context, signal);
    if (query === undefined) continue;
    const { reason } = context.offer(query);
    if (reason === undefined) return true;
    input.refuse(SENTENCES[reason] ?? `That cannot be used: ${reason}.`);
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  'wrong state':
    'That address belongs to another sign-in, or a part of it is missing: paste the one of this sign-in, all of it.',
  'missing state': 'That address has no "state": paste all of it.',
  'missing code': 'That address has no "code": paste the one that the browser shows after you signed in.',
  'already answered': 'This sign-in has been answered already.',
};

async function toQuery(
  text: string,
  { input, request, metadata }: PasteContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { authorizationEndpoint, issParameterSupported } = metadata;
  const { redirectUri, state } = request;
  const pasted = parsePastedResponse(text, { redirectUri, authorizationEndpoint });
  if (pasted.kind === 'query') return pasted.query;
  if (pasted.kind === 'unusable') {
    input.refuse(pasted.sentence);
    return undefined;
  }
  // A server that promises to name itself in every answer is taken at its word (RFC 9207 §2.4).
  if (issParameterSupported) {
    input.refuse('A code alone is not enough for this server: paste the whole address.');
    return undefined;
  }
  const sure = await input.confirm(
    'That is a code without its "state": nothing shows that it is from your own sign-in. Somebody who wants you to use their account could have sent it to you. Did you copy it from your own browser just now?',
    signal,
  );
  if (sure) return new URLSearchParams({ code: pasted.code, state }).toString();
  input.refuse('The code was thrown away. Paste the whole address instead.');
  return undefined;
}
