/**
 * From a grant to a committed credential: the account decides the profile id and its twins, the store's edits do the rest.
 * Retried by the store as often as it must; nothing here has an effect of its own.
 */

import type { LoginSettings } from './login-options.ts';
import { compareAccount, type Identity } from './oauth/identity.ts';
import type { Grant } from './oauth/redemption.ts';
import type { OAuthProfile } from './store/profile-store.ts';

/** What one commit changed, and where. */
export interface LoginRecord {
  readonly store: string;
  readonly generation: string;
  readonly profileId: string;
  readonly order: string[];
  readonly lastGood: string;
  /** Profiles of the same account that this login replaced. */
  readonly retired?: string[];
}

/** @throws StoreError: the old state stands; LoginError `ERR_USAGE` where `profileId` belongs to another account */
export async function recordGrant(
  grant: Grant,
  identity: Identity,
  settings: LoginSettings,
): Promise<LoginRecord> {
  const { provider, store, signal, profileId, replace, only } = settings;
  const { recordLogin } = await import('./store/edits.ts');
  const { selectProfiles } = await import('./store/selection.ts');
  const configuration = await settings.configuration();
  const profile: OAuthProfile = {
    type: 'oauth',
    provider: provider.id,
    access: grant.accessToken,
    refresh: grant.refreshToken,
    expires: grant.expires,
    ...(identity.email === undefined ? {} : { email: identity.email }),
    accountId: identity.accountId,
  };
  const { retired, ...recorded } = await store.commit(
    (state, { now }) => {
      const before = selectProfiles({ state, provider: provider.id, configuration, now });
      const { next, result } = recordLogin(state, {
        provider: provider.id,
        preferredProfileId: identity.profileId,
        explicitProfileId: profileId,
        replace,
        only,
        profile,
        isSameAccount: (stored) => compareAccount(stored, provider.identity, identity),
        routableBefore: before.candidates,
      });
      return { write: true, next, result };
    },
    { signal },
  );
  const { location, generation } = store.info;
  return { store: location, generation, ...recorded, ...(retired.length === 0 ? {} : { retired }) };
}
