// One login of one program against the mock: unmodified, through a CONNECT proxy that stands in for the issuer's name, in a
// throw-away home, at a terminal. What a row does with it is the row's business.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startAuthorizationServer, startTlsFront } from '../../dist/mocks/index.js';
import { ask, browse } from './browser.mjs';
import { listening, portsFree } from './ports.mjs';
import { startInTerminal } from './terminal.mjs';

const ISSUER = 'https://auth.openai.com';
const URL_MS = 180_000;
/** The long URL, or the link to it that a terminal is given instead. */
const LINK =
  /(?:https:\/\/auth\.openai\.com\/oauth\/authorize\?|http:\/\/localhost:145[57]\/(?!auth))[^\s│]+(?=\s)/;

/** A home in which opening a browser does nothing, wherever the program looks for one. */
export function throwAwayHome() {
  const home = mkdtempSync(join(tmpdir(), 'comparison-'));
  const applications = join(home, '.local/share/applications');
  mkdirSync(applications, { recursive: true });
  mkdirSync(join(home, '.config'));
  const entry = '[Desktop Entry]\nType=Application\nName=Nothing\nExec=/bin/true %u\n';
  writeFileSync(join(applications, 'nothing.desktop'), entry);
  const schemes = ['http', 'https'].map((scheme) => `x-scheme-handler/${scheme}=nothing.desktop\n`).join('');
  writeFileSync(
    join(home, '.config/mimeapps.list'),
    `[Default Applications]\ntext/html=nothing.desktop\n${schemes}`,
  );
  return home;
}

/**
 * Starts the program (unless it has no `login`) and hands the session to `work`; everything ends with it.
 * `desktop: false` is a machine without a display; `before` runs when the ports are free, and what it returns is closed last;
 * `clock`, `approve` and `accounts` are the mock's.
 */
export async function withSession(program, options, work) {
  const { scenario, accounts, args = [], desktop = true, before, clock, approve } = options;
  const home = options.home ?? throwAwayHome();
  const server = await startAuthorizationServer({
    issuer: ISSUER,
    fixedPorts: true,
    ...(accounts === undefined ? {} : { accounts }),
    ...(clock === undefined ? {} : { clock }),
    ...(approve === undefined ? {} : { approve }),
  });
  const front = await startTlsFront({ server, hostnames: ['auth.openai.com', 'chatgpt.com'] });
  if (scenario !== undefined) server.scenario(scenario, { times: Number.POSITIVE_INFINITY });
  let held;
  let terminal;
  try {
    await portsFree();
    held = await before?.();
    const surroundings = {
      cwd: home,
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: home,
        BROWSER: '/bin/true',
        ...(desktop ? { DISPLAY: ':99' } : {}),
        ...front.environment,
      },
    };
    if (program.login !== undefined) terminal = startInTerminal([...program.login, ...args], surroundings);
    return await work(sessionOf({ program, home, server, front, surroundings, terminal }));
  } finally {
    await terminal?.kill();
    await held?.close();
    await front.close();
    await server.close();
    if (options.home === undefined) await remove(home);
  }
}

function sessionOf({ program, home, server, front, surroundings, terminal }) {
  const { entries } = server.journal;
  const credential = () => program.credential(home);
  let urlProcessorMs;
  const session = {
    terminal,
    server,
    front,
    /** `cwd` and `env` for another program in the same home. */
    surroundings,
    credential,
    /** Processor time in milliseconds from the start to the URL on the terminal. */
    get urlProcessorMs() {
      return urlProcessorMs;
    },
    /** The authorization URL, once it is shown and the port, if the program has one, is open. */
    async url() {
      const found = await terminal.shows(LINK, URL_MS);
      urlProcessorMs ??= terminal.processorMs();
      if (!found) {
        const how = terminal.end ? `ended with ${terminal.end.status}` : `within ${URL_MS / 1000} s`;
        throw Object.assign(new Error(`no authorization URL (${how})`), { shown: terminal.output });
      }
      for (let round = 0; round < 20 && listening().length === 0; round += 1) await sleep(50);
      return found[0].startsWith(ISSUER) ? found[0] : (await ask(found[0])).location;
    },
    /** The person signs in: the address that the browser is sent back to. */
    callback: async () => session.callbackOf(await session.url()),
    /** The same for a URL that was told in another way. */
    async callbackOf(url) {
      const answer = await ask(url.replace(ISSUER, `http://127.0.0.1:${server.port}`));
      if (answer.location === undefined)
        throw new Error(`the mock refused the authorization request: ${answer.status}`);
      return answer.location;
    },
    signIn: async () => browse(await session.callback()),
    /** How often a code was posted to the token endpoint. */
    exchanges: () => entries.filter(({ grantType }) => grantType === 'authorization_code').length,
    posted: (path) => entries.filter((entry) => entry.method === 'POST' && entry.path === path).length,
    /** The end, or undefined if it has not ended after so long. */
    end: (withinMs) => Promise.race([terminal.ended, sleep(withinMs, undefined, { ref: false })]),
    /** In a few words: `exit 0, stored`; bold where it is wrong whatever happened before. */
    async ending(withinMs) {
      const end = await session.end(withinMs);
      const stored = credential() !== undefined;
      const kept = stored ? 'stored' : 'nothing stored';
      if (end === undefined) return { text: `**still running** after ${withinMs / 1000} s, ${kept}`, stored };
      const lies = end.status === 0 && !stored;
      const text = `exit ${end.status}, ${kept}`;
      return { text: lies ? `**${text}**` : text, status: end.status, stored };
    },
    /** Labels (`access#1`) of the secrets in a text; `state` is no secret of a terminal that shows the URL. */
    secretsIn(text) {
      const { secrets, label } = server.journal;
      const found = secrets().filter((secret) => secret.length > 15 && text.includes(secret));
      return found.map(label).filter((name) => /^(?:code|verifier|access|refresh|id-token)#/.test(name));
    },
  };
  return session;
}

/** A program may write into its home a little longer. */
async function remove(home) {
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
