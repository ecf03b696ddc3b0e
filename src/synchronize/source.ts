/**
 * The access token of a login that is kept elsewhere: read, and refreshed where this host may. It decides which token that is and
 * whose; the protocol by which hosts refresh it once, `require-credential` keeps.
 */

import type { CredentialStore } from '../agents/credential-store.ts';
import { type Credential, chooseCredential } from '../credential/chosen.ts';
import { deadError } from '../credential/error.ts';
import type { CredentialOptions, CredentialSettings } from '../credential/options.ts';
import { type Identity, readStoredIdentity } from '../oauth/identity.ts';
import { openaiCodex } from '../provider/openai-codex.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import { requireCredential } from '../require-credential.ts';
import { isDead } from '../store/edits/refresh.ts';
import type { LoginError } from '../words/errors.ts';
import { notRefreshedError } from './words.ts';

export interface SourceOptions
  extends Pick<CredentialOptions, 'provider' | 'profileId' | 'signal' | 'clock' | 'fetch' | 'onWaiting'> {
  /** The shared store, in which the login is. */
  from: CredentialStore;
  /** Whether this host may refresh it there. Default: yes; each refresh token is presented once, however many hosts do. */
  refresh?: boolean | undefined;
}

export interface SourceCredential {
  readonly credential: Credential;
  /** Whose it is; undefined where it names no account. */
  readonly identity: Identity | undefined;
  /** Why it was not refreshed, where it should have been: it is still good. */
  readonly unrefreshed?: LoginError;
}

/** @throws CredentialError, TokenError, StoreError as `requireCredential`; `signal.reason` */
export async function readSource(
  options: SourceOptions & Pick<CredentialSettings, 'clock'>,
): Promise<SourceCredential> {
  let unrefreshed: LoginError | undefined;
  const credential =
    options.refresh === false
      ? await readOnly(options)
      : await requireCredential({
          ...requestOf(options),
          onUnrefreshed(reason) {
            unrefreshed = reason;
          },
        });
  return {
    credential,
    identity: identityOf(credential, options.provider),
    ...(unrefreshed === undefined ? {} : { unrefreshed }),
  };
}

function requestOf({ from, provider, ...options }: SourceOptions): CredentialOptions {
  const { store, inheritsFrom, configuration, gateway } = from;
  return { ...options, store, inheritsFrom, configuration, gateway, provider, providerId: from.provider };
}

async function readOnly({ from, profileId, clock }: Parameters<typeof readSource>[0]): Promise<Credential> {
  const chosen = await chooseCredential({ opened: from }, profileId);
  if (chosen.kind === 'static') return chosen.credential;
  const { profile, provider } = chosen;
  const { access, expires, accountId, email } = profile;
  if (expires <= Math.max(chosen.now, clock.now())) {
    if (isDead(profile)) throw deadError(chosen.profileId, profile);
    throw notRefreshedError(chosen.profileId, from.store.info.location);
  }
  return {
    profileId: chosen.profileId,
    provider,
    accessToken: access,
    expires,
    ...(typeof accountId === 'string' ? { accountId } : {}),
    ...(typeof email === 'string' ? { email } : {}),
    refreshed: false,
  };
}

function identityOf(
  { accessToken: access, accountId, email }: Credential,
  asked: ProviderProfile | undefined,
): Identity | undefined {
  const { id, identity } = asked ?? openaiCodex;
  return readStoredIdentity(id, { access, accountId, email }, identity);
}
