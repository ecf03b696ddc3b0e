/** Cooldowns and lockouts: until when OpenClaw leaves a profile alone. Pure. */

import { finding } from '../../words/findings.ts';
import type { EpochMs } from '../../words/ports.ts';
import { clearWindows } from '../edits/login.ts';
import { entryOf } from '../edits/order.ts';
import type { AuthProfiles, UsageStats } from '../profile-store.ts';
import { sameProvider } from '../provider-key.ts';
import type { StateFinding } from './findings.ts';

export function findWindows(seen: { state: AuthProfiles; provider: string; now: EpochMs }): StateFinding[] {
  const { state, provider, now } = seen;
  return Object.entries<UsageStats | null>(state.usageStats ?? {}).flatMap(([id, stats]): StateFinding[] => {
    if (!sameProvider(entryOf(state, id)?.provider, provider)) return [];
    const edit = (current: AuthProfiles): AuthProfiles => ({
      ...current,
      usageStats: clearWindows(current.usageStats ?? {}, id),
    });
    const windows = [
      ['in-cooldown', 'cooldownUntil', 'It is in cooldown after failures'],
      ['disabled', 'disabledUntil', 'OpenClaw has locked it out after failures'],
    ] as const;
    return windows.flatMap(([name, field, what]) => {
      const until = stats?.[field];
      if (typeof until !== 'number' || !Number.isFinite(until) || until <= now) return [];
      return [
        {
          ...finding(name, {
            subject: id,
            message: `${what}, until ${timeOf(until)}.`,
            reason:
              'Until then every other profile is tried first, also where the failure was that of an older credential. OpenClaw sets it again should the failure come back.',
            fixable: true,
          }),
          edit,
        },
      ];
    });
  });
}

function timeOf(time: EpochMs): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? 'a time far away' : date.toISOString();
}
