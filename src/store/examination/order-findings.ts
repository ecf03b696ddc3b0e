/**
 * What is wrong with the order, by which a good credential is passed over: the store's own, or that of `openclaw.json`. Pure.
 * What an order leaves out on purpose stays out: only the latest login is taken for forgotten.
 */

import { type Finding, finding } from '../../words/findings.ts';
import { storedOrder, withOrder } from '../edits/order.ts';
import type { AuthProfiles, StoredProfile } from '../profile-store.ts';
import { findProvider, sameProvider } from '../provider-key.ts';
import { issuedAt } from './account-findings.ts';
import type { Examination, StateFinding } from './findings.ts';
import { findLastGood } from './last-good-findings.ts';
import { type Routes, routesOf } from './routes.ts';

export function findInOrder(seen: Examination): StateFinding[] {
  const routes = routesOf(seen);
  const { state, provider } = seen;
  if (routes.usable.length === 0 && !holdsProvider(seen)) {
    const nothing = finding('nothing-stored', {
      subject: provider,
      message: `No profile of ${provider} is stored.`,
      reason: 'OpenClaw has no credential for this provider, and says "No API key found".',
      remedy: 'codex-login',
    });
    return [nothing, ...findDangling(seen, routes), ...findLastGood(seen, routes)];
  }
  const order: unknown = findProvider<unknown>(state.order, provider);
  const clean = typeof order === 'string' ? [order] : (storedOrder(state, provider) ?? []);
  if (order !== undefined && !(Array.isArray(order) && order.length === clean.length)) {
    const unreadable = finding('order-unreadable', {
      subject: provider,
      message: `The order of ${provider} is not a list of profile ids.`,
      reason: 'OpenClaw reads of it what is an id, and passes over the rest.',
      fixable: true,
    });
    const edit = (current: AuthProfiles) => withOrder(current, provider, clean);
    return [{ ...unreadable, edit }, ...findInOrder({ ...seen, state: edit(state) })];
  }
  return [...findShutOut(seen, routes), ...findLastGood(seen, routes)];
}

function findShutOut(seen: Examination, routes: Routes): StateFinding[] {
  const { provider, state } = seen;
  const { usable, selection } = routes;
  const { candidates, orderSource } = selection;
  const forgotten = forgottenBy(seen, routes);
  const nothingLeft = candidates.length === 0 && usable.length > 0;

  if (orderSource === 'auth.order' || orderSource === 'auth.profiles') {
    if (!nothingLeft && forgotten === undefined) return findRanking(seen, routes);
    const order = nothingLeft ? usable : [forgotten ?? '', ...candidates];
    return [
      {
        ...configuredElsewhere(orderSource, order[0] ?? '', nothingLeft),
        edit: (one) => withOrder(one, provider, order),
      },
    ];
  }
  if (nothingLeft && orderSource === 'store') {
    const others = (storedOrder(state, provider) ?? []).filter(
      (id) => routes.profile(id) !== undefined && !usable.includes(id),
    );
    const names = finding('order-names-nothing', {
      subject: provider,
      message: `The order of ${provider} names no profile that could be used.`,
      reason: `An order is an allow-list: OpenClaw passes over ${usable.join(', ')} and has no credential at all.`,
      fixable: true,
    });
    return [{ ...names, edit: (current) => withOrder(current, provider, [...usable, ...others]) }];
  }
  const dangling = findDangling(seen, routes);
  if (forgotten === undefined) return [...dangling, ...findRanking(seen, routes)];
  const shutOut = finding('order-shuts-out', {
    subject: forgotten,
    message: `The latest login is not in the order of ${provider}.`,
    reason: 'An order is an allow-list: OpenClaw never tries a profile that is not in it.',
    fixable: true,
  });
  const edit = (current: AuthProfiles) =>
    withOrder(current, provider, [forgotten, ...(storedOrder(current, provider) ?? [])]);
  return [...dangling, { ...shutOut, edit }];
}

/** Nothing is wrong, and still worth knowing: who comes last, and who is left out. */
function findRanking(seen: Examination, { usable, selection }: Routes): Finding[] {
  const { candidates, orderSource } = selection;
  if (orderSource === 'default') return [];
  const [latest] = usable;
  const [first] = candidates;
  const found: Finding[] = [];
  const outranked = latest !== undefined && first !== latest && candidates.includes(latest);
  if (outranked && first !== findProvider(seen.state.lastGood, seen.provider)) {
    const others = candidates.filter((id) => id !== latest);
    found.push(
      finding('latest-login-not-first', {
        subject: latest,
        message: `It seems to be the latest login, and ${first} is tried before it.`,
        reason: 'OpenClaw takes the first of the order that works.',
        remedy: `codex-login order set ${[latest, ...others].join(' ')}`,
      }),
    );
  }
  for (const id of usable.filter((one) => !candidates.includes(one)))
    found.push(
      finding('order-leaves-out', {
        subject: id,
        message: `It could be used, and the order of ${seen.provider} does not name it.`,
        reason: 'An order is an allow-list; this one may be meant so.',
        remedy: `codex-login order set ${[...candidates, id].join(' ')}`,
      }),
    );
  return found;
}

function findDangling(seen: Examination, routes: Routes): StateFinding[] {
  const { state, provider } = seen;
  const order = storedOrder(state, provider) ?? [];
  const vain = order.filter((id) => !sameProvider(routes.profile(id.trim())?.provider, provider));
  if (vain.length === 0) return [];
  const dangling = finding('order-dangling', {
    subject: provider,
    message: `The order of ${provider} names ${vain.join(', ')}, which ${vain.length === 1 ? 'is' : 'are'} not stored for it.`,
    reason: 'OpenClaw passes them over; an order of nothing else would mean no credential at all.',
    fixable: true,
  });
  const stored = order.filter((id) => !vain.includes(id));
  // Without any order that of openclaw.json would count, which nobody asked for.
  const kept = stored.length === 0 ? routes.usable : stored;
  return [{ ...dangling, edit: (current) => withOrder(current, provider, kept) }];
}

function configuredElsewhere(
  source: 'auth.order' | 'auth.profiles',
  subject: string,
  nothingLeft: boolean,
): Finding {
  const severity = nothingLeft ? 'error' : 'warning';
  return source === 'auth.order'
    ? finding('configured-order-shuts-out', {
        subject,
        severity,
        message: 'auth.order in openclaw.json names other profiles, and this one is not among them.',
        reason: `An order is an allow-list: ${nothingLeft ? 'OpenClaw has no credential at all' : 'OpenClaw never tries it'}. An order in the store wins over it.`,
        fixable: true,
      })
    : finding('configured-profiles-shut-out', {
        subject,
        severity,
        message: 'auth.profiles in openclaw.json names other profiles, and this one is not among them.',
        reason: `Where the store has no order, OpenClaw tries only what is named there${nothingLeft ? ', and none of it is a credential' : ''}.`,
        fixable: true,
      });
}

/** The profile that was signed in last, where nothing would try it: newer than every other, or the one that worked last. */
function forgottenBy(
  { state, provider, read }: Examination,
  { usable, selection, profile }: Routes,
): string | undefined {
  const left = usable.filter((id) => !selection.candidates.includes(id));
  const lastGood = findProvider(state.lastGood, provider);
  if (lastGood !== undefined && left.includes(lastGood)) return lastGood;
  const [latest] = left;
  if (latest === undefined || profile(latest)?.type !== 'oauth') return undefined;
  const issued = (id: string) => issuedAt(profile(id) ?? {}, read);
  return selection.candidates.every((id) => issued(id) < issued(latest)) ? latest : undefined;
}

function holdsProvider({ state, provider, configuration }: Examination): boolean {
  const merged: Record<string, unknown> = { ...configuration?.inherited?.profiles, ...state.profiles };
  return Object.entries(merged).some(
    ([id, entry]) =>
      sameProvider((entry as StoredProfile | null)?.provider, provider) ||
      id.toLowerCase().startsWith(`${provider.toLowerCase()}:`),
  );
}
