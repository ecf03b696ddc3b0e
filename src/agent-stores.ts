/**
 * The store of each agent of one OpenClaw, in the layout of its generation: files (A, B), or databases through the installed
 * package's SDK (C, D). It knows where each is; which of them are written, `agent-store` decides.
 */

import { join } from 'node:path';

import { StoreError } from './errors.ts';
import { type Generation, type GenerationFinding, sharedDatabase } from './openclaw/generation.ts';
import { findNode, type Installation } from './openclaw/installation.ts';
import { MAIN_AGENT, type OpenClawPlaces } from './openclaw/locate.ts';
import { REFRESH_LOCK_STALE_MS, refreshLockTarget } from './openclaw/refresh-lock.ts';
import { openSdkProcess } from './openclaw/sdk-process.ts';
import { openSdkStore } from './openclaw/sdk-store.ts';
import type { Clock, Environment } from './ports.ts';
import { foreignText } from './redact.ts';
import { openFileStore } from './store/file-store.ts';
import { nodeFileSystem } from './store/file-system.ts';
import type { ProfileStore } from './store/profile-store.ts';
import { storeFailure } from './store/store-failure.ts';
import { assertWritable } from './store/writable.ts';

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
  readonly directoryOf: (agent: string) => string;
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
  directoryOf,
  clock,
}: AgentStoresRequest & { generation: Generation }): AgentStores {
  const pathOf = (agent: string) => join(directoryOf(agent), 'auth-profiles.json');
  const mainPath = pathOf(MAIN_AGENT);
  // Versions before 2026.4.2x do not know it, and which one runs beside us is not always known.
  const refreshLock = ({ provider, profileId }: { provider: string; profileId: string }) => ({
    path: refreshLockTarget(places.stateDirectory, provider, profileId),
    staleAfterMs: REFRESH_LOCK_STALE_MS,
  });
  const open = (agent: string, lockWaitMs?: number) => {
    const path = pathOf(agent);
    const inherits = path === mainPath ? undefined : mainPath;
    const statePath = generation === 'B' ? join(directoryOf(agent), 'auth-state.json') : undefined;
    return openFileStore(path, { clock, generation, inherits, statePath, lockWaitMs, refreshLock });
  };
  return {
    shared: open(MAIN_AGENT),
    of: (agent) => open(agent),
    ofFollower: (agent) => open(agent, FOLLOWER_LOCK_WAIT_MS),
  };
}

function databases(request: AgentStoresRequest & { generation: 'C' | 'D' }): AgentStores {
  const { generation, places, directoryOf, installation, environment, clock } = request;
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
        const { assertChanges } = await import('./store/schema.ts');
        const inherits = location !== shared.info.location;
        assertChanges(before, after, inherits ? (await shared.read()).state : undefined);
      },
    });
  const of = (agent: string) => {
    const own = directoryOf(agent);
    return open(own, join(own, 'openclaw-agent.sqlite'));
  };
  const shared: ProfileStore =
    generation === 'D'
      ? open(undefined, sharedDatabase(places.stateDirectory, directoryOf(MAIN_AGENT)))
      : of(MAIN_AGENT);
  return { shared, of, ofFollower: of };
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
