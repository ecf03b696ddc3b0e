/**
 * What a repair changes besides the store's own commit, and how all of it would look: `openclaw.json` with every comment kept,
 * and the differences that `--dry-run` shows.
 */

import { readFileSync } from 'node:fs';
import { type ConfigurationEdit, editConfiguration } from '../openclaw/configuration-edit.ts';
import { parseJson5 } from '../openclaw/configuration-file.ts';
import { findInState, repairState } from '../store/examination/findings.ts';
import { maskedDifference } from '../store/examination/masked-difference.ts';
import { replaceFile } from '../store/file/atomic-write.ts';
import { backUp } from '../store/file/backup.ts';
import { findInText } from '../store/file/file-findings.ts';
import { meantBy } from '../store/file/file-repairs.ts';
import type { Backup } from '../store/file/repair-commit.ts';
import type { AuthProfiles } from '../store/profile-store.ts';
import type { Finding } from '../words/findings.ts';
import type { EpochMs } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';
import { readAgents } from './agents.ts';
import type { Examined } from './examination.ts';

/** A change of a file, as unified text with every secret masked. */
export interface PlannedChange {
  readonly file: string;
  readonly difference: string;
}

/** The same, where a correction of `openclaw.json` that has to be made by hand says so. */
export async function withConfigurationPlan(examined: Examined): Promise<Examined> {
  const { configurationPath, seen } = examined;
  const corrections = correctionsOf(seen);
  if (corrections.length === 0) return examined;
  const { byHand } =
    configurationPath === undefined
      ? { byHand: corrections.map(({ profileId }) => ({ profileId, path: 'openclaw.json' })) }
      : await editConfiguration(configurationPath, corrections);
  const findings = examined.findings.map((one): Finding => {
    const hand = byHand.find(({ profileId }) => profileId === one.subject);
    return hand && one.id.startsWith('configured-') && 'correction' in one
      ? {
          ...one,
          fixable: false,
          remedy: `correct or remove the entry in auth.profiles by hand, in ${hand.path}`,
        }
      : one;
  });
  return { ...examined, findings };
}

/** Writes the corrections of `openclaw.json`, after a copy. */
export async function repairConfiguration(
  { configurationPath, seen }: Examined,
  now: EpochMs,
): Promise<Backup[]> {
  const backups: Backup[] = [];
  for (const { path, before, after } of await editsOf(configurationPath, seen)) {
    // Somebody who edits the file at this moment keeps what was edited.
    if (readFileSync(path, 'utf8') !== before) continue;
    backups.push({ file: path, backup: backUp(path, before, now) });
    const replaced = replaceFile(path, after);
    if (replaced.outcome === 'unconfirmed') throw replaced.error;
  }
  return backups;
}

/** Every change that a repair would make to the content of a file. */
export async function plannedChanges(examined: Examined): Promise<PlannedChange[]> {
  const { opened, seen, store: file, configurationPath } = examined;
  if (opened === undefined) return [];
  const changes: PlannedChange[] = (await editsOf(configurationPath, seen)).map(configurationChange);
  const replaced =
    seen === undefined && opened.store.info.kind === 'file'
      ? await findInText(file, parseJson5).catch(() => undefined)
      : undefined;
  const before = seen?.state ?? (replaced && meantBy(replaced));
  if (before === undefined) return changes;
  const main = { ...(seen ?? (await judgementOf(examined))), state: before };
  const next = repairState(before, (state) => findInState({ ...main, state })).next;
  if (replaced !== undefined) changes.push({ file, difference: setAside(file, next) });
  else changes.push(...changed(file, before, next));
  for (const agent of await readAgents(opened, { ...main, state: next })) {
    if ('unreadable' in agent) continue;
    changes.push(
      ...changed(agent.store.info.location, agent.state, repairState(agent.state, agent.find).next),
    );
  }
  return changes;
}

/** By what a state is judged that could not be read as it is. */
export async function judgementOf({ opened, provider, judge }: Examined) {
  const configuration = await opened?.configuration().catch(() => undefined);
  return { ...judge, provider, configuration };
}

function correctionsOf(seen: Examined['seen']) {
  return (seen?.findings ?? []).flatMap(({ correction }) => (correction === undefined ? [] : [correction]));
}

async function editsOf(path: string | undefined, seen: Examined['seen']): Promise<ConfigurationEdit[]> {
  const corrections = correctionsOf(seen);
  return path === undefined || corrections.length === 0
    ? []
    : (await editConfiguration(path, corrections)).edits;
}

function changed(file: string, before: AuthProfiles, after: AuthProfiles): PlannedChange[] {
  const difference = maskedDifference(file, before, after);
  return difference === '' ? [] : [{ file, difference }];
}

/** Nothing of a text that cannot be read is shown: it may hold tokens anywhere. */
function setAside(file: string, after: AuthProfiles): string {
  return maskedDifference(`${file} (what was there is kept beside it)`, undefined, after);
}

/** Only the words that change are shown: the rest of the file may be secret. */
function configurationChange({ path, changes }: ConfigurationEdit): PlannedChange {
  const lines = changes.flatMap(({ profileId, field, from, to }) => [
    `@@ auth.profiles[${JSON.stringify(foreignText(profileId))}] @@`,
    ...(from === undefined ? [] : [`-${field}: ${JSON.stringify(foreignText(String(from), 40))}`]),
    `+${field}: ${JSON.stringify(to)}`,
  ]);
  return { file: path, difference: [`--- ${path}`, `+++ ${path}`, ...lines].join('\n') };
}
