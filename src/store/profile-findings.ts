/**
 * What is wrong with a profile by itself: its form, its times, whether it is any credential at all. Pure.
 * Whether it would be used, `order-findings` looks at.
 */

import { type Finding, finding } from '../findings.ts';
import type { EpochMs } from '../ports.ts';
import { isReference, isSet } from './as-loaded.ts';
import type { StateFinding } from './findings.ts';
import { type Ailment, type Healing, healProfile, type TokenWords } from './profile-healing.ts';
import type { AuthProfiles, StoredProfile } from './profile-store.ts';
import { sameProvider } from './provider-key.ts';
import { isStorable } from './schema.ts';

interface Context {
  readonly provider: string;
  readonly now: EpochMs;
  read(token: string): TokenWords | undefined;
}

const SIGN_IN = 'codex-login';

/** The findings, and the state as it would be with everything healed that can be: the rest is judged on that. */
export function findInProfiles(
  state: AuthProfiles,
  context: Context,
): { findings: StateFinding[]; healed: AuthProfiles } {
  const findings: StateFinding[] = [];
  const profiles: Record<string, StoredProfile> = { ...state.profiles };
  for (const [id, entry] of Object.entries<unknown>(state.profiles)) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      if (isNamedAfter(id, context.provider)) findings.push(unreadable(id));
      continue;
    }
    const stored = entry as StoredProfile;
    if (!concerns(id, stored, context.provider)) continue;
    const healing = healProfile(stored, { ...context, id });
    const storable = isStorable(healing.healed);
    const changed = healing.ailments.some(({ cured }) => cured);
    if (changed && storable) profiles[id] = healing.healed;
    const edit = (current: AuthProfiles): AuthProfiles => ({
      ...current,
      profiles: { ...current.profiles, [id]: healing.healed },
    });
    for (const ailment of healing.ailments) {
      const told = tell(id, ailment, storable);
      findings.push(ailment.cured && storable ? { ...told, edit } : told);
    }
    findings.push(...findWeakness(id, healing, context.now));
  }
  return { findings, healed: { ...state, profiles } };
}

/** A profile of this provider: it says so, or its id does and it does not say. */
function concerns(id: string, entry: StoredProfile, provider: string): boolean {
  return isSet(entry.provider) ? sameProvider(entry.provider, provider) : isNamedAfter(id, provider);
}

function isNamedAfter(id: string, provider: string): boolean {
  return id.toLowerCase().startsWith(`${provider.toLowerCase()}:`);
}

function unreadable(subject: string): Finding {
  return finding('profile-unreadable', {
    subject,
    message: 'The entry under this id is no object.',
    reason: 'OpenClaw passes it over, and drops it at its next save.',
    remedy: `${SIGN_IN}, or remove the entry by hand`,
  });
}

function tell(subject: string, ailment: Ailment, storable: boolean): Finding {
  const fixable = ailment.cured && storable;
  const remedy = fixable ? {} : { remedy: SIGN_IN };
  switch (ailment.kind) {
    case 'provider-missing':
      return finding(ailment.kind, {
        subject,
        message: 'The profile does not say which provider it is for.',
        reason: 'OpenClaw drops an entry without a provider.',
        fixable,
        ...remedy,
      });
    case 'type-unreadable':
      return finding(ailment.kind, {
        subject,
        message:
          ailment.from === ''
            ? 'The profile does not say what kind of credential it is.'
            : 'The profile has a type that is none of oauth, token and api_key.',
        reason: 'OpenClaw drops an entry of any other type, spelling included.',
        fixable,
        ...remedy,
      });
    case 'field-names':
      return finding(ailment.kind, {
        subject,
        ...(ailment.accepted ? { severity: 'info' as const } : {}),
        message: `The profile has ${ailment.names.join(', ')} under ${ailment.names.length === 1 ? 'a name that is not its own' : 'names that are not their own'}.`,
        reason: ailment.accepted
          ? 'OpenClaw takes these names too, and writes the others.'
          : `OpenClaw reads type, provider, access, refresh, expires and accountId, and nothing in their place.`,
        fixable,
        ...(ailment.cured ? remedy : { remedy: `two of them say different things: ${SIGN_IN}` }),
      });
    case 'expires-in-seconds':
      return finding(ailment.kind, {
        subject,
        message: 'The profile has its expiry in seconds.',
        reason:
          'OpenClaw reads milliseconds, takes the token for long expired, and spends the refresh token.',
        fixable,
        ...remedy,
      });
    case 'expires-unreadable':
      return finding(ailment.kind, {
        subject,
        message: ailment.missing
          ? 'The profile does not say when its token expires.'
          : 'The profile has an expiry that is no time in milliseconds.',
        reason: 'OpenClaw takes the token for expired, and refreshes it before it has to.',
        fixable,
        ...remedy,
      });
    case 'account-missing':
      return finding(ailment.kind, {
        subject,
        message: ailment.cured
          ? 'The profile has no account id, and its token names one.'
          : 'Neither the profile nor its token names a ChatGPT account.',
        reason: 'Every request names the account; without it the server turns it away.',
        fixable,
        ...remedy,
      });
  }
}

/** What no edit can bring back. Judged on the healed profile: wrong names are no missing credential. */
function findWeakness(subject: string, { healed, ailments }: Healing, now: EpochMs): Finding[] {
  const unsure = ailments.some(({ kind, cured }) => !cured && kind === 'field-names');
  const { type, expires } = healed;
  if (unsure) return [];
  if (type === 'api_key')
    return isSet(healed.key) || isReference(healed.keyRef) || isReference(healed.key)
      ? []
      : [missing(subject)];
  if (type === 'token') {
    if (!isSet(healed.token) && !isReference(healed.tokenRef) && !isReference(healed.token))
      return [missing(subject)];
    return typeof expires === 'number' && expires <= now ? [over(subject, 'token-expired')] : [];
  }
  if (type !== 'oauth') return [];
  if (!isSet(healed.access) && !isSet(healed.refresh)) return [missing(subject)];
  if (isSet(healed.refresh)) return [];
  if (typeof expires === 'number' && expires <= now) return [over(subject, 'expired-without-refresh')];
  return [
    finding('refresh-missing', {
      subject,
      message: 'The profile has no refresh token.',
      reason: 'It works until its access token expires, and not a minute longer.',
      remedy: SIGN_IN,
    }),
  ];
}

function missing(subject: string): Finding {
  return finding('credential-missing', {
    subject,
    message: 'The profile holds no credential.',
    reason: 'OpenClaw never tries it (missing_credential).',
    remedy: SIGN_IN,
  });
}

function over(subject: string, id: 'token-expired' | 'expired-without-refresh'): Finding {
  return finding(id, {
    subject,
    message: 'The token is expired, and there is nothing to refresh it with.',
    reason: 'Every request with it is turned away.',
    remedy: SIGN_IN,
  });
}
