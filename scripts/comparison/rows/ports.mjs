// Rows about ports that somebody else holds: what a program does, what it tells, and where a browser would carry the code.

import { ask, browse } from '../../real-programs/browser.mjs';
import { holdPort, listening } from '../../real-programs/ports.mjs';
import { withSession } from '../../real-programs/session.mjs';
import { plain } from '../../real-programs/terminal.mjs';
import { redirectOf } from './listener.mjs';

const END_MS = 20_000;
/** How a terminal says that a port is taken, in the words of any of them; a slogan of the day is none. */
const TAKEN = /\bin use\b|EADDRINUSE|\b145[57]\b[^\n]*\b(?:taken|busy|held|unavailable)\b/i;

export const portRows = {
  'port-taken': portTaken({
    ports: [1455],
    addresses: ['127.0.0.1', '::1'],
    what: '1455 taken',
    about:
      'A stranger’s web server holds 127.0.0.1 and ::1. What the program does next, and whether the terminal says that the port is taken. (Codex takes the holder for another Codex, and asks it to `/cancel`.)',
    readme: true,
  }),
  'ports-taken': portTaken({
    ports: [1455, 1457],
    addresses: ['127.0.0.1', '::1'],
    what: '1455 and 1457 taken',
    about: 'As above, both registered ports.',
  }),
  'six-taken': portTaken({
    ports: [1455],
    addresses: ['::1'],
    what: '[::1]:1455 taken',
    about: 'Only the IPv6 half is held by somebody else. A browser tries ::1 first for `localhost`.',
  }),
};

function portTaken({ ports, addresses, what, about, readme }) {
  const run = async (program) => {
    const held = [];
    const before = async () => {
      for (const port of ports) held.push(await holdPort(port, addresses));
      return { close: () => Promise.all(held.map(({ close }) => close())) };
    };
    return await withSession(program, { before }, (session) => look(session, { ports, addresses, held }));
  };
  return { what, about, readme, run };
}

async function look(session, { ports, addresses, held }) {
  const { terminal } = session;
  let url;
  try {
    url = await session.url();
  } catch (error) {
    if (terminal.end === undefined) throw error;
  }
  // What it asks of the stranger by itself; what the browser asks comes later.
  const asked = [...new Set(held.flatMap((one) => one.asked))];
  const listens = listening();
  if (url === undefined) return tell(`exit ${terminal.end.status}`);

  const { host, hostname, port } = redirectOf(url);
  const callback = await session.callback();
  const isHeld = ports.includes(Number(port));
  if (isHeld && hostname === 'localhost') {
    await ask(callback.replace('//localhost', '//[::1]'));
    await session.end(4000);
    const paste = /paste/i.test(plain(terminal.output)) ? 'offers to paste the address' : 'waits';
    return tell(`URL for ${host}, so **the code goes to the stranger**; ${paste}`);
  }
  await browse(callback);
  const end = await session.ending(END_MS);
  if (isHeld && addresses.length === 1) return { cell: `not affected: ${host} (${end.text})`, listens, end };
  return tell(`uses ${port}`, end);

  function tell(does, end) {
    const says = TAKEN.test(plain(terminal.output)) ? 'says so' : '**does not say so**';
    const sends = asked.length > 0 ? `; sends the stranger \`${asked.join(', ')}\`` : '';
    const ending = end === undefined ? '' : ` (${end.text})`;
    return {
      cell: `${does}; ${says}${sends}${ending}`,
      listens,
      shown: plain(terminal.output).slice(0, 4000),
    };
  }
}
