/**
 * The files of one store: `auth-profiles.json`, and in generation B `auth-state.json` beside it. Read as OpenClaw reads them,
 * written so that it reads what is meant. It decides nothing about locks or about what is edited.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { type FileSystem, replaceFile } from './atomic-write.ts';
import { formatJson, parseAuthProfiles, parseAuthState } from './parse.ts';
import type { AuthProfiles } from './profile-store.ts';
import { completed, joined, split } from './split-state.ts';

export interface StoreFiles {
  /** @throws StoreError `ERR_STORE_CORRUPT`; whatever the system says */
  load(): Loaded;
  /** Makes `next` what OpenClaw reads. One rename, or in generation B two where the state file has a word in it. */
  save(next: AuthProfiles, loaded: Loaded): void;
  /** Finishes a commit that was cut off between its two renames. */
  complete(): void;
}

export interface Loaded {
  /** What OpenClaw makes of the files. */
  readonly state: AuthProfiles;
  /** Equal for equal bytes; says nothing about them. */
  readonly version: string;
  readonly stateFile: Readonly<Record<string, unknown>> | undefined;
  readonly stateFileVersion: string;
}

export function storeFiles(
  path: string,
  { statePath, fileSystem }: { statePath?: string | undefined; fileSystem?: FileSystem | undefined } = {},
): StoreFiles {
  const readState = () => {
    const text = statePath === undefined ? undefined : readText(statePath);
    return { stateFile: parseAuthState(text, statePath ?? ''), stateFileVersion: versionOf(text) };
  };
  const replaceState = (content: object) => {
    if (statePath !== undefined) replaceFile(statePath, formatJson(content), fileSystem);
  };
  return {
    load() {
      const text = readText(path);
      const { stateFile, stateFileVersion } = readState();
      const version = versionOf(text) + (stateFile === undefined ? '' : stateFileVersion);
      return {
        state: joined(parseAuthProfiles(text, path), stateFile),
        version,
        stateFile,
        stateFileVersion,
      };
    },
    save(next, { stateFile, stateFileVersion }) {
      const write = split(next, stateFile, stateFileVersion);
      replaceFile(path, formatJson(write.profiles), fileSystem);
      if (write.state !== undefined) replaceState(write.state);
    },
    complete() {
      if (statePath === undefined) return;
      const { stateFile, stateFileVersion } = readState();
      const rest = completed(parseAuthProfiles(readText(path), path), stateFile, stateFileVersion);
      if (rest !== undefined) replaceState(rest);
    },
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function versionOf(text: string | undefined): string {
  return text === undefined ? 'none' : createHash('sha256').update(text).digest('hex').slice(0, 16);
}
