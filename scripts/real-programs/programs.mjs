// How each program is started, and where it keeps the credential. It changes nothing in them.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { PINNED, titleOf } from './pinned.mjs';

const LOGIN = {
  'codex-login': ({ node, directory }) => [node, join(directory, 'bin/codex-login.cjs'), 'login'],
  codex: ({ directory }) => [codexBinary(directory), 'login'],
  pi: ({ node, directory }) => [node, join(directory, 'dist/cli.js'), 'login', 'openai-codex'],
  'openclaw-2026.4.5': (found) => openclaw(found, 'openai-codex'),
  'openclaw-2026.9.6': (found) => openclaw(found, 'openai'),
};

/** Home → `{ path, refresh, ids, order, lastGood }`, the last three in OpenClaw's store; undefined where nothing is stored. */
const CREDENTIAL = {
  'codex-login': openclawFile,
  codex: (home) =>
    inFile(join(home, '.codex/auth.json'), ({ tokens }) => ({ refresh: tokens?.refresh_token })),
  pi: (home) => inFile(join(home, 'auth.json'), (auth) => ({ refresh: auth['openai-codex']?.refresh })),
  'openclaw-2026.4.5': openclawFile,
  'openclaw-2026.9.6': openclawDatabase,
};

/** The command that makes one profile the whole order; programs without one keep a single credential. */
const SET_ORDER = {
  'codex-login': ([node, program], id) => [node, program, 'order', 'set', id],
  'openclaw-2026.4.5': setOpenClawOrder,
  'openclaw-2026.9.6': setOpenClawOrder,
};

/** One program of the table, ready to be run. */
export function programOf(title, found) {
  const { folder } = PINNED.find((pinned) => titleOf(pinned) === title);
  const login = LOGIN[folder](found);
  const setOrder = SET_ORDER[folder];
  return {
    title,
    folder,
    directory: found.directory,
    login,
    credential: CREDENTIAL[folder],
    ...(setOrder ? { setOrder: (id) => setOrder(login, id) } : {}),
  };
}

function setOpenClawOrder(login, id) {
  const provider = login.at(-1);
  return [
    ...login.slice(0, 2),
    'models',
    'auth',
    'order',
    'set',
    '--provider',
    provider,
    '--agent',
    'main',
    id,
  ];
}

const openclaw = ({ node, directory }, provider) => [
  ...[node, join(directory, 'openclaw.mjs'), 'models', 'auth', 'login', '--provider', provider],
];

/** What the package's launcher would start. */
export function codexBinary(directory) {
  const { platform, arch } = process;
  const modules = join(directory, '..');
  const vendor = join(modules, `codex-${platform}-${arch}`, 'vendor');
  const triple = `${arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-musl`;
  return join(vendor, triple, 'bin/codex');
}

function openclawFile(home) {
  return inFile(join(home, '.openclaw/agents/main/agent/auth-profiles.json'), fromProfiles);
}

/** As of 2026.9.6: the profiles of all agents are in the state directory's own database, an agent's order in the agent's. */
function openclawDatabase(home) {
  const path = join(home, '.openclaw/state/openclaw.sqlite');
  const agent = join(home, '.openclaw/agents/main/agent/openclaw-agent.sqlite');
  const store = "select value_json as json from config_machine_state where state_key = 'authProfiles.store'";
  const parts = [
    ...jsonIn(path, store),
    ...jsonIn(agent, 'select state_json as json from auth_profile_state'),
  ];
  const found = fromProfiles(Object.assign({}, ...parts));
  return found.refresh === undefined ? undefined : { path, ...found };
}

function jsonIn(path, query) {
  if (!existsSync(path)) return [];
  let database;
  try {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    database = new DatabaseSync(path, { readOnly: true });
    return database
      .prepare(query)
      .all()
      .map(({ json }) => JSON.parse(json));
  } catch {
    // The table is not there yet, or another program has it locked.
    return [];
  } finally {
    database?.close();
  }
}

function fromProfiles({ profiles = {}, order = {}, lastGood = {} }) {
  return {
    refresh: Object.values(profiles).find(({ refresh }) => refresh)?.refresh,
    ids: Object.keys(profiles),
    order: Object.values(order)[0],
    lastGood: Object.values(lastGood)[0],
  };
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
