/**
 * The repairs themselves, in their order: the file, `openclaw.json`, the store in one commit, and while it is locked the other
 * agents and the gateway. What is a fault was decided before; what is left is looked at after.
 */

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import type { CredentialStore } from '../agents/credential-store.ts';
import { parseJson5 } from '../openclaw/configuration-file.ts';
import type { GatewayOutcome } from '../openclaw/gateway.ts';
import { findInState, repairState } from '../store/examination/findings.ts';
import { repairFile } from '../store/file/file-repairs.ts';
import { type Backup, commitRepair } from '../store/file/repair-commit.ts';
import { takeSidecarLock } from '../store/file/sidecar-lock.ts';
import type { AuthProfiles } from '../store/profile-store.ts';
import { LoginError, StoreError } from '../words/errors.ts';
import type { Finding } from '../words/findings.ts';
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
  const { opened } = before;
  if (opened === undefined) return { repaired, backups, gateway };

  const { kind, location } = opened.store.info;
  if (kind === 'file')
    backups.push(...(await allowed(location, () => repairText(before, repaired, settings))));
  // A configuration that is kept elsewhere, and read-only here, is no reason to leave the store as it is.
  const configured = await allowed(before.configurationPath ?? location, () =>
    repairConfiguration(before, settings.clock.now()),
  ).catch((refused: unknown) => ({ refused }));
  if (!('refused' in configured)) backups.push(...configured);

  // Looked at anew: what could not be read before may be read now.
  const seen = (await look(opened, settings, [])) ?? before.seen;
  if (seen) {
    const whileLocked = async () => {
      backups.push(...(await repairAgents(opened, settings)));
      if (before.findings.some(({ id }) => id === 'gateway-running')) gateway = await opened.gateway?.();
    };
    const find = (state: AuthProfiles) => findInState({ ...seen, state });
    const done = await commitRepair(opened.store, find, { signal: settings.signal, whileLocked });
    if (done) {
      backups.unshift(...done.backups);
      repaired.push(...done.repaired);
    } else await underLock(opened, settings, whileLocked);
  }
  if ('refused' in configured) throw configured.refused;
  return { repaired, backups, gateway };
}

/** The store's file: who may read it, its lock, and a text that is none, whose repair is written with it. */
async function repairText(
  before: Examined,
  repaired: Finding[],
  settings: DoctorSettings,
): Promise<Backup[]> {
  const judge = await judgementOf(before);
  const mend = (state: AuthProfiles) => {
    const done = repairState(state, (one) => findInState({ ...judge, state: one }));
    repaired.push(...done.repaired);
    return done.next;
  };
  return repairFile(before.store, before.findings, { ...settings, parseLoosely: parseJson5, mend });
}

/** What the system refuses, in a sentence. */
async function allowed<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof LoginError || !(thrown instanceof Error && 'code' in thrown)) throw thrown;
    throw new StoreError('ERR_STORE_IO', {
      store: file,
      summary: `The system does not let this file be repaired (${String(thrown.code)}): ${file}.`,
      hint: 'Check who owns the file and its directory, and run the command again. What else could be repaired was.',
    });
  }
}

/** Each agent's store in a commit of its own, judged against main as it is stored now. One that fails stays as it was. */
async function repairAgents(opened: CredentialStore, settings: DoctorSettings): Promise<Backup[]> {
  const main = await look(opened, settings, []);
  if (!main) return [];
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
  { store, gateway }: CredentialStore,
  settings: DoctorSettings,
  work: () => Promise<void>,
): Promise<void> {
  const { kind, location } = store.info;
  if (kind !== 'file' || gateway === undefined || !existsSync(dirname(location))) return work();
  const lock = await takeSidecarLock(location, settings);
  try {
    await work();
  } finally {
    lock.release();
  }
}
