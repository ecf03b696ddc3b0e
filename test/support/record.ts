/** A commit as a login makes it, without a login. */

import { recordLogin } from '../../src/store/edits/login.ts';
import type { CommitOptions, ProfileStore } from '../../src/store/profile-store.ts';

export const provider = 'openai-codex';

/** Commits a credential of this account; resolves to what was recorded. */
export function commitLogin(store: ProfileStore, name: string, options: CommitOptions = {}) {
  return store.commit((state) => {
    const { next, result } = recordLogin(state, {
      provider,
      preferredProfileId: `${provider}:${name}@example.com`,
      profile: {
        type: 'oauth',
        provider,
        access: `access-${name}`,
        refresh: `refresh-${name}`,
        expires: 1_900_000_000_000,
        accountId: name,
      },
      isSameAccount: (stored) => (stored.accountId === name ? 'same' : 'other'),
      routableBefore: Object.keys(state.profiles),
    });
    return { write: true, next, result };
  }, options);
}
