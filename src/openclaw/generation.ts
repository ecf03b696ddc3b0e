/**
 * Which generation of OpenClaw's store this is: told from what is on disk, else from the installed package.
 * A and B are files that may be written; C and D are databases, beside which a JSON file would be read by nobody.
 */

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import { StoreError } from '../errors.ts';
import type { Environment } from '../ports.ts';
import { foreignText } from '../redact.ts';

/** A: one file. B: order and lastGood may be in `auth-state.json`. C: the agent's database. D: a shared one. */
export type Generation = 'A' | 'B' | 'C' | 'D';

export interface GenerationFinding {
  readonly generation: Generation;
  /** What it was told from; `assumed`: nothing on disk, and no OpenClaw in reach. */
  readonly from: 'disk' | 'package' | 'assumed';
  /** The version of the installed package, where it decided. */
  readonly version?: string;
}

/** The first versions of B and C, as [year, month, patch]. */
const FIRST_OF_B = [2026, 4, 22] as const;
const FIRST_OF_C = [2026, 6, 0] as const;
const FIRST_OF_D = [2026, 8, 0] as const;

export function findGeneration(directories: {
  agentDirectory: string;
  stateDirectory?: string | undefined;
  environment?: Environment | undefined;
}): GenerationFinding {
  const { agentDirectory, stateDirectory, environment } = directories;
  if (stateDirectory !== undefined && existsSync(join(stateDirectory, 'state', 'openclaw.sqlite')))
    return { generation: 'D', from: 'disk' };
  if (existsSync(join(agentDirectory, 'openclaw-agent.sqlite'))) return { generation: 'C', from: 'disk' };
  if (existsSync(join(agentDirectory, 'auth-state.json'))) return { generation: 'B', from: 'disk' };
  const version = environment && installedVersion(environment);
  if (version === undefined)
    return {
      generation: 'A',
      from: existsSync(join(agentDirectory, 'auth-profiles.json')) ? 'disk' : 'assumed',
    };
  return { generation: generationOf(version), from: 'package', version };
}

/**
 * Refuses what cannot be written in one rename that OpenClaw then reads.
 * @throws StoreError `ERR_STORE_GENERATION` with the reason and the way out
 */
export function assertWritable(finding: GenerationFinding, agentDirectory: string, provider: string): void {
  const { generation, version } = finding;
  if (generation === 'C' || generation === 'D') {
    const which = version === undefined ? 'OpenClaw here' : `OpenClaw ${foreignText(version, 40)}`;
    throw new StoreError('ERR_STORE_GENERATION', {
      store: agentDirectory,
      summary: `${which} keeps its credentials in a database (generation ${generation}); a file beside it would be read by nobody, and can block it.`,
      hint: 'Nothing was written. Sign in with OpenClaw itself: openclaw models auth login --provider openai.',
    });
  }
  const state =
    generation === 'B' ? stateNaming(join(agentDirectory, 'auth-state.json'), provider) : undefined;
  if (state === undefined) return;
  throw new StoreError('ERR_STORE_GENERATION', {
    store: agentDirectory,
    summary: `OpenClaw keeps ${state} for ${provider} in auth-state.json, which wins over the file that this login writes (generation B).`,
    hint: `Nothing was written. Sign in with OpenClaw itself: openclaw models auth login --provider ${provider}.`,
  });
}

/** What the state file says about a provider; undefined where it leaves it to `auth-profiles.json`. */
function stateNaming(path: string, provider: string): string | undefined {
  let state: unknown;
  try {
    state = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return error instanceof SyntaxError ? 'something that cannot be read' : undefined;
  }
  const own = (part: string) => {
    const entries: unknown =
      typeof state === 'object' && state !== null ? (state as Record<string, unknown>)[part] : undefined;
    return typeof entries === 'object' && entries !== null
      ? Object.keys(entries).map((key) => key.trim().toLowerCase())
      : [];
  };
  const named = provider.toLowerCase();
  if (own('order').includes(named)) return 'an order';
  if (own('lastGood').includes(named)) return 'the last good profile';
  return own('usageStats').some((id) => id.startsWith(`${named}:`)) ? 'usage and cooldowns' : undefined;
}

function generationOf(version: string): Generation {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
  const from = (first: readonly number[]) => {
    const index = first.findIndex((part, at) => part !== (parts[at] ?? 0));
    return index === -1 || (parts[index] ?? 0) > (first[index] ?? 0);
  };
  if (from(FIRST_OF_D)) return 'D';
  if (from(FIRST_OF_C)) return 'C';
  return from(FIRST_OF_B) ? 'B' : 'A';
}

/** The version of the OpenClaw that the person's shell would start. */
function installedVersion({ PATH = '' }: Environment): string | undefined {
  const program = PATH.split(delimiter)
    .filter((directory) => directory !== '')
    .flatMap((directory) => ['openclaw', 'openclaw.cmd'].map((name) => join(directory, name)))
    .find((path) => existsSync(path));
  if (program === undefined) return undefined;
  // npm links the program into its package; on Windows a script beside node_modules starts it.
  const linked = realpathSync(program);
  const candidates = [
    dirname(linked),
    dirname(dirname(linked)),
    join(dirname(program), 'node_modules', 'openclaw'),
  ];
  for (const directory of candidates) {
    try {
      const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Record<
        string,
        unknown
      >;
      if (manifest.name === 'openclaw' && typeof manifest.version === 'string') return manifest.version;
    } catch {
      // Not its directory: look at the next.
    }
  }
  return undefined;
}
