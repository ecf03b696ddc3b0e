// Rows about the callback listener: who may talk to it, and what they can do to a login that is waiting.

import { ask, browse, FOREIGN_PAGE, tellPage } from '../../real-programs/browser.mjs';
import { listening } from '../../real-programs/ports.mjs';
import { withSession } from '../../real-programs/session.mjs';

/** After a request that should change nothing: long enough for a program to end, or to post the code. */
const REACTION_MS = 4000;
const END_MS = 20_000;

export const listenerRows = {
  listens: {
    what: 'listens on; redirect URI',
    about:
      'The kernel’s own table of listening sockets while the login waits, and the `redirect_uri` of the authorization URL.',
    run: (program) =>
      withSession(program, {}, async (session) => {
        const redirectUri = redirectOf(await session.url());
        const addresses = listening();
        return {
          cell: `${addresses.join(', ') || 'nothing'}; ${redirectUri.host}`,
          addresses,
          redirectUri: redirectUri.href,
        };
      }),
  },
  'stray-success': stray('/success', { readme: true }),
  'stray-cancel': stray('/cancel'),
  'error-without-state': {
    what: 'stray callback: `error=access_denied`, no `state`',
    about: 'Anybody can send it. Then the person signs in.',
    run: (program) =>
      strayThenSignIn(program, ({ callback }) => ask(`${bare(callback)}?error=access_denied`)),
  },
  'wrong-state': {
    what: 'stray callback: a code with a wrong `state`',
    about: 'Anybody can send it. Then the person signs in.',
    run: (program) =>
      strayThenSignIn(program, ({ callback }) => ask(`${bare(callback)}?code=somebody-elses&state=wrong`)),
  },
  head: {
    what: 'HEAD on the callback',
    about:
      'Code and state are right, the method is not: nothing that looks ahead at links may spend the code. Then the browser’s GET.',
    readme: true,
    run: (program) => oddRequest(program, { method: 'HEAD' }),
  },
  post: {
    what: 'POST on the callback',
    about: 'As above.',
    run: (program) => oddRequest(program, { method: 'POST' }),
  },
  host: {
    what: 'foreign `Host` on the callback',
    about:
      'Code and state are right, `Host: rebound.example:1455` is not (DNS rebinding). Then the browser’s GET.',
    run: (program) => oddRequest(program, { headers: { Host: 'rebound.example:1455' } }),
  },
  second: {
    what: 'a second callback',
    about:
      'The connection drops while the exchange takes three seconds, and the browser sends the callback again, as Chromium does and a reload would.',
    readme: true,
    run: (program) =>
      withSession(program, { scenario: 'token-slow' }, async (session) => {
        const callback = await session.callback();
        await ask(callback, { dropAfterMs: 500 });
        const page = await browse(callback);
        const ending = await session.ending(END_MS);
        const exchanges = session.exchanges();
        const told = `${exchanges} exchange${exchanges === 1 ? '' : 's'}`;
        return { cell: `${told}; ${tellPage(page)}; ${ending.text}`, ending };
      }),
  },
  'not-followed': {
    what: 'callback answered, its redirect not followed',
    about: 'The browser is closed, or blocked, right after the callback.',
    run: (program) =>
      withSession(program, {}, async (session) => {
        const answer = await ask(await session.callback());
        const ending = await session.ending(30_000);
        const redirected = answer.location === undefined ? 'no redirect; ' : '';
        return { cell: `${redirected}${ending.text}`, ending, status: answer.status };
      }),
  },
};

function stray(path, { readme = false } = {}) {
  return {
    what: `stray \`GET ${path}\``,
    about: `An image on a foreign web page asks for it while the login waits; then the person signs in.`,
    readme,
    run: (program) =>
      strayThenSignIn(program, ({ callback }) =>
        ask(`${new URL(callback).origin}${path}`, { headers: FOREIGN_PAGE }),
      ),
  };
}

function strayThenSignIn(program, send) {
  return withSession(program, {}, async (session) => {
    const callback = await session.callback();
    const answer = await send({ callback });
    const told = answer.failed ?? answer.status;
    const early = await session.end(REACTION_MS);
    if (early !== undefined) {
      const { text } = await session.ending(0);
      return { cell: `${told}: **ends the login** (${text})`, end: early, page: tellPage(answer) };
    }
    const page = await browse(callback);
    const ending = await session.ending(END_MS);
    const goesOn = ending.stored ? 'login goes on' : `login broken: ${tellPage(page)}`;
    return { cell: `${told}: ${goesOn} (${ending.text})`, ending, page: tellPage(answer) };
  });
}

function oddRequest(program, { method, headers }) {
  return withSession(program, {}, async (session) => {
    const callback = await session.callback();
    const answer = await ask(callback, { method, ...(headers ? { headers } : {}) });
    await session.end(REACTION_MS);
    const told = `${answer.failed ?? answer.status}: ${session.exchanges() > 0 ? '**exchanges the code**' : 'not exchanged'}`;
    const page = await browse(callback);
    const ending = await session.ending(END_MS);
    return { cell: `${told}; then GET: ${tellPage(page)}; ${ending.text}`, ending };
  });
}

export const redirectOf = (url) => new URL(new URL(url).searchParams.get('redirect_uri'));
const bare = (url) => url.split('?')[0];
