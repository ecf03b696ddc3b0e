// One expired token and whoever needs it: ours, the real Codex, pi's AuthStorage and OpenClaw, each in processes that are started
// first and then asked at once, at the mock by its real name.

import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createVirtualClock, startAuthorizationServer, startTlsFront } from '../../dist/mocks/index.js';
import { startSlowFront } from '../../test/support/slow-front.mjs';
import { startAppServer } from './app-server.mjs';
import { PI_AGENT, PINNED, titleOf } from './pinned.mjs';
import { codexBinary } from './programs.mjs';

const ISSUER = 'https://auth.openai.com';
const ELEVEN_DAYS_MS = 11 * 86_400_000;
/** Those that wait for a lock in steps of ten seconds are left the time. */
const ANSWER_MS = 120_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const refresherProcess = fileURLToPath(new URL('refresher-process.mjs', import.meta.url));
const openClawProcess = fileURLToPath(new URL('../../test/interop/real.mjs', import.meta.url));

const byFolder = (folder) => PINNED.find((one) => one.folder === folder);
const OPENCLAW = byFolder('openclaw-2026.4.5');
const CODEX = byFolder('codex');

/** What has to be installed for it. */
export const REFRESHERS = [CODEX, PI_AGENT, OPENCLAW];

/** Each: what it is called, how one process of it is started and asked, and how the credential is laid where it looks for one. */
export function refreshersOf({ node, directories }) {
  const found = (pinned, peer) => {
    const directory = directories[titleOf(pinned)];
    const missing = [node, directory].find((one) => typeof one !== 'string');
    return missing === undefined ? peer(directory) : { what: titleOf(pinned), ...missing };
  };
  return [
    {
      what: 'codex-login',
      isOurs: true,
      lay: (home, tokens) => write(join(home, 'auth-profiles.json'), profilesOf(tokens)),
      start: (home, env) =>
        startFork(refresherProcess, ['codex-login', root, join(home, 'auth-profiles.json')], { env }),
    },
    found(CODEX, (directory) => codexPeer(directory)),
    found(CODEX, (directory) => ({
      ...codexPeer(directory),
      what: `${titleOf(CODEX)} (app-server) at a server that only refuses a replay`,
      replays: 'refused',
    })),
    found(PI_AGENT, (directory) => ({
      what: `${titleOf(PI_AGENT)} (AuthStorage)`,
      lay: (home, tokens) => write(join(home, 'auth.json'), { 'openai-codex': piOf(tokens) }),
      start: (home, env) =>
        startFork(refresherProcess, ['pi', directory, join(home, 'auth.json')], { execPath: node, env }),
    })),
    found(OPENCLAW, (directory) => ({
      what: `${titleOf(OPENCLAW)} (resolveApiKeyForProvider)`,
      lay: (home, tokens) => write(agentStore(home), profilesOf(tokens)),
      start: (home, env) => startOpenClaw(directory, home, { execPath: node, env }),
    })),
  ];
}

const codexPeer = (directory) => ({
  what: `${titleOf(CODEX)} (app-server)`,
  lay: (home, tokens) => write(join(home, '.codex/auth.json'), codexOf(tokens)),
  start: (home, env) => startCodex(codexBinary(directory), { env, cwd: home }),
});

/** Asked of the server itself, as an API would. */
async function reasonAgainst({ token, failed }, { port }) {
  if (token === undefined) return failed;
  const headers = { Authorization: `Bearer ${token}` };
  const { status } = await fetch(`http://127.0.0.1:${port}/userinfo`, { headers });
  return status === 200 ? undefined : 'it has a token, and the server refuses it';
}

/**
 * One expiry: a new login, eleven days old, in a home of its own. `startedMs`: from the start of the
 * processes to the last answer; `askedMs`: from the question, and `requestsBefore` it had been refreshed already.
 */
export async function expiry({ lay, start, replays }, { count, latencyMs }) {
  const home = mkdtempSync(join(tmpdir(), 'codex-login-peers-'));
  const clock = createVirtualClock(Date.now() - ELEVEN_DAYS_MS);
  const slow = await startSlowFront(startAuthorizationServer, () => latencyMs, {
    issuer: ISSUER,
    clock,
    replays,
  });
  const front = await startTlsFront({ server: slow, hostnames: ['auth.openai.com', 'chatgpt.com'] });
  let started = [];
  try {
    lay(home, await signIn(slow.server));
    clock.advance(ELEVEN_DAYS_MS);
    const env = {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: home,
      TMPDIR: home,
      NO_COLOR: '1',
      ...front.environment,
    };
    const startedAt = performance.now();
    started = await Promise.all(Array.from({ length: count }, () => start(home, env)));
    const askedAt = performance.now();
    const requestsBefore = slow.counts.refreshes;
    const answers = await Promise.all(
      started.map((one) => one.ask().catch(({ message }) => ({ failed: message }))),
    );
    const answeredAt = performance.now();
    const reasons = await Promise.all(answers.map((answer) => reasonAgainst(answer, slow.server)));
    const { refreshes: requests, reused: alarms } = slow.counts;
    return {
      requests,
      alarms,
      requestsBefore,
      startedMs: answeredAt - startedAt,
      askedMs: answeredAt - askedAt,
      failed: reasons.filter((reason) => reason !== undefined).length,
      reasons: reasons.filter((reason) => reason !== undefined),
    };
  } finally {
    await Promise.all(started.map((one) => one.close()));
    await front.close();
    await slow.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** As any client would: a code, and its exchange. */
async function signIn({ port, clientId }) {
  const server = `http://127.0.0.1:${port}`;
  const redirectUri = 'http://localhost:1455/auth/callback';
  const codeVerifier = randomBytes(64).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access',
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: randomBytes(32).toString('base64url'),
  });
  const asked = await fetch(`${server}/oauth/authorize?${query}`, { redirect: 'manual' });
  const code = new URL(asked.headers.get('location')).searchParams.get('code');
  const grant = { grant_type: 'authorization_code', client_id: clientId, code, redirect_uri: redirectUri };
  const body = new URLSearchParams({ ...grant, code_verifier: codeVerifier });
  return (await fetch(`${server}/oauth/token`, { method: 'POST', body })).json();
}

const accountOf = ({ id_token: token }) =>
  JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))['https://api.openai.com/auth'].chatgpt_account_id;
const piOf = (tokens) => ({
  type: 'oauth',
  access: tokens.access_token,
  refresh: tokens.refresh_token,
  expires: Date.now() - 86_400_000,
  accountId: accountOf(tokens),
});
function profilesOf(tokens) {
  const id = 'openai-codex:robin@example.com';
  const profile = { ...piOf(tokens), provider: 'openai-codex', email: 'robin@example.com' };
  return {
    version: 1,
    profiles: { [id]: profile },
    order: { 'openai-codex': [id] },
    lastGood: { 'openai-codex': id },
  };
}
const codexOf = (tokens) => ({
  OPENAI_API_KEY: null,
  tokens: {
    id_token: tokens.id_token,
    access_token: tokens.access_token,
    refresh_token: tokens.refresh_token,
    account_id: accountOf(tokens),
  },
  last_refresh: new Date(Date.now() - ELEVEN_DAYS_MS).toISOString(),
});
const agentStore = (home) => join(home, '.openclaw/agents/main/agent/auth-profiles.json');

function write(path, content) {
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
}

async function startCodex(program, surroundings) {
  const editor = await startAppServer(program, surroundings);
  return {
    async ask() {
      await editor.ask('account/read', { refreshToken: false });
      const { authToken } = await editor.ask('getAuthStatus', { includeToken: true, refreshToken: false });
      return authToken ? { token: authToken } : { failed: 'it has no token' };
    },
    close: editor.close,
  };
}

async function startOpenClaw(directory, home, options) {
  const env = { ...options.env, OPENCLAW_STATE_DIR: join(home, '.openclaw'), OPENCLAW_LOG_LEVEL: 'silent' };
  const { tell, close } = await startFork(openClawProcess, [directory], { ...options, env, cwd: home });
  const agentDir = dirname(agentStore(home));
  return {
    async ask() {
      const { answer, error } = await tell({ id: 1, ask: 'route', agentDir });
      const reason = error ?? answer.error;
      return reason === undefined ? { token: answer.apiKey } : { failed: reason.split('\n')[0] };
    },
    close,
  };
}

/** A process that is ready; `tell` resolves to its answer. */
async function startFork(script, args, options) {
  const child = fork(script, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], ...options });
  const heard = (isIt) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer in time')), ANSWER_MS);
      const settle = (act) => {
        clearTimeout(timer);
        act();
      };
      child.on('message', (message) => isIt(message) && settle(() => resolve(message)));
      child.once('exit', (status, signal) =>
        settle(() => reject(new Error(`it ended with ${status ?? signal}`))),
      );
    });
  const tell = (question) => {
    const answer = heard(({ event, ready }) => event === undefined && ready === undefined);
    child.send(question);
    return answer;
  };
  await heard(({ event, ready }) => ready === true || event === 'ready');
  return { tell, ask: () => tell({}), close: async () => void child.kill('SIGKILL') };
}
