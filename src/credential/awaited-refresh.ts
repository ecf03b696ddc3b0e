/**
 * A refresh that somebody waits for: which server it goes to, and for how long. Loaded only where what is stored will not do. What
 * its outcome means, `require-credential` decides.
 */

import { lifetimeOf } from '../oauth/expiry.ts';
import { timeoutError } from '../oauth/token-error.ts';
import { ANSWER_WAIT_MS, joinFlight } from '../refresh/flight.ts';
import { isFresh, type Need } from '../refresh/freshness.ts';
import type { RefreshOutcome } from '../refresh.ts';
import { systemProcessName } from '../system.ts';
import { rejectOnAbort } from '../words/deadline.ts';
import type { Chosen } from './chosen.ts';
import { issuerOf, metadataOf } from './issued-by.ts';
import type { CredentialOptions, CredentialSettings } from './options.ts';

/** Joins the flight of this profile, or begins one, and waits for it: 30 s from when the token was sent. */
export async function refresh(
  { profileId, profile, store }: Extract<Chosen, { kind: 'oauth' }>,
  { opened, provider: asked, clock, fetch, signal }: CredentialSettings,
  { onWaiting }: CredentialOptions,
  need: Need,
  limit: AbortSignal,
): Promise<RefreshOutcome> {
  const provider = issuerOf(profile, asked, profileId);
  const metadata = await metadataOf(provider, { fetch, clock, signal });
  const flight = joinFlight({
    store,
    storeProvider: opened.provider,
    profileId,
    isFresh: (stored, now) => isFresh(stored, lifetimeOf(stored.access), need, now),
    provider,
    metadata,
    fetch,
    clock,
    processName: systemProcessName(),
    onWaiting,
    whenStored: opened.gateway && (() => opened.gateway?.() ?? Promise.resolve()),
  });
  const settled = new AbortController();
  const tooLate = {
    kind: 'failed',
    error: timeoutError(metadata.tokenEndpoint, ANSWER_WAIT_MS, STORED),
  } as const;
  try {
    return await Promise.race([
      flight.outcome,
      flight.overdue.then(() => tooLate),
      rejectOnAbort(limit, settled.signal),
    ]);
  } catch (thrown) {
    signal.throwIfAborted();
    // Our own limit: the next look at what is stored decides what is said.
    if (limit.aborted) return { kind: 'current', profile };
    throw thrown;
  } finally {
    settled.abort();
    flight.leave();
  }
}

const STORED = 'If the answer comes all the same, it is stored.';
