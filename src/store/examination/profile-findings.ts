/**
 * What is wrong with a profile by itself: its form, its times, whether it is any credential at all. Pure.
 * Whether it would be used, `order-findings` looks at.
 */

import { type Finding, finding } from '../../words/findings.ts';
import type { EpochMs } from '../../words/ports.ts';
import { isReference, isSet } from '../as-loaded.ts';
import { isStorable } from '../changes.ts';
import { isDead } from '../edits/refresh.ts';
import type { AuthProfiles, OAuthProfile, StoredProfile } from '../profile-store.ts';
import { sameProvider } from '../provider-key.ts';
import { tellAilment } from './ailment-findings.ts';
import type { StateFinding } from './findings.ts';
import { type Healing, healProfile, type TokenWords } from './profile-healing.ts';

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
    if (isUnderOtherName(stored, context.provider)) findings.push(otherName(id, stored, context.provider));
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
      const told = tellAilment(id, ailment, storable);
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

/** The two names that OpenClaw has had for ChatGPT: the older one up to 2026.5, the newer one since. */
const NAMES = ['openai-codex', 'openai'];

function isUnderOtherName({ provider, type }: StoredProfile, wanted: string): boolean {
  const other = NAMES.find((name) => sameProvider(provider, name));
  return type === 'oauth' && other !== undefined && NAMES.includes(wanted) && other !== wanted;
}

function otherName(subject: string, { provider }: StoredProfile, wanted: string): Finding {
  return finding('provider-other-name', {
    subject,
    message: `The profile is for ${String(provider)}, and this version of OpenClaw asks for ${wanted}.`,
    reason: 'The provider has had both names; a profile under the other one is not used for its models.',
    remedy: SIGN_IN,
  });
}

function unreadable(subject: string): Finding {
  return finding('profile-unreadable', {
    subject,
    message: 'The entry under this id is no object.',
    reason: 'OpenClaw passes it over, and drops it at its next save.',
    remedy: `${SIGN_IN}, or remove the entry by hand`,
  });
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
  if (isSet(healed.refresh)) return isEnded(healed) ? [ended(subject, healed as OAuthProfile)] : [];
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

/** `codex-login token` left the server's word in the profile; OpenClaw does not know the mark, and goes on trying. */
function isEnded({ dead, refresh }: StoredProfile): boolean {
  return typeof dead === 'object' && dead !== null && isDead({ dead, refresh } as OAuthProfile);
}

function ended(subject: string, { dead }: OAuthProfile): Finding {
  return finding('login-ended', {
    subject,
    message: `The server has ended this login (${String(dead?.code)}).`,
    reason: 'Its refresh token is refused: it works until its access token expires, and not a minute longer.',
    remedy: SIGN_IN,
  });
}

function over(subject: string, id: 'token-expired' | 'expired-without-refresh'): Finding {
  return finding(id, {
    subject,
    message: 'The token is expired, and there is nothing to refresh it with.',
    reason:
      id === 'token-expired'
        ? 'OpenClaw passes it over, and uses another profile or provider without a word.'
        : 'Every request with it is turned away.',
    remedy:
      id === 'token-expired' ? `${SIGN_IN}; codex-login sync, if it comes from a shared store` : SIGN_IN,
  });
}
