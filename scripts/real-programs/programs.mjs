// How each program is started, and where it keeps the credential. It changes nothing in them.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { PINNED, titleOf } from './pinned.mjs';

const LOGIN = {
  'codex-login': ({ node, directory }) => [node, join(directory, 'bin/codex-login.js'), 'login'],
  codex: ({ directory }) => [codexBinary(directory), 'login'],
  pi: ({ node, directory }) => [node, join(directory, 'dist/cli.js'), 'login', 'openai-codex'],
  'openclaw-2026.4.5': (found) => openclaw(found, 'openai-codex'),
  'openclaw-2026.9.6': (found) => openclaw(found, 'openai'),
};

/** Home → `{ path, refresh, order, lastGood }`; undefined where nothing is stored. */
const CREDENTIAL = {
  'codex-login': openclawFile,
  codex: (home) =>
    inFile(join(home, '.codex/auth.json'), ({ tokens }) => ({ refresh: tokens?.refresh_token })),
  pi: (home) => inFile(join(home, 'auth.json'), (auth) => ({ refresh: auth['openai-codex']?.refresh })),
  'openclaw-2026.4.5': openclawFile,
  'openclaw-2026.9.6': openclawDatabase,
};

/** Where the store has a place for what is used first, the place has a name. */
const HAS_ORDER = new Set(['codex-login', 'openclaw-2026.4.5', 'openclaw-2026.9.6']);

/** One program of the table, ready to be run. */
export function programOf(title, found) {
  const { folder } = PINNED.find((pinned) => titleOf(pinned) === title);
  return {
    title,
    folder,
    directory: found.directory,
    login: LOGIN[folder](found),
    credential: CREDENTIAL[folder],
    hasOrder: HAS_ORDER.has(folder),
    isOurs: folder === 'codex-login',
  };
}

const openclaw = ({ node, directory }, provider) => [
  ...[node, join(directory, 'openclaw.mjs'), 'models', 'auth', 'login', '--provider', provider],
];

/** What the package's launcher would start. */
function codexBinary(directory) {
  const { platform, arch } = process;
  const modules = join(directory, '..');
  const vendor = join(modules, `codex-${platform}-${arch}`, 'vendor');
  const triple = `${arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-musl`;
  return join(vendor, triple, 'bin/codex');
}

function openclawFile(home) {
  return inFile(join(home, '.openclaw/agents/main/agent/auth-profiles.json'), fromProfiles);
}

/** @see openclaw 2026.9.6: the state directory's own database holds the profiles of all agents as JSON */
function openclawDatabase(home) {
  const path = join(home, '.openclaw/state/openclaw.sqlite');
  if (!existsSync(path)) return undefined;
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  let database;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    const rows = database
      .prepare("select state_key, value_json from config_machine_state where state_key like 'authProfiles.%'")
      .all();
    const parts = rows.map(({ value_json }) => JSON.parse(value_json));
    const found = fromProfiles(Object.assign({}, ...parts));
    return found?.refresh === undefined ? undefined : { path, ...found };
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

function fromProfiles({ profiles = {}, order, lastGood }) {
  return { refresh: Object.values(profiles).find(({ refresh }) => refresh)?.refresh, order, lastGood };
}

function inFile(path, read) {
  try {
    const found = read(JSON.parse(readFileSync(path, 'utf8')));
    return found.refresh === undefined ? undefined : { path, ...found };
  } catch {
    // Not there yet, or in the middle of being written.
    return undefined;
  }
}
