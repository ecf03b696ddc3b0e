/** What `token`, `logout` and `status --verify` work with: the store, the network and the server that the options mean. */

import { type CredentialStore, openCredentialStore } from '../agents/credential-store.ts';
import { type Network, openNetwork } from '../network/index.ts';
import { overrideProvider } from '../provider/overrides.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import { providerNamed } from '../provider/providers.ts';
import { drainFlights } from '../refresh/under-way.ts';
import { placeIn } from './arguments.ts';
import type { Options } from './options.ts';

export interface CredentialContext {
  readonly opened: CredentialStore;
  readonly network: Network;
  /** Undefined where no option names a server: then it is the one that issued the credential. */
  readonly provider: ProviderProfile | undefined;
  /** Waits for what was sent: its answer is stored before the process ends. */
  close(): Promise<void>;
}

export async function openCredentialContext(options: Options): Promise<CredentialContext> {
  const named = providerNamed(options.provider);
  const isAsked = options.issuer !== undefined || options['client-id'] !== undefined || options.discover;
  const provider = isAsked
    ? overrideProvider(named, {
        issuer: options.issuer,
        clientId: options['client-id'],
        discover: options.discover,
      })
    : undefined;
  const network = await openNetwork({ caFile: options['ca-file'] });
  const opened = await openCredentialStore({
    ...placeIn(options),
    provider: named.id,
  });
  return {
    opened,
    network,
    provider,
    async close() {
      for (const store of [opened.store, opened.inheritsFrom])
        if (store !== undefined) await drainFlights(store);
      await opened.store.close();
      await network.close();
    },
  };
}
