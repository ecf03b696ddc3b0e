/**
 * What is wrong, and putting it right: everything is looked at, a copy is put aside, one commit repairs the store, and everything
 * is looked at again. It holds the order of the steps; what is a fault, each room decides.
 */

import { addressed } from './doctor/address.ts';
import { type Examined, examine } from './doctor/examination.ts';
import { type DoctorOptions, type DoctorSettings, doctorSettings } from './doctor/options.ts';
import { type PlannedChange, plannedChanges, withConfigurationPlan } from './doctor/plan.ts';
import { makeRepairs, type Repairs } from './doctor/repairs.ts';
import type { GatewayOutcome } from './openclaw/gateway.ts';
import type { Backup } from './store/file/repair-commit.ts';
import { type Finding, finding, matters } from './words/findings.ts';

export type { DoctorOptions } from './doctor/options.ts';
export type { PlannedChange } from './doctor/plan.ts';

/** What is wrong, now. Holds no secret. */
export interface Diagnosis {
  readonly provider: string;
  readonly store: string;
  readonly generation: string;
  readonly findings: readonly Finding[];
  /** Whether nothing was found that is more than worth knowing. */
  readonly healthy: boolean;
}

/** What was put right, and what is left. */
export interface Repair extends Diagnosis {
  /** Gone now; `findings` are those that remain. */
  readonly fixed: readonly Finding[];
  /** Where the bytes are that were there before. */
  readonly backups: readonly Backup[];
  /** What became of a running gateway; missing where it was not asked. */
  readonly gateway?: GatewayOutcome['state'];
}

/** Looks at everything and changes nothing. @throws LoginError `ERR_USAGE` */
export async function diagnose(options: DoctorOptions = {}): Promise<Diagnosis> {
  return looking(options, async (examined, settings) => diagnosisOf(examined, settings));
}

/** What `repair()` would change; changes nothing. */
export async function planRepair(
  options: DoctorOptions = {},
): Promise<Diagnosis & { changes: PlannedChange[] }> {
  return looking(options, async (examined, settings) => ({
    ...diagnosisOf(examined, settings),
    changes: await plannedChanges(examined),
  }));
}

/**
 * Repairs what can be repaired, after a copy of every file that changes: `openclaw.json` where a mode or a provider is wrong,
 * the store in one commit, then the other agents and a running gateway while it is locked.
 * @throws StoreError: what was not repaired yet is as it was
 */
export async function repair(options: DoctorOptions = {}): Promise<Repair> {
  const done = await looking(options, makeRepairs);
  // With everything opened anew: what is told as repaired was read again.
  return looking(options, async (after, settings) => conclude(done, after, settings));
}

/** Looks, lets `then` work with what was opened, and closes it; a store of the caller's own stays open. */
async function looking<T>(
  options: DoctorOptions,
  then: (examined: Examined, settings: DoctorSettings) => Promise<T>,
): Promise<T> {
  const settings = await doctorSettings(options);
  let examined: Examined | undefined;
  try {
    examined = await withConfigurationPlan(await examine(settings));
    return await then(examined, settings);
  } finally {
    if (settings.store === undefined) await examined?.opened?.store.close();
    await settings.close();
  }
}

function conclude(
  { repaired, backups, gateway }: Repairs,
  after: Examined,
  settings: DoctorSettings,
): Repair {
  const remaining = after.findings.flatMap((one) => {
    if (one.id !== 'gateway-running' || gateway === undefined) return [one];
    return gateway.state === 'stale' ? [stale(one, gateway.hint)] : [];
  });
  const key = ({ id, subject }: Finding) => `${id}\n${subject}`;
  const left = new Set(remaining.map(key));
  const reloadFailed = remaining.some(({ id }) => id === 'gateway-stale');
  const fixed = new Map(
    repaired
      .filter((one) => !left.has(key(one)) && !(reloadFailed && one.id === 'gateway-running'))
      .map((one) => [key(one), told(one, settings)]),
  );
  return {
    ...diagnosisOf({ ...after, findings: remaining }, settings),
    fixed: [...fixed.values()],
    backups,
    ...(gateway === undefined ? {} : { gateway: gateway.state }),
  };
}

function stale({ subject }: Finding, hint: string): Finding {
  return finding('gateway-stale', {
    subject,
    message: 'A gateway is running, and did not confirm that it has read the credentials again.',
    reason: 'It may go on with an old credential, and write it back over the new one.',
    remedy: hint,
  });
}

function diagnosisOf(examined: Examined, settings: DoctorSettings): Diagnosis {
  const { provider, store, generation } = examined;
  const findings = examined.findings.map((one) => told(one, settings));
  return { provider, store, generation, findings, healthy: !matters(findings) };
}

/** Edits and corrections are the story's own business. */
function told(one: Finding, settings: DoctorSettings): Finding {
  const { id, severity, subject, message, reason, fixable } = one;
  return { id, severity, subject, message, reason, remedy: addressed(one.remedy, settings), fixable };
}
