/**
 * `--store` and `--agent` become a store and what bears on its routing: where OpenClaw keeps credentials, which generation
 * that is, a file of the caller's own, or a shared one in PostgreSQL. Refuses what OpenClaw would not read before anybody signs in.
 */

import { basename, dirname, join, resolve } from 'node:path';
import { readOpenClawConfiguration } from '../openclaw/configuration.ts';
import { assertWritable, findGeneration } from '../openclaw/generation.ts';
import { MAIN_AGENT, normalizeAgentId, type Surroundings } from '../openclaw/locate.ts';
import { openFileStore } from '../store/file/file-store.ts';
import { systemClock, systemEnvironment, systemHomeDirectory } from '../system.ts';
import { LoginError } from '../words/errors.ts';
import type { Clock } from '../words/ports.ts';
import type { CredentialStore } from './agent-store.ts';

export type { CredentialStore } from './agent-store.ts';

/** Which store is meant; nothing of it: that of OpenClaw's main agent. */
export interface CredentialStoreOptions {
  /**
   * A path to a file in the form of `auth-profiles.json`; a `postgres://` URL, or `env:<NAME>` for the variable that holds it; or
   * `openclaw` (default): the store of the agent.
   */
  where?: string | undefined;
  /** The one OpenClaw agent that is meant. Default: `main`, and every other agent follows. */
  agent?: string | undefined;
  /** `--openclaw`: an OpenClaw package directory, or one that holds `node_modules/openclaw`. Default: the shell's. */
  openclaw?: string | undefined;
  /** Which store in a PostgreSQL database. Default: what the URL says behind `#`, or `main`. */
  storeKey?: string | undefined;
  /** Certificates to trust as well, for a store in PostgreSQL. */
  caFile?: string | undefined;
  /** The provider's name in the store. Default: `openai-codex`. */
  provider?: string | undefined;
  clock?: Clock | undefined;
  surroundings?: Surroundings | undefined;
}

const POSTGRES = /^postgres(?:ql)?:\/\//i;
const SYSTEM: Surroundings = { environment: systemEnvironment, homeDirectory: systemHomeDirectory };

/**
 * Opens the store that `where` and `agent` mean. Nothing is created before the first commit.
 * @throws StoreError `ERR_STORE_GENERATION`, `ERR_STORE_CORRUPT`; LoginError `ERR_USAGE`
 */
export async function openCredentialStore(options: CredentialStoreOptions = {}): Promise<CredentialStore> {
  const {
    where = 'openclaw',
    agent,
    provider = 'openai-codex',
    clock = systemClock,
    surroundings = SYSTEM,
  } = options;
  const url = postgresUrlIn(where, surroundings.environment);
  if (url !== undefined) {
    if (agent !== undefined) throw oneOfTwo();
    const { openPostgresStore } = await import('../store/postgres/postgres-store.ts');
    const { storeKey, caFile } = options;
    const { environment } = surroundings;
    const store = await openPostgresStore(url, { storeKey, caFile, environment, clock });
    // No OpenClaw reads it, and so no openclaw.json bears on it.
    return { store, provider, configuration: async () => undefined };
  }
  if (options.storeKey !== undefined) {
    throw new LoginError('ERR_USAGE', {
      summary: '--store-key names a store in PostgreSQL, and --store is another one.',
      hint: 'Example: --store postgres://db.example.com/codex --store-key gateway-7',
    });
  }
  if (where !== 'openclaw') return openOwnFile(where, agent ?? MAIN_AGENT, provider, clock);
  const { openAgentStore } = await import('./agent-store.ts');
  return openAgentStore({ agent, openclaw: options.openclaw, provider, clock, surroundings });
}

/** A file of the caller's own: only an `openclaw.json` beside it bears on its routing. */
async function openOwnFile(
  where: string,
  agent: string,
  provider: string,
  clock: Clock,
): Promise<CredentialStore> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(where)) {
    throw new LoginError('ERR_USAGE', {
      summary: 'A credential store is a file, or in PostgreSQL.',
      hint: 'Give --store a path or a postgres:// URL, or leave it out for the store of OpenClaw.',
    });
  }
  if (where.trim() === '') {
    throw new LoginError('ERR_USAGE', {
      summary: '--store needs a path.',
      hint: 'Leave it out for the store of OpenClaw.',
    });
  }
  if (normalizeAgentId(agent) !== MAIN_AGENT) throw oneOfTwo();
  const path = resolve(where);
  const directory = dirname(path);
  const finding = findGeneration({ agentDirectory: directory });
  assertWritable(finding, directory);
  // Named by its path, an agent's own store is still what OpenClaw reads.
  const isSplit = finding.generation === 'B' && basename(path) === 'auth-profiles.json';
  return {
    store: openFileStore(path, {
      clock,
      statePath: isSplit ? join(directory, 'auth-state.json') : undefined,
    }),
    provider,
    configuration: () => readOpenClawConfiguration(join(directory, 'openclaw.json')),
  };
}

/** The URL of a store in PostgreSQL; undefined where something else is meant. @throws LoginError `ERR_USAGE` */
export function postgresUrlIn(where: string, environment: Surroundings['environment']): string | undefined {
  const [, name] = /^env:(\w+)$/.exec(where) ?? [];
  if (name === undefined) return POSTGRES.test(where) ? where : undefined;
  const url = environment[name];
  if (url !== undefined && POSTGRES.test(url)) return url;
  throw new LoginError('ERR_USAGE', {
    summary: `The variable ${name}, which --store names, holds no postgres:// URL.`,
    hint: `Example: export ${name}=postgres://writer@db.example.com/codex`,
  });
}

function oneOfTwo(): LoginError {
  return new LoginError('ERR_USAGE', {
    summary: '--agent names a store of OpenClaw, and --store another one.',
    hint: 'Leave one of the two out.',
  });
}
