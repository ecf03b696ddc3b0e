/** The provider profiles by name. */

import { openaiChatgpt } from './openai-chatgpt.ts';
import { openaiCodex } from './openai-codex.ts';
import type { Endpoints, ProviderProfile } from './provider.ts';

/** The built-in profiles, by their name in the credential store. */
export const providers: Readonly<Record<string, ProviderProfile>> = {
  [openaiCodex.id]: openaiCodex,
  [openaiChatgpt.id]: openaiChatgpt,
};

/** The profile of that name; for another name the default one, stored under that name (a server of one's own: `--issuer`). */
export function providerNamed(id: string = openaiCodex.id): ProviderProfile {
  return providerCalled(id) ?? { ...openaiCodex, id };
}

/** The profile of exactly that name. */
export function providerCalled(id: string): ProviderProfile | undefined {
  return Object.hasOwn(providers, id) ? providers[id] : undefined;
}

/** The name of the profile that has these very endpoints: what a stored credential keeps of where it came from. */
export function layoutOf(endpoints: Endpoints): string | undefined {
  const wanted = JSON.stringify(endpoints);
  return Object.values(providers).find((profile) => JSON.stringify(profile.endpoints) === wanted)?.id;
}
