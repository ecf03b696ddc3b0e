/**
 * The page where a person enters the code that another device shows. How it looks is `device-page`'s business;
 * whether a code is good, `device-codes` decides.
 */

import type { ServerContext } from '../context.ts';
import type { Account } from '../grants/accounts.ts';
import type { Decision } from '../grants/device-codes.ts';
import type { Answer } from '../http/answer.ts';
import type { Parameters } from '../http/parameters.ts';
import { deviceDonePage, devicePage } from '../pages/device-page.ts';

export interface DeviceVisit {
  /** GET: the form, with the code filled in where the address has it (RFC 8628 §3.3.1). */
  show(parameters: Parameters): Answer;
  /** POST of the form: `user_code`, `decision` and `account`. */
  submit(parameters: Parameters): Answer;
}

const PROBLEMS = {
  unknown: 'This code is not known. Compare it with the one that is shown where you started.',
  answered: 'This code was answered already. Start the sign-in again for a new one.',
  expired: 'This code has expired. Start the sign-in again for a new one.',
} as const;

/** The page of one server. */
export function createDeviceVisit({ accounts, devices, issuer, profile }: ServerContext): DeviceVisit {
  const action = issuer + profile.paths.devicePage;
  return {
    show: ({ get }) => devicePage({ action, choices: accounts, userCode: get('user_code') ?? '' }),
    submit(parameters) {
      const userCode = parameters.get('user_code') ?? '';
      const again = (problem: string) => devicePage({ action, choices: accounts, userCode, problem });
      const decision = decisionOf(parameters, accounts);
      if (decision === undefined) return again('The form is not complete.');
      const outcome = devices.decide(userCode, decision, false);
      if (outcome !== 'decided') return again(PROBLEMS[outcome]);
      return deviceDonePage(decision === 'denied' ? 'denied' : 'allowed');
    },
  };
}

function decisionOf({ get, flaw }: Parameters, accounts: readonly Account[]): Decision | undefined {
  if (flaw !== undefined) return undefined;
  if (get('decision') === 'deny') return 'denied';
  const account = accounts[Number(get('account') ?? 0)];
  return get('decision') === 'allow' && account !== undefined ? { account } : undefined;
}
