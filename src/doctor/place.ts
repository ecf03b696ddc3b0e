/** Where the store that is meant is, by which layout OpenClaw reads it there, and whether a gateway serves from it. */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOpenClawConfiguration } from '../openclaw/configuration.ts';
import { isGatewayRunning } from '../openclaw/gateway.ts';
import { findGeneration, type GenerationFinding } from '../openclaw/generation.ts';
import { findInstallation } from '../openclaw/installation.ts';
import { agentDirectories, locateOpenClaw, MAIN_AGENT } from '../openclaw/locate.ts';
import { type Finding, finding } from '../words/findings.ts';
import type { DoctorSettings } from './options.ts';

/** Where OpenClaw keeps the store that is meant; undefined with a store of the caller's own. */
export interface Place {
  readonly directory: string;
  readonly stateDirectory: string;
  readonly configurationPath: string;
  readonly gatewayPort?: number | undefined;
  readonly layout: GenerationFinding;
}

export async function findPlace({
  store,
  where,
  agent,
  openclaw,
  surroundings,
}: DoctorSettings): Promise<Place | undefined> {
  if (store !== undefined || where !== 'openclaw') return undefined;
  const places = locateOpenClaw(surroundings);
  const { configurationPath, stateDirectory } = places;
  // That it cannot be read is told by whoever opens the store.
  const said = await readOpenClawConfiguration(configurationPath).catch(() => undefined);
  const { environment } = surroundings;
  const installation = findInstallation({ environment, directory: openclaw });
  const configured = said?.agentDirectories ?? {};
  const directories = agentDirectories(places, configured, surroundings, installation?.version);
  const directory = agent === undefined ? directories.shared : directories.of(agent);
  const layout = findGeneration({
    agentDirectory: directory,
    stateDirectory,
    agentDirectories: [MAIN_AGENT, ...(said?.agents ?? [])].map(directories.ofTurn),
    installation,
  });
  return { directory, stateDirectory, configurationPath, gatewayPort: said?.gatewayPort, layout };
}

export async function findGateway(
  { stateDirectory, configurationPath, gatewayPort: port }: Place,
  settings: DoctorSettings,
): Promise<Finding[]> {
  const { environment } = settings.surroundings;
  const temporaryDirectories = [join(stateDirectory, 'tmp'), tmpdir()];
  const running = await isGatewayRunning({ configurationPath, port, environment, temporaryDirectories });
  if (!running) return [];
  return [
    finding('gateway-running', {
      subject: configurationPath,
      message: 'A gateway is running. Which credentials it serves cannot be seen from here.',
      reason: 'It works from a snapshot: what was stored since it last read the file, it does not use.',
      remedy: 'openclaw secrets reload (or: codex-login doctor --fix, which asks it to)',
      fixable: true,
    }),
  ];
}
