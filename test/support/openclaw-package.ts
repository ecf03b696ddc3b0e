/**
 * A stand-in for the package `openclaw` of the generations with a database: the one function of its SDK that matters, with the
 * habits of the real ones (2026.6.11 to 2026.9.6), on a JSON file. `npm run interop` shows the same on the real packages.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryDirectory } from './temporary.ts';

/** How it misbehaves, by the variable FAKE_OPENCLAW of its process. */
export type Misbehaviour =
  | 'migration'
  | 'locked'
  | 'null'
  | 'hang'
  | 'exit'
  | 'forget'
  | 'never loads'
  // Of a write only: its process ends before it, after it, for good, or it says that it failed and did not.
  | 'killed before'
  | 'killed after'
  | 'gone after'
  | 'null after';

const SDK = `
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const mode = process.env.FAKE_OPENCLAW ?? '';
const gone = join(process.env.OPENCLAW_STATE_DIR ?? '', 'gone');
if (mode === 'never loads') await new Promise((resolve) => setTimeout(resolve, 120_000));

export async function updateAuthProfileStoreWithLock({ agentDir, saveOptions = {}, updater }) {
  if (mode === 'hang') return new Promise(() => undefined);
  if (mode === 'exit') process.exit(3);
  if (mode === 'gone after' && existsSync(gone)) process.exit(3);
  if (mode === 'null') return null;
  if (mode === 'migration' || mode === 'locked') {
    console.warn(mode === 'locked' ? 'update failed: database is locked' : 'requires legacy credential migration; refresh=A-SECRET');
    return null;
  }
  const path = agentDir ? join(agentDir, 'openclaw-agent.sqlite') : join(process.env.OPENCLAW_STATE_DIR, 'state', 'openclaw.sqlite');
  const read = () => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).state : { version: 1, profiles: {} });
  const save = (state) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path + '.new', JSON.stringify({ 'auth.sharedStore': agentDir === undefined, state }), { mode: 0o600 });
    renameSync(path + '.new', path);
  };
  // One transaction at a time, whichever process it is in; who is killed lets go.
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  while (true)
    try {
      mkdirSync(path + '.lock');
      break;
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  const release = () => rmSync(path + '.lock', { recursive: true, force: true });
  const die = () => {
    release();
    process.kill(process.pid, 'SIGKILL');
  };
  try {
    return transaction();
  } finally {
    release();
  }
  function transaction() {
  // The real ones make the database at the first look.
  if (!existsSync(path)) save(read());
  const store = { ...read(), runtimePersistedProfileIds: ['of no concern'] };
  if (!updater(store)) return store;
  const { runtimePersistedProfileIds: _, ...state } = store;
  if (mode === 'forget') delete state.order;
  const own = new Set(Object.keys(state.profiles));
  const kept = new Set([...own, ...(saveOptions.preserveOrderProfileIds ?? [])]);
  for (const [provider, ids] of Object.entries(state.order ?? {})) state.order[provider] = ids.filter((id) => kept.has(id));
  for (const [provider, id] of Object.entries(state.lastGood ?? {})) if (!own.has(id)) delete state.lastGood[provider];
  if (mode === 'killed before') die();
  save(state);
  if (mode === 'gone after') writeFileSync(gone, '');
  if (mode === 'killed after' || mode === 'gone after') die();
  return mode === 'null after' ? null : store;
  }
}
`;

/** @returns the package's directory */
export function openclawPackage(version: string, { engines = '>=20', sdk = SDK } = {}): string {
  const directory = join(temporaryDirectory(), 'openclaw');
  mkdirSync(directory);
  const manifest = {
    name: 'openclaw',
    version,
    type: 'module',
    engines: { node: engines },
    exports: { './plugin-sdk/provider-auth': { default: './provider-auth.js' } },
  };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(directory, 'provider-auth.js'), sdk);
  writeFileSync(join(directory, 'openclaw.mjs'), 'process.exit(1);\n');
  return directory;
}
