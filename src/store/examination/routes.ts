/** What a store comes to: which profiles could be used, the latest login first, and which would be. Pure. */

import { inherit } from '../as-loaded.ts';
import type { StoredProfile } from '../profile-store.ts';
import { type Selection, selectProfiles } from '../selection.ts';
import { issuedAt } from './account-findings.ts';
import type { Examination } from './findings.ts';

/** What the store comes to, by OpenClaw's own rules. */
export interface Routes {
  readonly selection: Selection;
  /** Profiles that could be used, if an order let them: the latest login first. */
  readonly usable: readonly string[];
  profile(id: string): StoredProfile | undefined;
}

export function routesOf(seen: Examination): Routes {
  const { state, provider, configuration, now, read } = seen;
  const selection = selectProfiles({ state, provider, configuration, now });
  const merged = inherit(configuration?.inherited, state).profiles;
  const profile = (id: string) => (Object.hasOwn(merged, id) ? merged[id] : undefined);
  const issued = (id: string) => issuedAt(profile(id) ?? {}, read);
  const usable = selection.verdicts
    .filter(({ reason }) => reason === 'ok' || reason === 'excluded_by_auth_order')
    .map(({ profileId }) => profileId)
    .sort((a, b) => issued(b) - issued(a));
  return { selection, usable, profile };
}
