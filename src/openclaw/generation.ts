/**
 * Which generation of OpenClaw's store this is, and what that generation calls the provider: told from what is on disk, then
 * from the installed package. A and B are files; C and D are databases, beside which a file would be read by nobody.
 * The boundaries were read in the published packages, from 2026.4.5 to 2026.9.6.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { StoreError } from '../words/errors.ts';
import { foreignText } from '../words/redact.ts';
import type { Installation } from './installation.ts';
import { isAtLeast } from './version.ts';

/** A: one file. B: order and lastGood may be in `auth-state.json`. C: the agent's database. D: a shared one beside it. */
export type Generation = 'A' | 'B' | 'C' | 'D';

export interface GenerationFinding {
  readonly generation: Generation;
  /** What it was told from; `assumed`: nothing on disk, and no OpenClaw in reach. */
  readonly from: 'disk' | 'package' | 'assumed';
  /** The version of the installed package, where there is one. */
  readonly version?: string;
  /** The installed OpenClaw keeps a database, and what is on disk are files of before: it refuses until they are moved. */
  readonly migrationPending?: true;
  /** The directory of another agent in which such files are: OpenClaw then refuses every agent. */
  readonly pendingIn?: string;
  /** What is on disk was written by a newer OpenClaw than the installed one, which does not read it. */
  readonly newerOnDisk?: true;
}

/** The first published versions with each layout, and the first that calls the provider `openai`. */
const FIRST_OF_B = [2026, 4, 7] as const;
const FIRST_OF_C = [2026, 6, 5] as const;
const FIRST_OF_D = [2026, 8, 0] as const;
const FIRST_WITH_OPENAI = [2026, 6, 0] as const;

export function findGeneration(places: {
  agentDirectory: string;
  stateDirectory?: string | undefined;
  /** The directories of the agents that this OpenClaw runs: those that its configuration lists, and main. */
  agentDirectories?: readonly string[] | undefined;
  /** The OpenClaw that is installed here, where one is in reach. */
  installation?: Pick<Installation, 'version'> | undefined;
}): GenerationFinding {
  const found = findOwnGeneration(places);
  if (found.generation !== 'D' || found.migrationPending || found.newerOnDisk) return found;
  const pendingIn = places.agentDirectories?.find(
    (directory) => directory !== places.agentDirectory && existsSync(join(directory, 'auth-profiles.json')),
  );
  return pendingIn === undefined ? found : { ...found, migrationPending: true, pendingIn };
}

function findOwnGeneration(places: Parameters<typeof findGeneration>[0]): GenerationFinding {
  const { agentDirectory, stateDirectory } = places;
  const version = places.installation?.version;
  const known = version === undefined ? {} : { version };
  const installed = version === undefined ? undefined : generationOf(version);
  const has = (name: string) => existsSync(join(agentDirectory, name));
  const onDisk = (generation: Generation): GenerationFinding => ({
    generation,
    from: 'disk',
    ...known,
    ...(installed !== undefined && installed < generation ? { newerOnDisk: true } : {}),
  });

  if (keepsShared(stateDirectory)) return onDisk('D');
  if (has('openclaw-agent.sqlite')) return onDisk(installed === 'D' ? 'D' : 'C');
  if (has('auth-state.json') || has('auth-profiles.json')) {
    if (installed === 'C' || installed === 'D')
      return { generation: installed, from: 'disk', ...known, migrationPending: true };
    const generation = has('auth-state.json') ? 'B' : (installed ?? 'A');
    return { generation, from: has('auth-state.json') || !installed ? 'disk' : 'package', ...known };
  }
  if (installed === undefined)
    return existsSync(stateDatabase(stateDirectory))
      ? { generation: 'C', from: 'disk' }
      : { generation: 'A', from: 'assumed' };
  return { generation: installed, from: 'package', ...known };
}

/**
 * What this OpenClaw calls a provider in its store, and so in profile ids: `openai-codex` became `openai` with 2026.6.0.
 * Every other provider keeps its name.
 */
export function storeProviderOf(
  provider: string,
  { generation, version }: Pick<GenerationFinding, 'generation' | 'version'>,
): string {
  if (provider !== 'openai-codex') return provider;
  const renamed =
    generation === 'C' ||
    generation === 'D' ||
    (version !== undefined && isAtLeast(version, FIRST_WITH_OPENAI));
  return renamed ? 'openai' : provider;
}

/**
 * What OpenClaw's own login stores beside the tokens, the e-mail and the account: the plan, from generation B on. The ID
 * token is in its list of fields, and its login never stores it.
 */
export function keepsPlan({ generation }: { readonly generation: string }): boolean {
  return generation === 'B' || generation === 'C' || generation === 'D';
}

/**
 * Refuses what this program cannot write so that OpenClaw reads it: databases without an OpenClaw in reach, or of a newer one
 * than is in reach, and files that OpenClaw must move first.
 * @throws StoreError `ERR_STORE_GENERATION` with the reason and the way out
 */
export function assertWritable(
  { generation, version, migrationPending, pendingIn, newerOnDisk }: GenerationFinding,
  agentDirectory: string,
): void {
  const which = version === undefined ? 'OpenClaw here' : `OpenClaw ${foreignText(version, 40)}`;
  const refuse = (summary: string, hint: string): never => {
    throw new StoreError('ERR_STORE_GENERATION', { store: agentDirectory, summary, hint });
  };
  if (migrationPending) {
    refuse(
      `${which} keeps its credentials in a database (generation ${generation}), and files of an older version are still in ${pendingIn ?? agentDirectory}: ${pendingIn === undefined ? 'it uses none of them' : 'it serves no agent'} until they are moved.`,
      'Nothing was written. Run openclaw doctor --fix, then this command again.',
    );
  }
  // Its SDK would make files beside the database: read by the older one only, and in the newer one's way.
  if (newerOnDisk) {
    refuse(
      `A newer OpenClaw keeps its credentials in a database here (generation ${generation}), and ${which}, which is the one in reach, does not read it.`,
      'Nothing was written. Install the newer version again, or name its package with --openclaw <dir>.',
    );
  }
  if ((generation === 'C' || generation === 'D') && version === undefined) {
    refuse(
      `${which} keeps its credentials in a database (generation ${generation}); a file beside it would be read by nobody, and can block it.`,
      'Nothing was written. Name its package with --openclaw <dir>, or sign in with OpenClaw itself: openclaw models auth login --provider openai.',
    );
  }
}

/** The layout that a version of OpenClaw writes. */
export function generationOf(version: string): Generation {
  if (isAtLeast(version, FIRST_OF_D)) return 'D';
  if (isAtLeast(version, FIRST_OF_C)) return 'C';
  return isAtLeast(version, FIRST_OF_B) ? 'B' : 'A';
}

/**
 * Whether the state database holds the shared credentials. It exists since 2026.6.1 for other things, so its name is no sign;
 * the mark is looked for in its bytes, because this program's own Node.js may have no SQLite.
 */
function keepsShared(stateDirectory: string | undefined): boolean {
  const path = stateDatabase(stateDirectory);
  return [path, `${path}-wal`].some((file) => {
    try {
      return readFileSync(file).includes('auth.sharedStore');
    } catch {
      return false;
    }
  });
}

/** The database that all agents share: of its own, or still main's where it was not moved there (generation D). */
export function sharedDatabase(stateDirectory: string, mainAgentDirectory: string): string {
  const mains = join(mainAgentDirectory, 'openclaw-agent.sqlite');
  return !keepsShared(stateDirectory) && existsSync(mains) ? mains : stateDatabase(stateDirectory);
}

function stateDatabase(stateDirectory: string | undefined): string {
  return stateDirectory === undefined ? '' : join(stateDirectory, 'state', 'openclaw.sqlite');
}
