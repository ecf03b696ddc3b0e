/**
 * One account, two profiles: a refresh token works once, and whichever is refreshed first may end the other. Pure.
 * It decides which of the two stays; the other is in the backup.
 */

import { finding } from '../../words/findings.ts';
import type { EpochMs } from '../../words/ports.ts';
import { isSet } from '../as-loaded.ts';
import { entryOf, without } from '../edits/order.ts';
import type { AuthProfiles, StoredProfile } from '../profile-store.ts';
import { findProvider, providerKey, sameProvider } from '../provider-key.ts';
import type { Examination, StateFinding } from './findings.ts';

export function findInAccounts(seen: Examination): StateFinding[] {
  const { state, provider, compare } = seen;
  const ids = Object.keys(state.profiles).filter((id) => {
    const entry = entryOf(state, id);
    return sameProvider(entry?.provider, provider) && (entry?.type ?? entry?.mode) === 'oauth';
  });
  const ranked = [...ids].sort((a, b) => ranksFirst(a, b, seen));
  const findings: StateFinding[] = [];
  const retired = new Set<string>();
  for (const [index, kept] of ranked.entries()) {
    if (retired.has(kept)) continue;
    for (const id of ranked.slice(index + 1)) {
      const [a, b] = [state.profiles[kept], state.profiles[id]];
      if (a === undefined || b === undefined || retired.has(id)) continue;
      const sameToken = isSet(a.refresh) && a.refresh === b.refresh;
      if (!sameToken && compare(a, b) !== 'same') continue;
      retired.add(id);
      findings.push({
        ...finding('twin', {
          subject: id,
          message: `It holds the same ${sameToken ? 'refresh token' : 'account'} as ${kept}, which is the newer one.`,
          reason:
            'A refresh token works once: whichever profile is refreshed first can end the other (refresh_token_reused).',
          fixable: true,
        }),
        edit: (current) => retire(current, provider, id, kept),
      });
    }
  }
  return findings;
}

/** What can be refreshed first, then the newest login, then the one in use, then a name of its own before `:default`. */
function ranksFirst(a: string, b: string, { state, provider, read }: Examination): number {
  const preferred = findProvider<unknown>(state.order, provider);
  const traits = (id: string) => {
    const entry: StoredProfile = state.profiles[id] ?? {};
    const inUse = Array.isArray(preferred) && preferred[0] === id;
    return [isSet(entry.refresh), issuedAt(entry, read), inUse, !id.endsWith(':default')].map(Number);
  };
  const [mine, theirs] = [traits(a), traits(b)];
  const at = mine.findIndex((trait, index) => trait !== theirs[index]);
  return at === -1 ? 0 : (theirs[at] ?? 0) - (mine[at] ?? 0);
}

/** How long an access token of ChatGPT is good for. */
const USUAL_LIFETIME_MS = 10 * 24 * 60 * 60 * 1000;

/** When a credential was issued, as far as it says: its token's own word, else reckoned from its expiry; 0 where unknown. */
export function issuedAt({ access, expires }: StoredProfile, read: Examination['read']): EpochMs {
  const issued = typeof access === 'string' ? read(access)?.issued : undefined;
  return issued ?? (typeof expires === 'number' ? Math.max(0, expires - USUAL_LIFETIME_MS) : 0);
}

/** Without the twin; wherever it was named for this provider, the profile that stays is. */
export function retire(state: AuthProfiles, provider: string, id: string, kept: string): AuthProfiles {
  const order = findProvider<unknown>(state.order, provider);
  const named = Array.isArray(order) && order.includes(id);
  const following = named ? [...new Set(order.map((one) => (one === id ? kept : one)))] : [];
  return {
    ...state,
    profiles: without(state.profiles, [id]),
    ...(named ? { order: { ...state.order, [providerKey(state.order, provider)]: following } } : {}),
    ...(state.lastGood ? { lastGood: pointTo(state.lastGood, provider, id, kept) } : {}),
    ...(state.usageStats ? { usageStats: without(state.usageStats, [id]) } : {}),
  };
}

/** No `lastGood` names the twin: this provider's names the one that stays, another's, which named it in vain, nothing. */
function pointTo(
  lastGood: Readonly<Record<string, string>>,
  provider: string,
  id: string,
  kept: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(lastGood).flatMap(([key, good]) => {
      if (good !== id) return [[key, good]];
      return sameProvider(key, provider) ? [[key, kept]] : [];
    }),
  );
}
