/** What may be passed to `diagnose()` and `repair()`, and what stands in for what is left out. */

import type { CredentialStoreOptions } from '../agents/credential-store.ts';
import { type Network, openNetwork } from '../network/index.ts';
import type { Surroundings } from '../openclaw/locate.ts';
import { openaiCodex } from '../provider/openai-codex.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import type { ProfileStore } from '../store/profile-store.ts';
import type { RoutingConfiguration } from '../store/selection.ts';
import { systemClock, systemEnvironment, systemHomeDirectory } from '../system.ts';
import type { Clock, Fetch } from '../words/ports.ts';

/** What the doctor looks at; nothing of it: everything of OpenClaw's main agent and the provider `openaiCodex`. */
export interface DoctorOptions
  extends Pick<CredentialStoreOptions, 'where' | 'storeKey' | 'caFile' | 'agent' | 'openclaw'> {
  /** Whose credentials are looked at. Default: `openaiCodex`. */
  provider?: ProviderProfile | undefined;
  /** A store of your own, instead of the one that `where` and `agent` mean. */
  store?: ProfileStore | undefined;
  /** With `store`: what OpenClaw's configuration says about routing. Default: nothing. */
  configuration?: (() => Promise<RoutingConfiguration | undefined>) | undefined;
  /** Stops the wait for a lock. */
  signal?: AbortSignal | undefined;
  clock?: Clock | undefined;
  /** How the authorization server is reached. Default: as the environment says (`openNetwork()`). */
  network?: Network | undefined;
  /** Sends every request instead. */
  fetch?: Fetch | undefined;
  surroundings?: Surroundings | undefined;
}

/** The same with everything decided. */
export interface DoctorSettings extends Omit<DoctorOptions, 'provider' | 'where'> {
  readonly provider: ProviderProfile;
  readonly where: string;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly preflight: Network['preflight'] | undefined;
  /** Closes what was opened here. */
  readonly close: () => Promise<void>;
  readonly surroundings: Surroundings;
}

export async function doctorSettings(options: DoctorOptions): Promise<DoctorSettings> {
  const clock = options.clock ?? systemClock;
  const surroundings = options.surroundings ?? {
    environment: systemEnvironment,
    homeDirectory: systemHomeDirectory,
  };
  const { environment } = surroundings;
  const network = options.network ?? (await openNetwork({ environment, clock }));
  return {
    ...options,
    provider: options.provider ?? openaiCodex,
    where: options.where ?? 'openclaw',
    clock,
    fetch: options.fetch ?? network.fetch,
    preflight: options.fetch === undefined ? network.preflight : undefined,
    close: async () => {
      if (options.network === undefined) await network.close();
    },
    surroundings,
  };
}
