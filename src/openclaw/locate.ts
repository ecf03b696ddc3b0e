/**
 * Where OpenClaw keeps things on this machine, found as OpenClaw finds them.
 * It decides paths from the environment, the home directory, the version and what exists; it reads no file.
 */

import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import type { Environment } from '../words/ports.ts';
import { isAtLeast } from './version.ts';

/** The agent that OpenClaw itself falls back to. */
export const MAIN_AGENT = 'main';

/** What OpenClaw's places depend on. */
export interface Surroundings {
  readonly environment: Environment;
  /** The user's home directory by the system's account of it. */
  readonly homeDirectory: () => string;
}

export interface OpenClawPlaces {
  readonly stateDirectory: string;
  /** The configuration file, whether it exists or not. */
  readonly configurationPath: string;
}

/** The state directory and the configuration file (`OPENCLAW_STATE_DIR`, `OPENCLAW_PROFILE`, `OPENCLAW_CONFIG_PATH`). */
export function locateOpenClaw(surroundings: Surroundings): OpenClawPlaces {
  const stateDirectory = stateDirectoryOf(surroundings);
  return { stateDirectory, configurationPath: configurationPathOf(stateDirectory, surroundings) };
}

export interface AgentDirectories {
  /** Of the store that every agent inherits from: main's usual one, whatever the configuration says of main. */
  readonly shared: string;
  /** Where a login for this one agent belongs. */
  of(agent: string): string;
  /** Where a turn of this agent looks first. */
  ofTurn(agent: string): string;
  /** Where this agent's would be if nothing were configured. */
  usual(agent: string): string;
}

/** The first version whose turns do not look at `OPENCLAW_AGENT_DIR`; its commands still do. */
const FIRST_WITHOUT_AGENT_DIR = [2026, 5, 12] as const;

/**
 * The directories of the agents: what the configuration says of one, else below the state directory. Up to 2026.5.7 the
 * environment says where the shared one is (`OPENCLAW_AGENT_DIR`, `PI_CODING_AGENT_DIR`).
 * @param configured `agents.list[].agentDir` by agent id
 * @param version of the installed OpenClaw; undefined: an old one
 */
export function agentDirectories(
  places: OpenClawPlaces,
  configured: Readonly<Record<string, string>>,
  surroundings: Surroundings,
  version: string | undefined,
): AgentDirectories {
  const { environment } = surroundings;
  const usual = (agent: string) => join(places.stateDirectory, 'agents', normalizeAgentId(agent), 'agent');
  const ofTurn = (agent: string) => {
    const id = normalizeAgentId(agent);
    const directory = set(configured[id]);
    return directory === undefined ? usual(id) : userPath(directory, surroundings);
  };
  const named =
    version !== undefined && isAtLeast(version, FIRST_WITHOUT_AGENT_DIR)
      ? undefined
      : (set(environment.OPENCLAW_AGENT_DIR) ?? set(environment.PI_CODING_AGENT_DIR));
  const own = named === undefined ? undefined : userPath(named, surroundings);
  return {
    shared: own ?? usual(MAIN_AGENT),
    of: (agent) => (normalizeAgentId(agent) === MAIN_AGENT ? (own ?? ofTurn(agent)) : ofTurn(agent)),
    ofTurn,
    usual,
  };
}

/** Equal for two ways to one file, which may not exist yet: an agent's store may be a link to main's. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return dirname(path) === path ? path : join(realPath(dirname(path)), basename(path));
  }
}

/** An agent's id as OpenClaw spells it in paths. */
export function normalizeAgentId(agent: string): string {
  const id = agent
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  return id === '' ? MAIN_AGENT : id;
}

/** The agents other than main that are configured or have a directory, by id. */
export function listAgents({ stateDirectory }: OpenClawPlaces, configured: readonly string[]): string[] {
  let found: string[] = [];
  try {
    found = readdirSync(join(stateDirectory, 'agents'));
  } catch {
    // No agent has a directory yet.
  }
  const ids = new Set([...found, ...configured].map(normalizeAgentId));
  ids.delete(MAIN_AGENT);
  return [...ids].sort();
}

function stateDirectoryOf(surroundings: Surroundings): string {
  const { environment } = surroundings;
  const explicit = set(environment.OPENCLAW_STATE_DIR);
  if (explicit !== undefined) return userPath(explicit, surroundings);
  const home = homeOf(surroundings);
  const profile = set(environment.OPENCLAW_PROFILE);
  if (profile !== undefined && profile.toLowerCase() !== 'default') return join(home, `.openclaw-${profile}`);
  const usual = join(home, '.openclaw');
  const legacy = join(home, '.clawdbot');
  return !existsSync(usual) && existsSync(legacy) ? legacy : usual;
}

function configurationPathOf(stateDirectory: string, surroundings: Surroundings): string {
  const explicit = set(surroundings.environment.OPENCLAW_CONFIG_PATH);
  if (explicit !== undefined) return userPath(explicit, surroundings);
  const usual = join(stateDirectory, 'openclaw.json');
  const legacy = join(stateDirectory, 'clawdbot.json');
  return !existsSync(usual) && existsSync(legacy) ? legacy : usual;
}

function homeOf({ environment, homeDirectory }: Surroundings): string {
  const home = set(environment.HOME) ?? set(environment.USERPROFILE) ?? homeDirectory();
  const own = set(environment.OPENCLAW_HOME);
  return resolve(own === undefined ? home : expandTilde(own, home));
}

function userPath(path: string, surroundings: Surroundings): string {
  return resolve(expandTilde(path.trim(), homeOf(surroundings)));
}

function expandTilde(path: string, home: string): string {
  return path.replace(/^~(?=$|[\\/])/, () => home);
}

/** A variable that is set to something. */
function set(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed ? trimmed : undefined;
}
