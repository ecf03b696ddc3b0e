// Rows about the callback listener: who may talk to it, and what they can do to a login that is waiting.

import { setTimeout as sleep } from 'node:timers/promises';

import { ask, browse, FOREIGN_PAGE, tellPage } from '../browser.mjs';
import { holdPort, listening } from '../ports.mjs';
import { withSession } from '../session.mjs';
import { plain } from '../terminal.mjs';

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
  'stray-success': stray('/success', 'readme'),
  'stray-cancel': stray('/cancel', 'readme'),
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
    readme: true,
    run: (program) => oddRequest(program, { method: 'POST' }),
  },
  host: {
    what: 'foreign `Host` on the callback',
    about:
      'Code and state are right, `Host: rebound.example:1455` is not (DNS rebinding). Then the browser’s GET.',
    readme: true,
    run: (program) => oddRequest(program, { headers: { Host: 'rebound.example:1455' } }),
  },
  second: {
    what: 'a second callback',
    about:
      'The browser sends the same callback again while the exchange takes three seconds (Chromium does so when a connection drops).',
    readme: true,
    run: (program) =>
      withSession(program, { scenario: 'token-slow' }, async (session) => {
        const callback = await session.callback();
        const first = browse(callback);
        await sleep(500);
        const pages = await Promise.all([first, browse(callback)]);
        const ending = await session.ending(END_MS);
        const [one, two] = pages.map(tellPage);
        const shown = one === two ? `twice ${one}` : `${one}, then ${two}`;
        return { cell: `${times(session.exchanges(), 'exchange')}; ${shown}; ${ending.text}`, ending };
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
  'port-taken': portTaken([1455], ['127.0.0.1', '::1'], {
    what: '1455 taken',
    about:
      'A stranger’s web server holds 127.0.0.1 and ::1. What the program does next, and whether the terminal says that the port is taken.',
    readme: true,
  }),
  'ports-taken': portTaken([1455, 1457], ['127.0.0.1', '::1'], {
    what: '1455 and 1457 taken',
    about: 'As above, both registered ports.',
  }),
  'six-taken': portTaken([1455], ['::1'], {
    what: '[::1]:1455 taken',
    about: 'Only the IPv6 half is held by somebody else. A browser tries ::1 first for `localhost`.',
  }),
};

function stray(path, readme) {
  return {
    what: `stray \`GET ${path}\``,
    about: `An image on a foreign web page asks for it while the login waits; then the person signs in.`,
    readme: readme !== undefined,
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
    const early = await session.end(REACTION_MS);
    const spent = session.exchanges() > 0;
    const page = early === undefined ? await browse(callback) : undefined;
    const ending = await session.ending(END_MS);
    const told = `${answer.failed ?? answer.status}: ${spent ? '**exchanges the code**' : 'refused'}`;
    return { cell: `${told}; then GET: ${ending.text}`, page: page && tellPage(page), early, ending };
  });
}

function portTaken(ports, addresses, { what, about, readme }) {
  const before = async () => {
    const held = [];
    for (const port of ports) held.push(await holdPort(port, addresses));
    return { held, close: () => Promise.all(held.map(({ close }) => close())) };
  };
  const run = async (program) => {
    let held = [];
    const hold = async () => {
      const holding = await before();
      held = holding.held;
      return holding;
    };
    return await withSession(program, { before: hold }, async (session) => {
      let url;
      try {
        url = await session.url();
      } catch (error) {
        if (session.terminal.end === undefined) throw error;
      }
      const asked = held.flatMap((one) => one.asked);
      const shown = plain(session.terminal.output);
      const says = /in use|EADDRINUSE|is taken|already|could not bind|cannot listen|\bbusy\b|held by/i.test(
        shown,
      );
      const extra = asked.length > 0 ? `; sends the stranger ${[...new Set(asked)].join(', ')}` : '';
      const note = `${says ? 'says so' : '**says nothing**'}${extra}`;
      if (url === undefined) return { cell: `exit ${session.terminal.end.status}; ${note}`, asked, shown };
      const { host, hostname, port } = redirectOf(url);
      const own = listening().filter(
        (one) =>
          !held.some((_, at) => one.endsWith(`:${ports[at]}`)) ||
          !addresses.includes(one.replace(/\[|\]|:\d+$/g, '')),
      );
      const callback = await session.callback();
      // A browser tries ::1 first for this name.
      const first = hostname === 'localhost' && ports.includes(Number(port)) && addresses.includes('::1');
      if (first) {
        await ask(callback.replace('//localhost', '//[::1]'));
        const end = await session.ending(REACTION_MS);
        const paste = /paste/i.test(shown) ? ', asks to paste the address' : '';
        const cell = `URL for ${host}: **the code goes to the stranger**${paste}; ${note} (${end.text})`;
        return { cell, own, asked, shown };
      }
      await browse(callback);
      const ending = await session.ending(END_MS);
      const where = ports.includes(1455) && port !== '1455' ? `uses ${port}` : `URL for ${host}`;
      return { cell: `${where}; ${note} (${ending.text})`, own, asked, shown };
    });
  };
  return { what, about, readme, run };
}

const redirectOf = (url) => new URL(new URL(url).searchParams.get('redirect_uri'));
const bare = (url) => url.split('?')[0];
const times = (count, what) => `${count} ${what}${count === 1 ? '' : 's'}`;
