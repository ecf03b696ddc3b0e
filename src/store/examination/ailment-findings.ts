/** What was wrong with the form of a profile, in words: one finding per ailment that `profile-healing` names. Pure. */

import { type Finding, finding } from '../../words/findings.ts';
import type { Ailment } from './profile-healing.ts';

/** @param storable whether the healed profile may be written; without that nothing of it is repaired */
export function tellAilment(subject: string, ailment: Ailment, storable: boolean): Finding {
  const fixable = ailment.cured && storable;
  const remedy = fixable ? {} : { remedy: 'codex-login' };
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
        ...(ailment.cured ? remedy : { remedy: 'two of them say different things: codex-login' }),
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
