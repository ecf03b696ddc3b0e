// The commits that are killed, refused, stopped and cut off: each a directory as it is before, and one login into it.

import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const provider = 'openai-codex';
export const idOf = (account) => `${provider}:${account}@example.com`;
export const UUID = '123e4567-e89b-42d3-a456-426614174000';
/** Above the largest that Linux gives. */
const DEAD_PID = 2 ** 22 + 1;

/** What was there before, and must be there after: of others, of unknown kinds, in an odd sequence. */
export const kept = {
  odd: { z: 1, a: [1, 'ü', null] },
  version: 1,
  profiles: {
    'z:theirs': { unknown: { b: 1, a: 2 }, type: 'token', provider: 'z', token: 'theirs' },
    'openai-codex:old@example.com': {
      type: 'oauth',
      provider,
      access: 'a',
      refresh: 'r',
      expires: 1_900_000_000_000,
      accountId: 'old',
    },
  },
};
const before = () => `${JSON.stringify(kept)}\n`;

/** Each makes its part of an empty directory and answers with the path of the store. */
export const scenarios = {
  /** The first login of all: not even the directories are there. */
  first: (directory) => join(directory, 'agents/main/auth-profiles.json'),
  replace(directory) {
    const path = join(directory, 'auth-profiles.json');
    writeFileSync(path, before(), { mode: 0o600 });
    // So that every trial makes the same calls: a file as young as the new one costs some more.
    makeOld(directory, [path]);
    return path;
  },
  /** A writer died: its lock, its lock's draft and its temporary file are still there. */
  takeover(directory) {
    const path = scenarios.replace(directory);
    const left = [`${path}.${UUID}.tmp`, `${path}.lock.${UUID}.tmp`];
    for (const file of left) writeFileSync(file, '{"half":', { mode: 0o600 });
    makeOld(dirname(path), left);
    writeFileSync(`${path}.lock`, JSON.stringify({ pid: DEAD_PID, createdAt: new Date().toISOString() }));
    return path;
  },
  link(directory) {
    const target = join(directory, 'elsewhere/store.json');
    mkdirSync(dirname(target));
    writeFileSync(target, before(), { mode: 0o600 });
    makeOld(directory, [target]);
    const path = join(directory, 'auth-profiles.json');
    symlinkSync(target, path);
    return path;
  },
};

/** What `flawsOf` must find unchanged in each. */
export const keptIn = (scenario) => (scenario === 'first' ? {} : kept);

/** The bytes of the store, or undefined where there is none. */
export function bytesOf(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Commits the login of an account, as `login` does. */
export function commitAccount(store, recordLogin, account, options = {}) {
  return store.commit((state) => {
    const { next, result } = recordLogin(state, {
      provider,
      preferredProfileId: idOf(account),
      profile: {
        type: 'oauth',
        provider,
        access: `access-${account}`,
        refresh: `refresh-${account}`,
        expires: 1_900_000_000_000,
        accountId: account,
      },
      isSameAccount: (stored) => (stored.accountId === account ? 'same' : 'other'),
      routableBefore: Object.keys(state.profiles),
    });
    return { write: true, next, result };
  }, options);
}

/** Every file in a directory and in those within it; no links. */
export function filesIn(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** As if an hour had passed for these files; links are left alone. */
export function makeOld(directory, files = filesIn(directory)) {
  const then = new Date(Date.now() - 3_600_000);
  for (const file of files) utimesSync(file, then, then);
}
