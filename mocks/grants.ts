/**
 * What was granted: codes, used once, and families of refresh tokens with their lineage, rotated at each
 * use. It decides whether a code or a refresh token is good; how a refusal is worded is the token endpoint's
 * business.
 */

import { createHash } from 'node:crypto';

import type { Account } from './accounts.ts';
import type { MockClock } from './clock.ts';
import { newSecret } from './context.ts';
import type { JournalWriter } from './journal.ts';

/** What a person approved. */
export interface Authorization {
  readonly account: Account;
  readonly scope: string;
  readonly nonce?: string;
  /** Seconds since the epoch. */
  readonly authenticatedAt: number;
}

/** The same, with what a code for it is bound to. */
export interface CodeAuthorization extends Authorization {
  readonly redirectUri: string;
  readonly codeChallenge: string;
}

/** All that descends from one code or device code: revoked together. */
export interface Family {
  readonly authorization: Authorization;
  revoked: boolean;
  /** Every refresh token of the family, oldest first; all but the newest are spent. */
  readonly lineage: string[];
}

export type Redemption<Reason extends string> =
  | { readonly granted: true; readonly family: Family }
  | { readonly granted: false; readonly reason: Reason };
export type CodeRefusal = 'code unknown' | 'code expired' | 'code used' | 'redirect_uri' | 'pkce';
export type RefreshRefusal = 'unknown' | 'reused' | 'revoked';

export interface Grants {
  issueCode(authorization: CodeAuthorization): string;
  /**
   * Spends the code, whatever comes of it. A second use revokes all that the first one led to (RFC 6749
   * §4.1.2).
   */
  redeemCode(code: string, proof: { redirectUri: string; codeVerifier: string }): Redemption<CodeRefusal>;
  /** A family without a code before it: a device code was approved (RFC 8628 §3.5). */
  found(authorization: Authorization): Family;
  /** Looks at a refresh token without spending it. A spent one revokes its family (RFC 9700 §4.14.2). */
  checkRefreshToken(refreshToken: string): Redemption<RefreshRefusal>;
  /** The family's next refresh token: the one before it is spent from now on. */
  rotate(family: Family): string;
  /** Takes note of a token of the family that can be revoked by name. */
  recordAccessToken(family: Family, accessToken: string): void;
  /** Revokes the family of a token; false for a token that was never issued. */
  revoke(token: string): boolean;
}

const CODE_LIFETIME_MS = 60_000;

/** Nothing granted yet. */
export function createGrants(clock: MockClock, journal: JournalWriter): Grants {
  const codes = new Map<
    string,
    { authorization: CodeAuthorization; expires: number; used: boolean; family?: Family }
  >();
  const families = new Map<string, Family>();

  return {
    issueCode(authorization) {
      const code = newSecret();
      journal.note('code', code);
      codes.set(code, { authorization, expires: clock.now() + CODE_LIFETIME_MS, used: false });
      return code;
    },
    redeemCode(code, { redirectUri, codeVerifier }) {
      const entry = codes.get(code);
      if (entry === undefined) return refused('code unknown');
      if (entry.used) {
        if (entry.family) entry.family.revoked = true;
        return refused('code used');
      }
      entry.used = true;
      const { authorization } = entry;
      if (clock.now() >= entry.expires) return refused('code expired');
      if (redirectUri !== authorization.redirectUri) return refused('redirect_uri');
      if (s256(codeVerifier) !== authorization.codeChallenge) return refused('pkce');
      entry.family = { authorization, revoked: false, lineage: [] };
      return { granted: true, family: entry.family };
    },
    found: (authorization) => ({ authorization, revoked: false, lineage: [] }),
    checkRefreshToken(refreshToken) {
      const family = families.get(refreshToken);
      if (!family?.lineage.includes(refreshToken)) return refused('unknown');
      if (family.lineage.at(-1) !== refreshToken) {
        family.revoked = true;
        return refused('reused');
      }
      return family.revoked ? refused('revoked') : { granted: true, family };
    },
    rotate(family) {
      const refreshToken = `rt_${newSecret()}`;
      journal.note('refresh', refreshToken);
      family.lineage.push(refreshToken);
      families.set(refreshToken, family);
      return refreshToken;
    },
    recordAccessToken(family, accessToken) {
      families.set(accessToken, family);
    },
    revoke(token) {
      const family = families.get(token);
      if (family) family.revoked = true;
      return family !== undefined;
    },
  };
}

function refused<Reason extends string>(reason: Reason): { granted: false; reason: Reason } {
  return { granted: false, reason };
}

/** RFC 7636 §4.2. */
function s256(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
}
