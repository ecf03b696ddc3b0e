/**
 * What was granted: codes, used once, and families of refresh tokens with their lineage, rotated at each
 * use. It decides whether a code or a token is good; how a refusal is worded is the endpoints' business.
 */

import type { MockClock } from '../clock.ts';
import { newSecret } from '../context.ts';
import type { JournalWriter } from '../journal/journal.ts';
import type { Strict, Strictness } from '../strictness/rules.ts';
import { type Authorization, type CodeAuthorization, createFamily, type Family } from './family.ts';
import { isProof } from './pkce.ts';

/** Why not, in a few words, and what was strict. */
export interface Refusal {
  readonly granted: false;
  readonly reason: string;
  readonly strictness: Strictness;
}
export type Redemption = { readonly granted: true; readonly family: Family } | Refusal;

export interface Grants {
  issueCode(authorization: CodeAuthorization): string;
  /**
   * Spends the code, whatever comes of it. A second use revokes all that the first one led to (RFC 6749
   * §4.1.2).
   */
  redeemCode(
    code: string,
    proof: { redirectUri: string; codeVerifier: string; clientId: string },
  ): Redemption;
  /** A family without a code before it: a device code was approved (RFC 8628 §3.5), or nothing was asked for. */
  found(authorization: Authorization): Family;
  /** Looks at a refresh token without spending it. A spent one revokes its family (RFC 9700 §4.14.2). */
  checkRefreshToken(refreshToken: string, clientId: string): Redemption;
  /** Whether an access token is good now. */
  checkAccessToken(accessToken: string): Redemption;
  /** The family's next refresh token: the one before it is spent from now on. */
  rotate(family: Family, from: string | undefined): string;
  /** Takes note of an access token of the family, of the moment when it expires, and of the ID token that came with it. */
  recordTokens(family: Family, tokens: { accessToken: string; idToken: string; expires: number }): void;
  /** Revokes the family of a token; false for a token that was never issued, or not to this client (RFC 7009 §2.1). */
  revoke(token: string, clientId: string): boolean;
}

const CODE_LIFETIME_MS = 60_000;

const refused = (reason: string, strictness: Strictness): Refusal => ({ granted: false, reason, strictness });

/** Nothing granted yet. @param fallback what an unknown code or token gives where that is not strict */
export function createGrants(
  clock: MockClock,
  journal: JournalWriter,
  strict: Strict,
  fallback: () => Authorization | undefined,
): Grants {
  const codes = new Map<
    string,
    { authorization: CodeAuthorization; expires: number; used: boolean; family?: Family }
  >();
  const families = new Map<string, Family>();
  const expiries = new Map<string, number>();
  /** Verifiers that were redeemed, each with its code. */
  const verifiers = new Map<string, string>();

  const idTokens = new Map<string, Family>();

  journal.onForget((secret, label) => {
    for (const one of [codes, verifiers, expiries]) one.delete(secret);
    for (const one of [families, idTokens]) {
      const family = one.get(secret);
      family?.refreshTokens.delete(secret);
      family?.labels.delete(label);
      one.delete(secret);
    }
  });

  function end(family: Family): void {
    family.revoked = true;
    for (const label of family.labels) journal.settle(label, 'revoked');
  }

  function trapped({ trap }: { trap?: Strictness | undefined }): Refusal | undefined {
    return trap !== undefined && strict(trap) ? refused('a fault went unnoticed', trap) : undefined;
  }

  /** It is another client's: nothing is spent then (RFC 6749 §4.1.3, §6). */
  function strangerTo({ clientId: owner }: Authorization, clientId: string): Refusal | undefined {
    return owner !== undefined && owner !== clientId && strict('client-binding')
      ? refused("another client's", 'client-binding')
      : undefined;
  }

  /** What an unknown one gives. */
  function unknown(reason: string, strictness: Strictness): Redemption {
    const authorization = strict(strictness) ? undefined : fallback();
    return authorization === undefined
      ? refused(reason, strictness)
      : { granted: true, family: createFamily(authorization) };
  }

  return {
    issueCode(authorization) {
      const code = newSecret();
      const { account, from } = authorization;
      journal.issue('code', code, { account, from });
      codes.set(code, { authorization, expires: clock.now() + CODE_LIFETIME_MS, used: false });
      return code;
    },
    redeemCode(code, { redirectUri, codeVerifier, clientId }) {
      const entry = codes.get(code);
      if (entry === undefined) return unknown('code unknown', 'code-known');
      const { authorization, used } = entry;
      const stranger = strangerTo(authorization, clientId);
      if (stranger) return stranger;
      if (used && strict('code-once')) {
        if (entry.family) end(entry.family);
        return refused('code used', 'code-once');
      }
      entry.used = true;
      journal.settle(journal.label(code) ?? '', 'spent');
      if (clock.now() >= entry.expires && strict('code-lifetime'))
        return refused('code expired', 'code-lifetime');
      const trap = trapped(authorization);
      if (trap) return trap;
      if (redirectUri !== authorization.redirectUri && strict('redirect-uri-exact'))
        return refused('redirect_uri', 'redirect-uri-exact');
      if (!isProof(codeVerifier, authorization) && strict('pkce-verifier-match'))
        return refused('pkce', 'pkce-verifier-match');
      const before = verifiers.get(codeVerifier);
      if (before !== undefined && before !== code && strict('pkce-verifier-once'))
        return refused('verifier used before', 'pkce-verifier-once');
      if (codeVerifier !== '') verifiers.set(codeVerifier, code);
      entry.family = createFamily(authorization);
      return { granted: true, family: entry.family };
    },
    found: createFamily,
    checkRefreshToken(refreshToken, clientId) {
      const family = families.get(refreshToken);
      if (!family?.refreshTokens.has(refreshToken)) return unknown('unknown', 'refresh-token-known');
      const stranger = strangerTo(family.authorization, clientId);
      if (stranger) return stranger;
      const trap = trapped(family);
      if (trap) return trap;
      if (family.newest !== refreshToken && strict('refresh-token-once')) {
        end(family);
        return refused('reused', 'refresh-token-once');
      }
      return family.revoked && strict('refresh-token-live')
        ? refused('revoked', 'refresh-token-live')
        : { granted: true, family };
    },
    checkAccessToken(accessToken) {
      const family = families.get(accessToken);
      const expires = expiries.get(accessToken);
      if (family === undefined || expires === undefined) return refused('unknown', 'access-token-live');
      const trap = trapped(family);
      if (trap) return trap;
      if (family.revoked && strict('access-token-live')) return refused('revoked', 'access-token-live');
      return clock.now() >= expires && strict('access-token-live')
        ? refused('expired', 'access-token-live')
        : { granted: true, family };
    },
    rotate(family, from) {
      const refreshToken = `rt_${newSecret()}`;
      const before = family.newest;
      if (before !== undefined) journal.settle(journal.label(before) ?? '', 'spent');
      const { account } = family.authorization;
      family.labels.add(journal.issue('refresh', refreshToken, { from, account }));
      family.refreshTokens.add(refreshToken);
      family.newest = refreshToken;
      families.set(refreshToken, family);
      return refreshToken;
    },
    recordTokens(family, { accessToken, idToken, expires }) {
      for (const token of [accessToken, idToken]) family.labels.add(journal.label(token) ?? '');
      families.set(accessToken, family);
      expiries.set(accessToken, expires);
      idTokens.set(idToken, family);
    },
    revoke(token, clientId) {
      const family = families.get(token);
      if (family === undefined || strangerTo(family.authorization, clientId)) return false;
      end(family);
      return true;
    },
  };
}
