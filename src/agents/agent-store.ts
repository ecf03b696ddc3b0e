/**
 * OpenClaw's own stores: the one that is meant, the other agents that follow it, and the gateway that serves from them.
 * It decides which of them a login reaches; how each is written, `store` and the SDK of OpenClaw decide.
 */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenClawConfiguration, readOpenClawConfiguration } from '../openclaw/configuration.ts';
import { assertWritable, findGeneration, storeProviderOf } from '../openclaw/generation.ts';
import { findInstallation, findNode, type Installation } from '../openclaw/installation.ts';
import {
  agentDirectories,
  listAgents,
  locateOpenClaw,
  MAIN_AGENT,
  normalizeAgentId,
  type OpenClawPlaces,
  realPath,
  type Surroundings,
} from '../openclaw/locate.ts';
import type { ProfileStore } from '../store/profile-store.ts';
import type { RoutingConfiguration } from '../store/selection.ts';
import type { Clock } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';
import { agentStores } from './agent-stores.ts';
import type { Follower, ReloadGateway } from './follow-login.ts';

/**
 * A store together with what bears on it: the provider's name there, what OpenClaw's configuration says, and who reads it
 * too.
 */
export interface CredentialStore {
  readonly store: ProfileStore;
  /** What this store calls the provider: `openai-codex` is `openai` from OpenClaw 2026.6 on. */
  readonly provider: string;
  /** Where profiles are that this store only inherits: the shared one of the same OpenClaw. */
  readonly inheritsFrom?: ProfileStore;
  /** What bears on routing besides the store itself, read anew at every call. */
  readonly configuration: () => Promise<RoutingConfiguration | undefined>;
  /** The other agents of the same OpenClaw, where all are meant. */
  readonly followers?: () => Promise<readonly Follower[]>;
  /** Makes a running gateway read again. */
  readonly gateway?: ReloadGateway;
  /** A thing worth knowing, e.g. that the generation was assumed. */
  readonly note?: string;
}

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
  const { agent, surroundings, clock } = request;
  const { environment } = surroundings;
  const places = locateOpenClaw(surroundings);
  const said = await readOpenClawConfiguration(places.configurationPath);
  const installation = findInstallation({ environment, directory: request.openclaw });
  const configured = said?.agentDirectories ?? {};
  const directories = agentDirectories(places, configured, surroundings, installation?.version);
  const directory = agent === undefined ? directories.shared : directories.of(agent);
  const finding = findGeneration({
    agentDirectory: directory,
    stateDirectory: places.stateDirectory,
    agentDirectories: [MAIN_AGENT, ...(said?.agents ?? [])].map(directories.ofTurn),
    installation,
  });
  assertWritable(finding, directory);

  const provider = storeProviderOf(request.provider, finding);
  const stores = agentStores({ finding, places, directories, installation, environment, clock });
  const configurationFor = (inheritsNothing: boolean) => async (): Promise<RoutingConfiguration> => ({
    ...(await readOpenClawConfiguration(places.configurationPath)),
    ...(inheritsNothing ? {} : { inherited: (await stores.shared.read()).state }),
  });
  const followerOf = (id: string): Follower => ({
    agent: id,
    store: stores.ofFollower(id),
    configuration: configurationFor(false),
  });
  const store = agent === undefined ? stores.shared : stores.of(agent);
  const isShared = store.info.location === stores.shared.info.location;
  const isKnown = [undefined, MAIN_AGENT, ...(said?.agents ?? [])].includes(agent && normalizeAgentId(agent));
  const notes = [
    ...(finding.from === 'assumed'
      ? ['no OpenClaw was found here, so the layout of versions up to 2026.4.5 is assumed']
      : []),
    ...(isKnown
      ? []
      : [
          `openclaw.json lists no agent "${foreignText(agent ?? '', 64)}", and OpenClaw runs only those it lists`,
        ]),
  ];
  return {
    store,
    provider,
    ...(isShared ? {} : { inheritsFrom: stores.shared }),
    configuration: configurationFor(isShared),
    gateway: gatewayOf(places, said, installation, environment),
    ...(agent === undefined
      ? {
          followers: async () => {
            const agents = [MAIN_AGENT, ...listAgents(places, Object.keys(configured))].map(followerOf);
            // By whatever names it is reached, a store is edited once: what is main's is no copy of main's.
            const files = [stores.shared, ...agents.map(({ store }) => store)].map(({ info }) =>
              realPath(info.location),
            );
            return agents.filter((_, index) => files.indexOf(files[index + 1] ?? '') === index + 1);
          },
        }
      : {}),
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  };
}

function gatewayOf(
  places: OpenClawPlaces,
  said: OpenClawConfiguration | undefined,
  installation: Installation | undefined,
  environment: Surroundings['environment'],
): ReloadGateway {
  return async (signal) => {
    const { reloadGateway } = await import('../openclaw/gateway.ts');
    return reloadGateway({
      configurationPath: places.configurationPath,
      port: said?.gatewayPort,
      program:
        installation &&
        (async () => ({
          node: (await findNode(installation, environment)).path,
          script: installation.script,
        })),
      environment,
      signal,
      temporaryDirectories: [join(places.stateDirectory, 'tmp'), tmpdir()],
    });
  };
}
