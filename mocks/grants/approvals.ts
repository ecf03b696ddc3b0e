/**
 * Requests that wait for a test to say who signs in (`approve: 'manual'`). It brings requests and decisions together, whichever
 * comes first; what a decision leads to, the endpoints know.
 */

import { type Account, type AccountChoice, chooseAccount } from './accounts.ts';
import type { Decision } from './device-codes.ts';

/** A request that a person would look at. */
export interface PendingApproval {
  readonly kind: 'authorization' | 'device';
  readonly scope: string;
  /** Whom it may be answered as: those of the workspace that was asked for. */
  readonly accounts: readonly Account[];
  /** Authorization: where the answer goes. */
  readonly redirectUri?: string;
  /** Device: the code that is shown on the other device. */
  readonly userCode?: string;
}

/** What a test decides with. */
export interface Approver {
  /** What waits for a decision now, oldest first. */
  pending(): readonly PendingApproval[];
  /**
   * Signs in: answers the oldest request that waits, or else the next one to come. Fulfilled once one is answered; rejects with a
   * RangeError where no account, or more than one, is what `choice` says, and the request waits on.
   */
  approve(choice?: AccountChoice): Promise<PendingApproval>;
  /** Refuses, likewise. */
  deny(): Promise<PendingApproval>;
}

export interface Approvals extends Approver {
  /** Keeps a request until it is decided. @param isOpen whether nobody has answered it in another way */
  hold(request: PendingApproval, settle: (decision: Decision) => void, isOpen?: () => boolean): void;
}

interface Verdict {
  readonly decide: (request: PendingApproval) => Decision;
  readonly resolve: (request: PendingApproval) => void;
  readonly reject: (error: unknown) => void;
}

/** Nothing waits yet. */
export function createApprovals(): Approvals {
  let held: { request: PendingApproval; settle: (decision: Decision) => void; isOpen: () => boolean }[] = [];
  const verdicts: Verdict[] = [];

  function meet(): void {
    held = held.filter(({ isOpen }) => isOpen());
    const [first] = held;
    if (first === undefined) return;
    const verdict = verdicts.shift();
    if (verdict === undefined) return;
    try {
      const decision = verdict.decide(first.request);
      held.shift();
      first.settle(decision);
      verdict.resolve(first.request);
    } catch (error) {
      verdict.reject(error);
    }
    meet();
  }

  const give = (decide: Verdict['decide']) =>
    new Promise<PendingApproval>((resolve, reject) => {
      verdicts.push({ decide, resolve, reject });
      meet();
    });

  return {
    hold(request, settle, isOpen = () => true) {
      held.push({ request, settle, isOpen });
      meet();
    },
    pending: () => held.filter(({ isOpen }) => isOpen()).map(({ request }) => request),
    approve: (choice) => give(({ accounts }) => ({ account: chooseAccount(accounts, choice) })),
    deny: () => give(() => 'denied'),
  };
}
