/** What an embedder may pass where one valid access token is wanted, and what stands in for what is left out. */

import { type CredentialStore, openCredentialStore } from '../agents/credential-store.ts';
import type { ReloadGateway } from '../agents/follow-login.ts';
import { openNetwork } from '../network/index.ts';
import { openaiCodex } from '../provider/openai-codex.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import { drainFlights } from '../refresh/under-way.ts';
import type { ProfileStore } from '../store/profile-store.ts';
import type { RoutingConfiguration } from '../store/selection.ts';
import { systemClock } from '../system.ts';
import { LoginError } from '../words/errors.ts';
import type { Clock, Fetch } from '../words/ports.ts';

/** Which credential `requireCredential()` uses, and when it refreshes. Everything has a default. */
export interface CredentialOptions {
  /** Where the credential is. Default: the store of OpenClaw's main agent. */
  store?: ProfileStore | undefined;
  /** Where profiles are that `store` only inherits. */
  inheritsFrom?: ProfileStore | undefined;
  /** What OpenClaw's own configuration says about routing. Default: nothing, with a store of your own. */
  configuration?: (() => Promise<RoutingConfiguration | undefined>) | undefined;
  /** The server that must have issued it. Default: whichever has, by what is stored. */
  provider?: ProviderProfile | undefined;
  /** The provider's name in the store. Default: that of `provider`, else `openai-codex`. */
  providerId?: string | undefined;
  /** Default: the profile that OpenClaw's resolver would try first. */
  profileId?: string | undefined;
  /** How much must be left of the access token, in milliseconds. Default: five minutes, or a tenth of its lifetime. */
  minTtlMs?: number | undefined;
  /** The access token that an API has just rejected (401): anything but that one. */
  rejected?: string | undefined;
  /** Refresh what is stored now, whatever is left of it. */
  forceRefresh?: boolean | undefined;
  /**
   * Makes a running gateway read again, while the store is locked: it would spend the old refresh token from its memory. Default:
   * OpenClaw's, and nothing with a store of your own.
   */
  gateway?: ReloadGateway | undefined;
  /** How long to wait for other processes that refresh it, in milliseconds; Infinity: no limit. Default: 120,000. */
  waitMs?: number | undefined;
  /** Stops the wait. A refresh whose token was sent goes on, and is stored. */
  signal?: AbortSignal | undefined;
  /** Hears, in a sentence, that it takes longer, and why. */
  onWaiting?: ((reason: string) => void) | undefined;
  /** Hears why it was not refreshed, where it should have been and what is stored is still good. */
  onUnrefreshed?: ((reason: LoginError) => void) | undefined;
  clock?: Clock | undefined;
  /** Sends every request. Default: as the environment says (`openNetwork()`). */
  fetch?: Fetch | undefined;
}

/** The same with everything decided. */
export interface CredentialSettings {
  readonly opened: CredentialStore;
  readonly provider: ProviderProfile | undefined;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
  /** Closes what was opened here, once nothing is under way any more. */
  readonly close: () => Promise<void>;
}

/** @throws LoginError `ERR_USAGE` where a limit is none; StoreError where no store is given and OpenClaw's cannot be opened */
export async function withCredentialDefaults(
  options: Omit<CredentialOptions, 'rejected'>,
): Promise<CredentialSettings> {
  for (const name of ['minTtlMs', 'waitMs'] as const) demandLimit(name, options[name]);
  const { clock = systemClock, store } = options;
  const providerId = options.providerId ?? options.provider?.id ?? openaiCodex.id;
  const opened = store
    ? {
        store,
        provider: providerId,
        configuration: options.configuration ?? (async () => undefined),
        ...(options.inheritsFrom === undefined ? {} : { inheritsFrom: options.inheritsFrom }),
        ...(options.gateway === undefined ? {} : { gateway: options.gateway }),
      }
    : await openCredentialStore({ provider: providerId, clock });
  const network =
    options.fetch === undefined
      ? await openNetwork({ clock })
      : { fetch: options.fetch, close: async () => undefined };
  return {
    opened,
    provider: options.provider,
    clock,
    fetch: network.fetch,
    signal: options.signal ?? new AbortController().signal,
    async close() {
      await drainFlights(opened.store);
      if (opened.inheritsFrom !== undefined) await drainFlights(opened.inheritsFrom);
      if (store === undefined) await opened.store.close();
      await network.close();
    },
  };
}

function demandLimit(name: string, ms: number | undefined): void {
  if (ms === undefined || (typeof ms === 'number' && ms >= 0)) return;
  throw new LoginError('ERR_USAGE', {
    summary: `${name} is no duration: ${String(ms).slice(0, 40)}.`,
    hint: 'Give milliseconds, 0 or more; Infinity means no limit.',
  });
}
