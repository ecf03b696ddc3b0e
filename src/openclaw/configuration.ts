/**
 * What `openclaw.json` says that bears on where credentials are and which are used. Read only, with mistrust: whatever has
 * another shape counts as not said.
 */

import { existsSync } from 'node:fs';

import { readIncluding } from './configuration-file.ts';
import { normalizeAgentId } from './locate.ts';

export interface OpenClawConfiguration {
  /** `auth.order`: provider → profile ids. */
  readonly order: Readonly<Record<string, readonly string[]>>;
  /** `auth.profiles`: profile id → what it is expected to be. */
  readonly profiles: Readonly<Record<string, { readonly provider?: string; readonly mode?: string }>>;
  /** `agents.defaults.model`, or its `primary`. */
  readonly defaultModel?: string;
  /** `gateway.port`. */
  readonly gatewayPort?: number;
  /** The ids in `agents.list`. */
  readonly agents: readonly string[];
  /** `agents.list[].agentDir` by agent id. */
  readonly agentDirectories: Readonly<Record<string, string>>;
}

/**
 * Reads the file (JSON5) and what it includes; undefined where there is none. Variables are not filled in: they do not occur in
 * the fields that are read here as OpenClaw writes them.
 * @throws StoreError `ERR_STORE_IO`, `ERR_STORE_CORRUPT`: what the file would say about routing is then unknown
 */
export async function readOpenClawConfiguration(path: string): Promise<OpenClawConfiguration | undefined> {
  if (!existsSync(path)) return undefined;
  const root = record(await readIncluding(path));
  const auth = record(root.auth);
  const agents = record(root.agents);
  const defaultModel = modelName(record(agents.defaults).model);
  const { port } = record(root.gateway);
  const listed: unknown[] = Array.isArray(agents.list) ? agents.list : [];
  return {
    order: mapValues(record(auth.order), (ids) =>
      Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : undefined,
    ),
    profiles: mapValues(record(auth.profiles), (entry) => {
      const { provider, mode } = record(entry);
      return {
        ...(typeof provider === 'string' ? { provider } : {}),
        ...(typeof mode === 'string' ? { mode } : {}),
      };
    }),
    ...(defaultModel === undefined ? {} : { defaultModel }),
    ...(typeof port === 'number' ? { gatewayPort: port } : {}),
    agents: listed.flatMap((entry) => {
      const { id } = record(entry);
      return typeof id === 'string' ? [normalizeAgentId(id)] : [];
    }),
    agentDirectories: Object.fromEntries(
      listed.flatMap((entry) => {
        const { id, agentDir } = record(entry);
        return typeof id === 'string' && typeof agentDir === 'string'
          ? [[normalizeAgentId(id), agentDir]]
          : [];
      }),
    ),
  };
}

function modelName(model: unknown): string | undefined {
  const name = typeof model === 'string' ? model : record(model).primary;
  return typeof name === 'string' && name.trim() !== '' ? name : undefined;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function mapValues<T>(
  entries: Record<string, unknown>,
  map: (value: unknown) => T | undefined,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([key, value]) => {
      const mapped = map(value);
      return mapped === undefined ? [] : [[key, mapped] as const];
    }),
  );
}
