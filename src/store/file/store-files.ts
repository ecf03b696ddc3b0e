/**
 * The files of one store: `auth-profiles.json`, and in generation B `auth-state.json` beside it. Read as OpenClaw reads them,
 * written so that it reads what is meant. It decides nothing about locks or about what is edited.
 */

import { createHash } from 'node:crypto';
import { formatJson, parseAuthProfiles, parseAuthState } from '../parse.ts';
import type { AuthProfiles } from '../profile-store.ts';
import { halfWritten, unconfirmed } from '../store-failure.ts';
import { removeAbandoned } from './abandoned.ts';
import { confirmPath, followLinks, replaceFile } from './atomic-write.ts';
import { discard, type FileSystem } from './file-system.ts';
import { isAsSeen, readRegularFile, type Sight } from './regular-file.ts';
import { completed, joined, split } from './split-state.ts';
import { assertOwn } from './writable.ts';

export interface StoreFiles {
  /** @throws StoreError `ERR_STORE_CORRUPT`; whatever the system says */
  load(): Loaded;
  /**
   * Makes `next` what OpenClaw reads: one rename, or in generation B two where the state file has a word in it.
   * @param mayReplace asked last; `overtaken`: it said no, or the files are not what was loaded, and they stay as they are
   * @throws StoreError `ERR_STORE_IO` with `outcome: 'unknown'`, or whatever the system says: then the old bytes stand
   */
  save(next: AuthProfiles, before: Loaded, mayReplace: () => boolean): 'saved' | 'overtaken';
  /** Finishes a commit that was cut off between its two renames. */
  complete(mayReplace: () => boolean): void;
  /** Removes what writers that were killed have left. @returns whether somebody waits for the lock */
  clear(now: number): boolean;
}

export interface Loaded {
  /** What OpenClaw makes of the files. */
  readonly state: AuthProfiles;
  /** Equal for equal bytes; says nothing about them. */
  readonly version: string;
  readonly profiles: StoreFile;
  readonly stateFile: StoreFile;
  /** What the state file says, where there is one. */
  readonly stateContent: Readonly<Record<string, unknown>> | undefined;
}

/** One of the files as it was found. */
interface StoreFile {
  readonly sight: Sight | undefined;
  readonly version: string;
}

export function storeFiles(
  path: string,
  { statePath, fs }: { statePath?: string | undefined; fs: FileSystem },
): StoreFiles {
  /** A lock's draft lies beside the link, the store's beside its target. */
  const places = new Set([path]);
  const see = (file: string | undefined): StoreFile => {
    const sight = file === undefined ? undefined : readRegularFile(file, fs);
    let version: string | undefined;
    return {
      sight,
      // A hash that most readers never look at.
      get version() {
        version ??= versionOf(sight?.bytes);
        return version;
      },
    };
  };

  /** @throws before anything is changed, or StoreError with `outcome: 'unknown'` after it was */
  function replace(file: string, content: object, { sight }: StoreFile, mayReplace: () => boolean): boolean {
    if (sight) assertOwn(file, sight.stats);
    const target = followLinks(file, fs);
    places.add(file).add(target);
    if (sight === undefined) confirmPath(target, fs);
    const isMine = () => mayReplace() && isAsSeen(target, sight?.stats, fs);
    const replacement = replaceFile(target, formatJson(content), fs, isMine);
    if (replacement.outcome === 'unconfirmed') throw unconfirmed(file, replacement.error);
    return replacement.outcome === 'durable';
  }

  /** Puts the profiles back as they were found, after the state file could not follow them. */
  function takeBack({ sight }: StoreFile): void {
    const target = followLinks(path, fs);
    if (sight === undefined) discard(target, fs);
    else replaceFile(target, sight.bytes.toString('utf8'), fs);
  }

  function replaceState(content: object, before: Loaded, mayReplace: () => boolean): boolean {
    return statePath !== undefined && replace(statePath, content, before.stateFile, mayReplace);
  }

  const files: StoreFiles = {
    load() {
      const profiles = see(path);
      const stateFile = see(statePath);
      const content = parseAuthState(stateFile.sight?.bytes, statePath ?? '');
      return {
        state: joined(parseAuthProfiles(profiles.sight?.bytes, path), content),
        get version() {
          return content === undefined ? profiles.version : `${profiles.version}+${stateFile.version}`;
        },
        profiles,
        stateFile,
        stateContent: content,
      };
    },
    save(next, before, mayReplace) {
      const { profiles, state } = split(next, before.stateContent, before.stateFile.version);
      if (!replace(path, profiles, before.profiles, mayReplace)) return 'overtaken';
      if (state === undefined) return 'saved';
      try {
        if (replaceState(state, before, mayReplace)) return 'saved';
        takeBack(before.profiles);
        return 'overtaken';
      } catch (error) {
        if (isUnknown(error)) throw error;
        try {
          takeBack(before.profiles);
        } catch (second) {
          throw halfWritten(path, second);
        }
        throw error;
      }
    },
    complete(mayReplace) {
      if (statePath === undefined) return;
      const before = files.load();
      const own = parseAuthProfiles(before.profiles.sight?.bytes, path);
      const rest = completed(own, before.stateContent, before.stateFile.version);
      if (rest !== undefined) replaceState(rest, before, mayReplace);
    },
    clear: (now) => removeAbandoned([...places], now, fs),
  };
  return files;
}

function isUnknown(error: unknown): boolean {
  return error instanceof Error && 'outcome' in error && error.outcome === 'unknown';
}

function versionOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? 'none' : createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
