/**
 * The repairs themselves, in their order: the file, `openclaw.json`, the store in one commit, and while it is locked the other
 * agents and the gateway. What is a fault was decided before; what is left is looked at after.
 */

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Finding } from '../findings.ts';
import { parseJson5 } from '../openclaw/configuration-file.ts';
import type { GatewayOutcome } from '../openclaw/gateway.ts';
import { repairFile } from '../store/file-repairs.ts';
import { findInState, repairState } from '../store/findings.ts';
import type { AuthProfiles } from '../store/profile-store.ts';
import { type Backup, commitRepair } from '../store/repair-commit.ts';
import { takeSidecarLock } from '../store/sidecar-lock.ts';
import { readAgents } from './agents.ts';
import { type Examined, look } from './examination.ts';
import type { DoctorSettings } from './options.ts';
import { judgementOf, repairConfiguration } from './plan.ts';

export interface Repairs {
  readonly repaired: readonly Finding[];
  readonly backups: readonly Backup[];
  readonly gateway: GatewayOutcome | undefined;
}

/** @throws StoreError: what was not repaired yet is as it was */
export async function makeRepairs(before: Examined, settings: DoctorSettings): Promise<Repairs> {
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
  return { repaired, backups, gateway };
}

async function seenAgain({ opened, seen }: Examined, settings: DoctorSettings): Promise<Examined['seen']> {
  if (!opened) return undefined;
  return (await look(opened, settings, [])) ?? seen;
}

/** Each agent's store in a commit of its own, judged against main as it is stored now. One that fails stays as it was. */
async function repairAgents({ opened }: Examined, settings: DoctorSettings): Promise<Backup[]> {
  const main = opened && (await look(opened, settings, []));
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
