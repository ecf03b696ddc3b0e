/**
 * What was granted to a person at once, and all that descends from it. It holds them; whether anything of it is good, `grants`
 * decides.
 */

import type { Strictness } from '../strictness/rules.ts';
import type { Account } from './accounts.ts';
import type { CodeChallenge } from './pkce.ts';

/** What a person approved. */
export interface Authorization {
  readonly account: Account;
  readonly scope: string;
  readonly nonce?: string;
  /** Seconds since the epoch. */
  readonly authenticatedAt: number;
  /** Whose it is, where the server has several clients. */
  readonly clientId?: string | undefined;
  /** Label of the device code that it was given for. */
  readonly from?: string;
}

/** The same, with what a code for it is bound to. */
export interface CodeAuthorization extends Authorization, CodeChallenge {
  readonly redirectUri: string;
  /** What the client has to notice about the way this code was delivered. */
  readonly trap?: Strictness | undefined;
}

/** All that descends from one code or device code: revoked together. */
export interface Family {
  readonly authorization: Authorization;
  revoked: boolean;
  /** What the client has to notice about the tokens it was given. */
  trap?: Strictness | undefined;
  /** Every refresh token of the family that is remembered; all but the newest are spent. */
  readonly refreshTokens: Set<string>;
  newest?: string;
  /** Labels of everything in it that is remembered. */
  readonly labels: Set<string>;
}

/** One without any token yet. */
export function createFamily(authorization: Authorization): Family {
  return { authorization, revoked: false, refreshTokens: new Set(), labels: new Set() };
}
