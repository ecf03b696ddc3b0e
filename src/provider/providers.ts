/** The provider profiles by name. */

import { openaiCodex } from './openai-codex.ts';
import type { ProviderProfile } from './provider.ts';

/** The built-in profiles, by their name in the credential store. */
export const providers: Readonly<Record<string, ProviderProfile>> = { [openaiCodex.id]: openaiCodex };

/** The profile of that name; for another name the default one, stored under that name (a server of one's own: `--issuer`). */
export function providerNamed(id: string = openaiCodex.id): ProviderProfile {
  return (Object.hasOwn(providers, id) ? providers[id] : undefined) ?? { ...openaiCodex, id };
}
