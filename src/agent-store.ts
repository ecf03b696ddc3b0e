/**
 * OpenClaw's own stores: the one that is meant, the other agents that follow it, and the gateway that serves from them.
 * It decides which of them a login reaches; how each is written, `store` decides.
 */

import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CredentialStore } from './credential-store.ts';
import type { Follower, ReloadGateway } from './follow-login.ts';
import { type OpenClawConfiguration, readOpenClawConfiguration } from './openclaw/configuration.ts';
import { assertWritable, findGeneration } from './openclaw/generation.ts';
import { findInstallation, findNode } from './openclaw/installation.ts';
import {
  agentDirectory,
  listAgents,
  locateOpenClaw,
  MAIN_AGENT,
  normalizeAgentId,
  type OpenClawPlaces,
  type Surroundings,
} from './openclaw/locate.ts';
import type { Clock } from './ports.ts';
import { openFileStore } from './store/file-store.ts';
import type { AuthProfiles } from './store/profile-store.ts';
import type { RoutingConfiguration } from './store/selection.ts';

const FILE_NAME = 'auth-profiles.json';
/** Main's lock is held meanwhile, and goes stale after 30 s. */
const FOLLOWER_LOCK_WAIT_MS = 5_000;

export interface AgentStoreRequest {
  /** The one agent that is meant; undefined: main, and every other follows. */
  agent: string | undefined;
  /** `--openclaw`. */
  openclaw: string | undefined;
  provider: string;
  clock: Clock;
  surroundings: Surroundings;
}

/** @throws StoreError `ERR_STORE_GENERATION`, `ERR_STORE_CORRUPT` (a broken openclaw.json); LoginError `ERR_USAGE` */
export async function openAgentStore(request: AgentStoreRequest): Promise<CredentialStore> {
  const { agent, provider, clock, surroundings } = request;
  const places = locateOpenClaw(surroundings);
  const said = await readOpenClawConfiguration(places.configurationPath);
  const directoryOf = (id: string) =>
    agentDirectory(id, places, said?.agentDirectories[normalizeAgentId(id)], surroundings);
  const pathOf = (id: string) => join(directoryOf(id), FILE_NAME);
  const { environment } = surroundings;
  const directory = directoryOf(agent ?? MAIN_AGENT);
  const finding = findGeneration({
    agentDirectory: directory,
    stateDirectory: places.stateDirectory,
    environment,
  });
  assertWritable(finding, directory, provider);

  const mainPath = pathOf(MAIN_AGENT);
  const configurationFor = (path: string) => async (): Promise<RoutingConfiguration> => ({
    ...routing(await readOpenClawConfiguration(places.configurationPath)),
    ...(path === mainPath ? {} : { inherited: await readOther(mainPath, clock) }),
  });
  const followerOf = (id: string): Follower => {
    const path = pathOf(id);
    const options = {
      clock,
      generation: finding.generation,
      inherits: mainPath,
      lockWaitMs: FOLLOWER_LOCK_WAIT_MS,
    };
    return { agent: id, store: openFileStore(path, options), configuration: configurationFor(path) };
  };
  const path = pathOf(agent ?? MAIN_AGENT);
  return {
    store: openFileStore(path, {
      clock,
      generation: finding.generation,
      ...(path === mainPath ? {} : { inherits: mainPath }),
    }),
    configuration: configurationFor(path),
    gateway: gatewayOf(places, said, request),
    ...(agent === undefined
      ? {
          followers: async () =>
            listAgents(places, Object.keys(said?.agentDirectories ?? {}))
              .map(followerOf)
              .filter(({ store }) => store.info.location !== mainPath),
        }
      : {}),
    ...(finding.from === 'assumed'
      ? { note: 'no OpenClaw was found here, so the layout of versions up to 2026.4.21 is assumed' }
      : {}),
  };
}

function gatewayOf(
  places: OpenClawPlaces,
  said: OpenClawConfiguration | undefined,
  request: AgentStoreRequest,
): ReloadGateway {
  const { environment } = request.surroundings;
  return async () => {
    const { reloadGateway } = await import('./openclaw/gateway.ts');
    const installation = findInstallation({ environment, directory: request.openclaw });
    const own = { path: process.execPath, version: process.versions.node };
    return reloadGateway({
      configurationPath: places.configurationPath,
      port: said?.gatewayPort,
      program:
        installation &&
        (async () => ({
          node: (await findNode(installation, environment, own)).path,
          script: join(installation.directory, 'openclaw.mjs'),
        })),
      environment,
      temporaryDirectory: tmpdir(),
    });
  };
}

/** What an `openclaw.json` says, as the resolver needs it. */
export function routing(said: OpenClawConfiguration | undefined): RoutingConfiguration {
  if (said === undefined) return {};
  const { order, profiles, defaultModel } = said;
  return { order, profiles, ...(defaultModel === undefined ? {} : { defaultModel }) };
}

async function readOther(path: string, clock: Clock): Promise<AuthProfiles> {
  const { state } = await openFileStore(path, { clock }).read();
  return state;
}
