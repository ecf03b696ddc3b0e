/**
 * The way for a browser whose callback cannot arrive: the person pastes the address that it ended at.
 * What is pasted settles the same receiver as a callback, by the same rules; so only one of the two ever counts.
 */

import type { AuthorizationRequest } from '../../oauth/authorization-request.ts';
import type { ServerMetadata } from '../../oauth/metadata.ts';
import { parsePastedResponse } from '../../oauth/pasted-response.ts';
import type { PasteInput } from '../../words/ports.ts';

export interface PasteContext {
  readonly input: PasteInput;
  readonly request: AuthorizationRequest;
  readonly metadata: ServerMetadata;
  /** Whether the answer holds more than code and state that this login cannot do without: the issuer, or a client. */
  readonly needsAddress: boolean;
  /** Offers a query to the receiver; a reason where it was turned away. */
  offer(query: string): { readonly reason?: string };
}

/** Reads pasted texts until one is taken, or nothing can come any more. @returns whether one was taken */
export async function readPastes(context: PasteContext, signal: AbortSignal): Promise<boolean> {
  const { input } = context;
  let before = '';
  for (;;) {
    const text = await input.next(signal);
    if (text === undefined) return false;
    // A terminal that does not mark a paste hands over a wrapped address in pieces, the last one on Enter.
    if (before !== '' && offerQuery(before + text, context)) return true;
    const sentence = await tryText(text, context, signal);
    if (sentence === undefined) return true;
    input.refuse(sentence);
    before = (before + text).slice(-LONGEST_BEFORE);
  }
}

/** How much of what was refused is kept for the rest of it. */
const LONGEST_BEFORE = 8_192;

function offerQuery(text: string, { request, metadata, offer }: PasteContext): boolean {
  const pasted = parsePastedResponse(text, { ...request, ...metadata });
  return pasted.kind === 'query' && offer(pasted.query).reason === undefined;
}

/** Why this text cannot be used, in a sentence; undefined once it is. */
async function tryText(
  text: string,
  { input, request, metadata, needsAddress, offer }: PasteContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const pasted = parsePastedResponse(text, { ...request, ...metadata });
  if (pasted.kind === 'unusable') return pasted.sentence;
  if (pasted.kind === 'query') return sentenceFor(offer(pasted.query).reason);
  // A server that promises to name itself in every answer is taken at its word (RFC 9207 §2.4).
  if (needsAddress) return 'A code alone is not enough for this server: paste the whole address.';
  if (!(await input.confirm(BARE_CODE, signal)))
    return 'The code was thrown away. Paste the whole address instead.';
  return sentenceFor(
    offer(new URLSearchParams({ code: pasted.code, state: request.state }).toString()).reason,
  );
}

const BARE_CODE =
  'That is a code without its "state": nothing shows that it is from your own sign-in. Somebody who wants you to use their account could have sent it to you. Did you copy it from your own browser just now?';

function sentenceFor(reason: string | undefined): string | undefined {
  return reason === undefined ? undefined : (SENTENCES[reason] ?? `That cannot be used: ${reason}.`);
}

const SENTENCES: Readonly<Record<string, string>> = {
  'wrong state':
    'That address belongs to another sign-in, or a part of it is missing: paste the one of this sign-in, all of it.',
  'missing state': 'That address has no "state": paste all of it.',
  'missing code': 'That address has no "code": paste the one that the browser shows after you signed in.',
  'already answered': 'This sign-in has been answered already.',
};
