// What each real program is taken through against the mock, beyond the comparison's rows: it signs in, refreshes, signs out. A story
// resolves to what can be seen from outside; whether that is right, the interop tests say.

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { createVirtualClock } from '../../dist/mocks/index.js';
import { startAppServer } from './app-server.mjs';
import { browse } from './browser.mjs';
import { withSession } from './session.mjs';
import { plain } from './terminal.mjs';

const END_MS = 60_000;
/** OpenClaw takes half a minute to start, and waits for the answer of a model that is not there. */
const PROBE_MS = 150_000;
/** Longer than an access token lives. */
const ELEVEN_DAYS_MS = 11 * 86_400_000;

/** By folder of the program. */
export const STORIES = {
  codex: { login, refresh: codexRefresh, logout: codexLogout, device: codexDevice, 'app-server': appServer },
  pi: { login, refresh: piRefresh },
  'openclaw-2026.4.5': { login, refresh: openClawRefresh },
  'openclaw-2026.9.6': { login, logout: openClawLogout },
};

/** The browser flow through the TLS front, in a terminal, to the stored credential. */
function login(program) {
  return withSession(program, {}, async (session) => {
    const page = await session.signIn();
    const { status, stored } = await session.ending(END_MS);
    const { refresh } = session.credential() ?? {};
    return {
      ...seen(session),
      status,
      stored,
      page: page.status,
      refresh: session.server.journal.label(refresh ?? ''),
    };
  });
}

/** Tokens that were issued eleven days ago are expired: the next command has to renew them. */
function codexRefresh(program) {
  const clock = createVirtualClock(Date.now() - ELEVEN_DAYS_MS);
  return withSession(program, { clock }, async (session) => {
    await session.signIn();
    await session.ending(END_MS);
    clock.advance(ELEVEN_DAYS_MS);
    const editor = await startAppServer(program.login[0], session.surroundings);
    try {
      const { account } = await editor.ask('account/read', { refreshToken: false });
      const forced = await editor.ask('account/read', { refreshToken: true });
      const { refresh } = session.credential() ?? {};
      return {
        ...seen(session),
        account,
        forced: forced.account,
        refresh: session.server.journal.label(refresh ?? ''),
      };
    } finally {
      await editor.close();
    }
  });
}

function codexLogout(program) {
  return withSession(program, {}, async (session) => {
    await session.signIn();
    await session.ending(END_MS);
    const { status, output } = await run([program.login[0], 'logout'], session.surroundings);
    return { ...seen(session), status, output, stored: session.credential() !== undefined };
  });
}

function codexDevice(program) {
  return withSession(program, { args: ['--device-auth'], approve: 'page' }, async (session) => {
    const [userCode] = (await session.terminal.shows(/[A-Z]{4}-[A-Z]{5}/, END_MS)) ?? [];
    if (userCode === undefined) throw new Error(`no user code: ${plain(session.terminal.output)}`);
    session.server.device.approve(userCode);
    const { status, stored } = await session.ending(END_MS);
    return { ...seen(session), status, stored };
  });
}

/** Everything over JSON-RPC: sign in, look, renew, sign out. */
function appServer(program) {
  return withSession({ ...program, login: undefined }, {}, async (session) => {
    const editor = await startAppServer(program.login[0], session.surroundings);
    try {
      const { authUrl, loginId } = await editor.ask('account/login/start', { type: 'chatgpt' });
      const page = await browse(await session.callbackOf(authUrl));
      const completed = await editor.told('account/login/completed');
      const { account } = await editor.ask('account/read', { refreshToken: true });
      const renewed = session.server.journal.label(session.credential()?.refresh ?? '');
      await editor.ask('account/logout');
      const stored = session.credential() !== undefined;
      const isOurs = completed.loginId === loginId;
      return {
        ...seen(session),
        page: page.status,
        success: completed.success && isOurs,
        account,
        renewed,
        stored,
      };
    } finally {
      await editor.close();
    }
  });
}

/** Its own function for "the key, renewed if need be", in a process of its own. */
function piRefresh(program) {
  return withSession(program, {}, async (session) => {
    await session.signIn();
    await session.ending(END_MS);
    const oauth = pathToFileURL(join(program.directory, 'dist/oauth.js')).href;
    const script = `
      import { readFileSync, writeFileSync } from 'node:fs';
      import { getOAuthApiKey } from '${oauth}';
      const auth = JSON.parse(readFileSync('auth.json', 'utf8'));
      auth['openai-codex'].expires = Date.now() - 1000;
      const { newCredentials } = await getOAuthApiKey('openai-codex', auth);
      writeFileSync('auth.json', JSON.stringify({ ...auth, 'openai-codex': newCredentials }));`;
    const { status, output } = await run(
      [program.login[0], '--input-type=module', '-e', script],
      session.surroundings,
    );
    const { refresh } = session.credential() ?? {};
    return { ...seen(session), status, output, refresh: session.server.journal.label(refresh ?? '') };
  });
}

/** Its own probe of a provider, which renews what has expired before it asks for anything. */
function openClawRefresh(program) {
  return withSession(program, {}, async (session) => {
    await session.signIn();
    await session.ending(END_MS);
    const { path } = session.credential();
    const state = JSON.parse(readFileSync(path, 'utf8'));
    for (const profile of Object.values(state.profiles)) profile.expires = Date.now() - 1000;
    writeFileSync(path, JSON.stringify(state));
    const probe = ['models', 'status', '--probe', '--probe-provider', 'openai-codex'];
    const { status, output } = await run(
      [...program.login.slice(0, 2), ...probe],
      session.surroundings,
      PROBE_MS,
    );
    const { refresh } = session.credential() ?? {};
    return { ...seen(session), status, output, refresh: session.server.journal.label(refresh ?? '') };
  });
}

/** The profile is removed; whether a server is told, the mock sees. */
function openClawLogout(program) {
  return withSession(program, {}, async (session) => {
    await session.signIn();
    await session.ending(END_MS);
    const [id] = session.credential().ids;
    const logout = ['models', 'auth', 'logout', id, '--yes'];
    const { status, output } = await run(
      [...program.login.slice(0, 2), ...logout],
      session.surroundings,
      PROBE_MS,
    );
    return { ...seen(session), status, output, stored: session.credential() !== undefined };
  });
}

/** What the mock was asked, and what it refused: labels and rules, no secrets. */
function seen({ server, front }) {
  const { entries } = server.journal;
  return {
    asked: entries.map(({ method, path, outcome }) => `${method} ${path} ${outcome}`),
    refused: entries.filter(({ rule }) => rule !== undefined).map(({ path, rule }) => `${path} ${rule}`),
    elsewhere: front.journal.entries.filter(({ status }) => status === 403).map(({ target }) => target),
  };
}

function run([file, ...args], options, withinMs = END_MS) {
  return new Promise((resolve) => {
    execFile(file, args, { ...options, timeout: withinMs }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : (error.code ?? 'ended'), output: stdout + stderr }),
    );
  });
}
