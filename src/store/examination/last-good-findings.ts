/** What is wrong with `lastGood`, the profile that OpenClaw remembers as the one that worked. Pure. */

import { finding } from '../../words/findings.ts';
import { storedOrder, without } from '../edits/order.ts';
import type { AuthProfiles } from '../profile-store.ts';
import { findProvider, providerKey, sameProvider } from '../provider-key.ts';
import type { Examination, StateFinding } from './findings.ts';
import type { Routes } from './routes.ts';

export function findLastGood(seen: Examination, { selection, profile }: Routes): StateFinding[] {
  const { state, provider, configuration } = seen;
  const { selected, verdicts } = selection;
  const lastGood: unknown = findProvider<unknown>(state.lastGood, provider);
  const edit = (current: AuthProfiles): AuthProfiles => {
    const key = providerKey(current.lastGood, provider);
    const rest = without(current.lastGood ?? {}, [key]);
    // Without an order OpenClaw finds it out by itself, at its next turn.
    const known = selected !== undefined && storedOrder(current, provider)?.includes(selected);
    return { ...current, lastGood: known ? { ...current.lastGood, [key]: selected } : rest };
  };
  if (lastGood === undefined) {
    // Where there is no order either, nothing is half done; and to another agent main's word applies.
    const half = selected !== undefined && storedOrder(state, provider)?.includes(selected);
    if (!half || configuration?.inherited !== undefined) return [];
    const missing = finding('last-good-missing', {
      subject: selected,
      message: `Nothing says which profile of ${provider} worked last.`,
      reason: 'OpenClaw writes it after a turn; later versions recover by it.',
      fixable: true,
    });
    return [{ ...missing, edit }];
  }
  const named = typeof lastGood === 'string' ? profile(lastGood) : undefined;
  if (named === undefined || !sameProvider(named.provider, provider)) {
    const dangling = finding('last-good-dangling', {
      subject: typeof lastGood === 'string' ? lastGood : provider,
      message: `lastGood of ${provider} names a profile that is not stored for it.`,
      reason: 'It leads nowhere, and OpenClaw recovers by it.',
      fixable: true,
    });
    return [{ ...dangling, edit }];
  }
  const own = verdicts.find(({ profileId }) => profileId === lastGood)?.reason;
  if (selected === undefined || own === 'ok' || own === 'excluded_by_auth_order') return [];
  const stale = finding('last-good-stale', {
    subject: String(lastGood),
    message: `lastGood of ${provider} names a profile that cannot be used any more (${own}).`,
    reason: 'OpenClaw recovers by it, and would come back to it.',
    fixable: true,
  });
  return [{ ...stale, edit }];
}
