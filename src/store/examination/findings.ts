/**
 * What is wrong with a store's content, and the edits that put it right. Pure: state, configuration and the time go in.
 * It keeps the sequence in which findings are told and repaired; each part is judged in a file of its own.
 */

import { isDeepStrictEqual } from 'node:util';

import type { Finding, FindingId } from '../../words/findings.ts';
import type { EpochMs } from '../../words/ports.ts';
import type { AuthProfiles, StoredProfile } from '../profile-store.ts';
import type { RoutingConfiguration } from '../selection.ts';
import { findInAccounts } from './account-findings.ts';
import { findInConfiguration, type ProfileCorrection } from './configured-findings.ts';
import { findUnfinishedMoves } from './move-findings.ts';
import { findInOrder } from './order-findings.ts';
import { findInProfiles } from './profile-findings.ts';
import type { TokenWords } from './profile-healing.ts';
import { routesOf } from './routes.ts';
import { findWindows } from './window-findings.ts';

/** A finding with what puts it right: a pure edit of this store, or a correction of `openclaw.json`. */
export type StateFinding = Finding & {
  readonly edit?: (state: AuthProfiles) => AuthProfiles;
  readonly correction?: ProfileCorrection;
};

export interface Examination {
  readonly state: AuthProfiles;
  /** The provider's name in this store. */
  readonly provider: string;
  readonly configuration?: RoutingConfiguration | undefined;
  readonly now: EpochMs;
  /** What an access token says of itself. */
  read(token: string): TokenWords | undefined;
  /** Whether two credentials belong to one account. */
  compare(a: StoredProfile, b: StoredProfile): 'same' | 'other' | 'unknown';
}

/** Everything that is wrong, what hides the rest first. Each part is judged as if the parts before it were repaired. */
export function findInState(examination: Examination): StateFinding[] {
  const { provider, configuration = {} } = examination;
  const { findings, healed } = findInProfiles(examination.state, examination);
  const configured = findInConfiguration(healed, provider, configuration);
  const corrected = { ...examination, configuration: configured.corrected };
  const twins = findInAccounts({ ...corrected, state: healed });
  const seen = { ...corrected, state: twins.reduce((state, { edit }) => edit?.(state) ?? state, healed) };
  const { usable } = routesOf(seen);
  // A dead credential beside a good one stands in nobody's way.
  const weighed = findings.map((one) =>
    WEAK.includes(one.id) && usable.some((id) => id !== one.subject)
      ? { ...one, severity: 'info' as const }
      : one,
  );
  return [
    ...findUnfinishedMoves(examination.state),
    ...weighed,
    ...configured.findings,
    ...twins,
    ...findInOrder(seen),
    ...findWindows(seen),
  ];
}

const WEAK: readonly FindingId[] = [
  'credential-missing',
  'expired-without-refresh',
  'token-expired',
  'login-ended',
  'refresh-missing',
];

/** More repairs than any store needs: an edit that is no repair must not go on for ever. */
const MOST_EDITS = 1000;

/** The state with every edit made, one after the other, each found anew; and what was found on the way. */
export function repairState(
  state: AuthProfiles,
  find: (state: AuthProfiles) => readonly StateFinding[],
): { next: AuthProfiles; repaired: StateFinding[] } {
  const repaired: StateFinding[] = [];
  let next = state;
  for (let count = 0; count < MOST_EDITS; count += 1) {
    const step = find(next)
      .map((found) => ({ found, edited: found.edit?.(next) }))
      .find(({ edited }) => edited !== undefined && !isDeepStrictEqual(edited, next));
    if (step?.edited === undefined) break;
    repaired.push(step.found);
    next = step.edited;
  }
  return { next, repaired };
}
