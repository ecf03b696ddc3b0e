// One commit that counts: a login of the same account again, with its own count in its profile and everybody's beside. Whatever
// update is lost, or seen by half, the two counts differ.

import { idOf, provider } from '../../test/support/store-scenarios.mjs';
import { recordLogin } from './built.mjs';

export function countedCommit(store, account, padding = '') {
  return store.commit((state) => {
    const { next, result } = recordLogin(state, {
      provider,
      preferredProfileId: idOf(account),
      profile: {
        type: 'oauth',
        provider,
        access: `a${padding}`,
        refresh: 'r',
        expires: 1_900_000_000_000,
        accountId: account,
      },
      isSameAccount: (stored) => (stored.accountId === account ? 'same' : 'other'),
      routableBefore: Object.keys(state.profiles),
    });
    const commits = (state.profiles[result.profileId]?.commits ?? 0) + 1;
    const profile = { ...next.profiles[result.profileId], commits };
    return {
      write: true,
      next: {
        ...next,
        total: (state.total ?? 0) + 1,
        profiles: { ...next.profiles, [result.profileId]: profile },
      },
      result: commits,
    };
  });
}

/** How often each profile was committed, and all of them together. */
export function countsIn(state) {
  const each = Object.fromEntries(
    Object.entries(state.profiles).map(([id, profile]) => [id, profile.commits ?? 0]),
  );
  return { each, sum: Object.values(each).reduce((total, one) => total + one, 0), total: state.total ?? 0 };
}
