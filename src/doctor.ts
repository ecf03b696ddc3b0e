/**
 * What is wrong, and putting it right: everything is looked at, a copy is put aside, one commit repairs the store, and everything
 * is looked at again. It holds the order of the steps; what is a fault, each room decides.
 */

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import { readAgents } from './doctor/agents.ts';
import { type Examined, examine, look } from './doctor/examination.ts';
import { type DoctorOptions, type DoctorSettings, doctorSettings } from './doctor/options.ts';
import {
  judgementOf,
  type PlannedChange,
  plannedChanges,
  repairConfiguration,
  withConfigurationPlan,
} from './doctor/plan.ts';
import { type Finding, finding, matters } from './findings.ts';
import { parseJson5 } from './openclaw/configuration-file.ts';
import type { GatewayOutcome } from './openclaw/gateway.ts';
import { repairFile } from './store/file-repairs.ts';
import { findInState, repairState } from './store/findings.ts';
import type { AuthProfiles } from './store/profile-store.ts';
import { type Backup, commitRepair } from './store/repair-commit.ts';
import { takeSidecarLock } from './store/sidecar-lock.ts';

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
  return diagnosisOf(await examineWithPlan(doctorSettings(options)));
}

/** What `repair()` would change; changes nothing. */
export async function planRepair(
  options: DoctorOptions = {},
): Promise<Diagnosis & { changes: PlannedChange[] }> {
  const examined = await examineWithPlan(doctorSettings(options));
  return { ...diagnosisOf(examined), changes: await plannedChanges(examined) };
}

/**
 * Repairs what can be repaired, after a copy of every file that changes: `openclaw.json` where a mode or a provider is wrong,
 * the store in one commit, then the other agents and a running gateway while it is locked.
 * @throws StoreError: what was not repaired yet is as it was
 */
export async function repair(options: DoctorOptions = {}): Promise<Repair> {
  const settings = doctorSettings(options);
  const before = await examineWithPlan(settings);
  const backups: Backup[] = [];
  const repaired: Finding[] = before.findings.filter(({ fixable }) => fixable);
  let gateway: GatewayOutcome | undefined;

  if (before.opened) {
    const { store } = before.opened;
    if (store.info.kind === 'file') {
      const judge = await judgementOf(before);
      const mend = (state: AuthProfiles) => {
        const done = repairState(state, (one) => findInState({ ...judge, state: one }));
        repaired.push(...done.repaired);
        return done.next;
      };
      const how = { ...settings, parseLoosely: parseJson5, mend };
      backups.push(...(await repairFile(store.info.location, before.findings, how)));
    }
    backups.push(...(await repairConfiguration(before, settings.clock.now())));
    // Looked at anew: what could not be read before may be read now.
    const seen = await seenAgain(before, settings);
    if (seen) {
      const find = (state: typeof seen.state) => findInState({ ...seen, state });
      const whileLocked = async () => {
        backups.push(...(await repairAgents(before, settings)));
        if (before.findings.some(({ id }) => id === 'gateway-running'))
          gateway = await before.opened?.gateway?.();
      };
      const done = await commitRepair(store, find, { signal: settings.signal, whileLocked });
      if (done) {
        backups.unshift(...done.backups);
        repaired.push(...done.repaired);
      } else await underLock(before, settings, whileLocked);
    }
  }
  return conclude(repaired, backups, gateway, await examineWithPlan(settings));
}

async function examineWithPlan(settings: DoctorSettings): Promise<Examined> {
  return withConfigurationPlan(await examine(settings));
}

async function seenAgain(
  { opened, seen, provider }: Examined,
  settings: DoctorSettings,
): Promise<Examined['seen']> {
  if (!opened) return undefined;
  return (await look(opened, provider, settings, [])) ?? seen;
}

/** Each agent's store in a commit of its own, judged against main as it is stored now. One that fails stays as it was. */
async function repairAgents({ opened, provider }: Examined, settings: DoctorSettings): Promise<Backup[]> {
  const main = opened && (await look(opened, provider, settings, []));
  if (!opened || !main) return [];
  const backups: Backup[] = [];
  for (const agent of await readAgents(opened, main)) {
    if ('unreadable' in agent) continue;
    const done = await commitRepair(agent.store, agent.find).catch(() => undefined);
    backups.push(...(done?.backups ?? []));
  }
  return backups;
}

/** Where main's store needs no repair, the others and the gateway are still served under its lock. */
async function underLock(
  { opened }: Examined,
  settings: DoctorSettings,
  work: () => Promise<void>,
): Promise<void> {
  const info = opened?.store.info;
  if (info?.kind !== 'file' || opened?.gateway === undefined || !existsSync(dirname(info.location)))
    return work();
  const lock = await takeSidecarLock(info.location, settings);
  try {
    await work();
  } finally {
    lock.release();
  }
}

function conclude(
  repaired: readonly Finding[],
  backups: readonly Backup[],
  gateway: GatewayOutcome | undefined,
  after: Examined,
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
      .map(({ id, severity, subject, message, reason, remedy, fixable }) => {
        const plain = { id, severity, subject, message, reason, remedy, fixable };
        return [key(plain), plain];
      }),
  );
  return {
    ...diagnosisOf({ ...after, findings: remaining }),
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

function diagnosisOf({ provider, store, generation, findings }: Examined): Diagnosis {
  // Edits and corrections are the story's own business.
  const plain = findings.map(({ id, severity, subject, message, reason, remedy, fixable }) => ({
    ...{ id, severity, subject, message, reason, remedy, fixable },
  }));
  return { provider, store, generation, findings: plain, healthy: !matters(plain) };
}
