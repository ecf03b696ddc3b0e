/** What a person should know of a provider before they sign in: that it is not proven, that OpenClaw has no use for it. Words only. */

import type { ProviderProfile } from '../provider/provider.ts';
import { remedyOf, unknownTo } from '../resolver.ts';
import type { ProfileStore } from '../store/profile-store.ts';

/** Sentences; none for a provider that is proven and used. */
export function warningsOf(
  { id, experimental, unknownToOpenClaw }: ProviderProfile,
  { info }: Pick<ProfileStore, 'info'>,
): string[] {
  const unused = unknownTo(info, { unknownToOpenClaw });
  return [
    ...(experimental === undefined ? [] : [`${id} is experimental: ${experimental}.`]),
    ...(unused === undefined ? [] : [remedyOf(unused, '', id)]),
  ];
}
