/** What the stores' findings need to know of tokens and accounts, read out of the tokens themselves: unverified, and only compared. */

import { readUnverifiedClaims } from '../oauth/claims.ts';
import { compareAccount, readStoredIdentity } from '../oauth/identity.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import type { Examination } from '../store/examination/findings.ts';

export function tokenWords({ id, identity }: ProviderProfile): Pick<Examination, 'read' | 'compare'> {
  return {
    read(token) {
      const claims = readUnverifiedClaims(token);
      if (claims === undefined) return undefined;
      const accountId = readStoredIdentity(id, { access: token }, identity)?.accountId;
      return { accountId, issued: milliseconds(claims.iat), expires: milliseconds(claims.exp) };
    },
    compare(a, b) {
      const owner = readStoredIdentity(id, a, identity);
      return owner === undefined ? 'unknown' : compareAccount(b, identity, owner);
    },
  };
}

function milliseconds(seconds: unknown): number | undefined {
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0
    ? Math.round(seconds * 1000)
    : undefined;
}
