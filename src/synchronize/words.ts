/** Why a shared credential does not reach this host's store, in a sentence with the next step. It decides only the words. */

import { CredentialError, LoginError, StoreError } from '../words/errors.ts';
import { foreignText } from '../words/redact.ts';

/** @param store where the second refresher would be */
export function secondRefresherError(holder: string, store: string, from: string): StoreError {
  const id = foreignText(holder, 80);
  return new StoreError('ERR_SECOND_REFRESHER', {
    store,
    summary: `"${id}" of the same account has a refresh token in ${store}, so two programs would refresh one login and end it for both.`,
    hint: `Nothing was written. If it is the login that is in ${from}, remove it here: codex-login logout "${id}" --local. If it is one of its own, sync is not needed here. To share it, move it and never copy it: codex-login store move.`,
  });
}

export function sameStoreError(store: string): LoginError {
  return new LoginError('ERR_USAGE', {
    summary: `--store and --to mean the same place: ${store}.`,
    hint: 'sync carries the access token from a shared store into the store of this host. Example: codex-login sync --store <shared> --to openclaw',
  });
}

export function sharedTargetError(store: string): LoginError {
  return new LoginError('ERR_USAGE', {
    summary: `${store} is a store that hosts share, and --to takes the one of this host.`,
    hint: 'Example: codex-login sync --store <shared> --to openclaw',
  });
}

/** Nobody here may refresh it. */
export function notRefreshedError(profileId: string, from: string): CredentialError {
  return new CredentialError('ERR_REFRESH_ELSEWHERE', {
    profileId,
    summary: `The access token of "${foreignText(profileId, 80)}" in ${from} has expired, and this sync refreshes nothing.`,
    hint: 'Whoever refreshes it there has stopped: run codex-login sync without --no-refresh, or codex-login token --store <shared>.',
  });
}
