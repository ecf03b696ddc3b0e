/**
 * What `openclaw.json` expects of the profiles that are stored, and where that is wrong. Pure.
 * The file is the room `openclaw`'s; here is only what it comes to.
 */

import { type Finding, finding } from '../../words/findings.ts';
import { entryOf } from '../edits/order.ts';
import type { AuthProfiles } from '../profile-store.ts';
import { sameProvider } from '../provider-key.ts';
import type { RoutingConfiguration } from '../selection.ts';

/** What `auth.profiles[profileId]` must say. */
export interface ProfileCorrection {
  readonly profileId: string;
  readonly mode?: string;
  readonly provider?: string;
}

export function findInConfiguration(
  state: AuthProfiles,
  provider: string,
  configuration: RoutingConfiguration,
): { findings: (Finding & { correction: ProfileCorrection })[]; corrected: RoutingConfiguration } {
  const findings: (Finding & { correction: ProfileCorrection })[] = [];
  const profiles = { ...configuration.profiles };
  for (const [id, expected] of Object.entries(configuration.profiles ?? {})) {
    const stored = entryOf(state, id);
    if (stored === undefined || !sameProvider(stored.provider, provider)) continue;
    const type = String(stored.type ?? stored.mode ?? '');
    if (!sameProvider(expected.provider, provider)) {
      const correction = { profileId: id, provider };
      findings.push({ ...mismatch('configured-provider', id, `provider must be "${provider}"`), correction });
      profiles[id] = { ...profiles[id], provider };
    }
    const asGood = expected.mode === type || (expected.mode === 'oauth' && type === 'token');
    if (!asGood && ['oauth', 'token', 'api_key'].includes(type)) {
      const correction = { profileId: id, mode: type };
      findings.push({ ...mismatch('configured-mode', id, `mode must be "${type}"`), correction });
      profiles[id] = { ...profiles[id], mode: type };
    }
  }
  return { findings, corrected: { ...configuration, ...(configuration.profiles ? { profiles } : {}) } };
}

function mismatch(id: 'configured-mode' | 'configured-provider', subject: string, must: string): Finding {
  const what = id === 'configured-mode' ? 'kind of credential' : 'provider';
  return finding(id, {
    subject,
    message: `openclaw.json names another ${what} for this profile than the one that is stored: in auth.profiles its ${must}.`,
    reason: `OpenClaw never tries it (${id === 'configured-mode' ? 'mode' : 'provider'}_mismatch), whatever any order says.`,
    fixable: true,
  });
}
