/**
 * The credential that is meant: the profile that was named, or the one that OpenClaw's resolver would try first; and the store that
 * really holds it, which may be the one that is inherited from. It reads, and changes nothing.
 */

import { remedyOf, select } from '../resolver.ts';
import { moveMarkIn } from '../store/edits/move.ts';
import { refreshableIn } from '../store/edits/refresh.ts';
import type { OAuthProfile, ProfileStore, StoredProfile } from '../store/profile-store.ts';
import { sameProvider } from '../store/provider-key.ts';
import type { EpochMs } from '../words/ports.ts';
import { movingError, noCredentialError, readerError } from './error.ts';
import type { CredentialSettings } from './options.ts';

/** A valid access token, and whose it is. `accessToken` is secret. */
export interface Credential {
  readonly profileId: string;
  /** The provider's name in the store. */
  readonly provider: string;
  readonly accessToken: string;
  /** Undefined for a static token that does not say. */
  readonly expires?: EpochMs;
  readonly accountId?: string;
  readonly email?: string;
  /** Whether it was refreshed for this call. */
  readonly refreshed: boolean;
}

export type Chosen = { readonly profileId: string; readonly provider: string } & (
  | {
      readonly kind: 'oauth';
      readonly profile: OAuthProfile;
      readonly store: ProfileStore;
      readonly now: EpochMs;
    }
  /** A token that nobody refreshes. */
  | { readonly kind: 'static'; readonly credential: Credential; readonly now: EpochMs }
);

/** @throws CredentialError `ERR_NO_CREDENTIAL`; StoreError */
export async function chooseCredential(
  { opened }: Pick<CredentialSettings, 'opened'>,
  asked: string | undefined,
): Promise<Chosen> {
  const { store, provider, inheritsFrom } = opened;
  // A shared store may hold very many: whoever names one reads one.
  const isNamed = asked !== undefined && store.info.scope === 'network';
  const { selection, own } = await select(opened, isNamed ? asked : undefined);
  const profileId = asked ?? selection.selected;
  const verdict =
    asked === undefined ? selection.verdicts[0] : selection.verdicts.find((one) => one.profileId === asked);
  const refuse = (reason: string) =>
    noCredentialError(reason, remedyOf(reason, profileId ?? provider, provider), profileId);
  if (profileId === undefined) throw refuse(verdict?.reason ?? 'profile_missing');

  for (const place of inheritsFrom === undefined ? [store] : [store, inheritsFrom]) {
    const { state, now } = place === store ? own : await place.read();
    const stored = Object.hasOwn(state.profiles, profileId) ? state.profiles[profileId] : undefined;
    if (stored === undefined) continue;
    if (!sameProvider(stored.provider, provider)) throw refuse('provider_mismatch');
    const profile = refreshableIn(state, profileId);
    if (profile !== undefined) return { kind: 'oauth', profileId, provider, profile, store: place, now };
    const credential = staticCredential(profileId, provider, stored, now);
    const move = credential === undefined ? moveMarkIn(state, profileId) : undefined;
    if (move !== undefined) throw movingError(profileId, move.mark.to);
    if (credential === undefined && place.info.readOnly) throw readerError(profileId);
    if (credential === undefined)
      throw refuse(verdict?.routable === false ? verdict.reason : 'no access token');
    return { kind: 'static', profileId, provider, credential, now };
  }
  throw refuse('profile_missing');
}

/** A profile of type `token`, or an OAuth one without a refresh token, while it is valid. */
function staticCredential(
  profileId: string,
  provider: string,
  { type, token, access, expires, accountId, email }: StoredProfile,
  now: EpochMs,
): Credential | undefined {
  const accessToken = type === 'oauth' ? access : type === 'token' ? token : undefined;
  if (typeof accessToken !== 'string' || accessToken === '') return undefined;
  if (typeof expires === 'number' && expires <= now) return undefined;
  return {
    profileId,
    provider,
    accessToken,
    ...(typeof expires === 'number' ? { expires } : {}),
    ...(typeof accountId === 'string' ? { accountId } : {}),
    ...(typeof email === 'string' ? { email } : {}),
    refreshed: false,
  };
}
