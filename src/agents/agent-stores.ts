/**
 * The store of each agent of one OpenClaw, in the layout of its generation: files (A, B), or databases through the installed
 * package's SDK (C, D). It knows where each is; which of them are written, `agent-store` decides.
 */

import { join } from 'node:path';
import { type Generation, type GenerationFinding, sharedDatabase } from '../openclaw/generation.ts';
import { findNode, type Installation } from '../openclaw/installation.ts';
import type { AgentDirectories, OpenClawPlaces } from '../openclaw/locate.ts';
import { REFRESH_LOCK_STALE_MS, refreshLockTarget } from '../openclaw/refresh-lock.ts';
import { openSdkProcess } from '../openclaw/sdk-process.ts';
import { openSdkStore } from '../openclaw/sdk-store.ts';
import { assertChanges } from '../store/changes.ts';
import { openFileStore } from '../store/file/file-store.ts';
import { nodeFileSystem } from '../store/file/file-system.ts';
import { assertWritable } from '../store/file/writable.ts';
import type { ProfileStore } from '../store/profile-store.ts';
import { storeFailure } from '../store/store-failure.ts';
import { StoreError } from '../words/errors.ts';
import type { Clock, Environment } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';

/** Main's lock is held meanwhile, and goes stale after 30 s. */
const FOLLOWER_LOCK_WAIT_MS = 5_000;

export interface AgentStores {
  /** The store that every agent inherits from. */
  readonly shared: ProfileStore;
  of(agent: string): ProfileStore;
  /** The same, for a commit within another's lock. */
  ofFollower(agent: string): ProfileStore;
}

export interface AgentStoresRequest {
  readonly finding: GenerationFinding;
  readonly places: OpenClawPlaces;
  readonly directories: AgentDirectories;
  readonly installation: Installation | undefined;
  readonly environment: Environment;
  readonly clock: Clock;
}

export function agentStores(request: AgentStoresRequest): AgentStores {
  const { generation } = request.finding;
  return generation === 'C' || generation === 'D'
    ? databases({ ...request, generation })
    : files({ ...request, generation });
}

function files({
  generation,
  places,
  directories,
  clock,
}: AgentStoresRequest & { generation: Generation }): AgentStores {
  const pathIn = (directory: string) => join(directory, 'auth-profiles.json');
  const mainPath = pathIn(directories.shared);
  // Versions before 2026.4.2x do not know it, and which one runs beside us is not always known.
  const refreshLock = ({ provider, profileId }: { provider: string; profileId: string }) => ({
    path: refreshLockTarget(places.stateDirectory, provider, profileId),
    staleAfterMs: REFRESH_LOCK_STALE_MS,
  });
  const open = (directory: string, lockWaitMs?: number) => {
    const path = pathIn(directory);
    const inherits = path === mainPath ? undefined : mainPath;
    const statePath = generation === 'B' ? join(directory, 'auth-state.json') : undefined;
    return openFileStore(path, { clock, generation, inherits, statePath, lockWaitMs, refreshLock });
  };
  return {
    shared: open(directories.shared),
    of: (agent) => open(directories.of(agent)),
    ofFollower: (agent) => open(directories.ofTurn(agent), FOLLOWER_LOCK_WAIT_MS),
  };
}

function databases(request: AgentStoresRequest & { generation: 'C' | 'D' }): AgentStores {
  const { generation, places, directories, installation, environment, clock } = request;
  if (installation === undefined) throw new Error('A database without its OpenClaw was let through.');
  const { directory, version } = installation;
  const sdk = openSdkProcess({
    directory,
    node: () => suitableNode(installation, environment, places),
    environment,
  });
  const open = (agentDirectory: string | undefined, location: string): ProfileStore =>
    openSdkStore({
      sdk,
      agentDirectory,
      location,
      generation,
      version,
      clock,
      assertWritable: (path) => assertWritableStore(path),
      async assertChanges(before, after) {
        const inherits = location !== shared.info.location;
        assertChanges(before, after, inherits ? (await shared.read()).state : undefined);
      },
    });
  const inside = (directory: string) => open(directory, join(directory, 'openclaw-agent.sqlite'));
  const shared: ProfileStore =
    generation === 'D'
      ? open(undefined, sharedDatabase(places.stateDirectory, directories.shared))
      : inside(directories.shared);
  return {
    shared,
    of(agent) {
      const own = directories.of(agent);
      if (generation === 'C' && own !== directories.usual(agent)) throw elsewhere(version, own);
      return inside(own);
    },
    ofFollower: (agent) => inside(directories.ofTurn(agent)),
  };
}

/** Its SDK, asked for such a directory, makes a database that the agent itself is then refused, or is refused the agent's. */
function elsewhere(version: string, directory: string): StoreError {
  return new StoreError('ERR_STORE_GENERATION', {
    store: directory,
    summary: `OpenClaw ${foreignText(version, 40)} knows the database of an agent by where it lies, and one that is written from here would not be the agent's own: ${directory}.`,
    hint: 'Nothing was written. Sign in without --agent: every agent uses what main has.',
  });
}

function assertWritableStore(path: string): void {
  try {
    assertWritable(path, nodeFileSystem);
  } catch (thrown) {
    throw storeFailure(path, thrown);
  }
}

/** The SDK needs what OpenClaw itself needs. */
async function suitableNode(
  installation: Installation,
  environment: Environment,
  { stateDirectory }: OpenClawPlaces,
): Promise<string> {
  const { path, version, suitable } = await findNode(installation, environment);
  if (suitable) return path;
  throw new StoreError('ERR_STORE_GENERATION', {
    store: stateDirectory,
    summary: `OpenClaw ${foreignText(installation.version, 40)} keeps its credentials in a database that only its own program opens, and that needs Node.js ${foreignText(installation.engines ?? '', 80)}: found ${foreignText(version ?? 'none', 40)}.`,
    hint: 'Put the Node.js that OpenClaw runs in first on PATH, and run this command again.',
  });
}
