// Rows about the person's machine: what is left on disk and on the terminal, and how a login ends that nobody finishes.

import { execFileSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';

import { throwAwayHome, withSession } from '../../real-programs/session.mjs';
import { plain } from '../../real-programs/terminal.mjs';
import { tellSecrets } from './server.mjs';

const END_MS = 20_000;
const IDLE_MS = 60_000;

export const personRows = {
  mode: {
    what: 'mode of the stored credential',
    about: 'After a good login, under umask 022.',
    readme: true,
    run: (program) =>
      withSession(program, {}, async (session) => {
        await session.signIn();
        await session.end(END_MS);
        const found = session.credential();
        if (found === undefined) throw new Error('nothing was stored');
        const mode = (statSync(found.path).mode & 0o777).toString(8).padStart(4, '0');
        return {
          cell: mode === '0600' ? mode : `**${mode}**`,
          file: found.path.replace(/^.*?comparison-[^/]*/, '~'),
        };
      }),
  },
  secrets: {
    what: 'secrets on the terminal of a good login',
    about: 'Codes, verifiers and tokens; the authorization URL with its `state` is on every terminal.',
    run: (program) =>
      withSession(program, {}, async (session) => {
        await session.signIn();
        const ending = await session.ending(END_MS);
        return {
          cell: `${tellSecrets(session.secretsIn(session.terminal.output))} (${ending.text})`,
          ending,
        };
      }),
  },
  address: {
    what: 'secrets in the address of the last page',
    about: 'What stays in the browser’s address bar and history when the login is over.',
    run: (program) =>
      withSession(program, {}, async (session) => {
        const { url } = await session.signIn();
        await session.end(END_MS);
        return { cell: tellSecrets(session.secretsIn(url)) };
      }),
  },
  interrupted: {
    what: 'Ctrl-C during a second login: the old credential',
    about:
      'Signed in once; then a second login is started and interrupted when it shows its URL; again 20 seconds later, if it is still there.',
    readme: true,
    run: async (program) => {
      const home = throwAwayHome();
      try {
        const old = await withSession(program, { home }, async (session) => {
          await session.signIn();
          await session.end(END_MS);
          return session.credential()?.refresh;
        });
        if (old === undefined) throw new Error('the first login stored nothing');
        return await withSession(program, { home }, async (session) => {
          await session.url();
          session.terminal.type('\u0003');
          const first = await session.end(END_MS);
          if (first === undefined) session.terminal.type('\u0003');
          const end = first ?? (await session.end(END_MS));
          const kept = session.credential()?.refresh === old;
          const revoked = session.posted('/oauth/revoke') > 0 ? ', revoked at the server' : '';
          const how = end === undefined ? 'still running after a second Ctrl-C' : `exit ${end.status}`;
          const twice = first === undefined && end !== undefined ? 'only the second Ctrl-C ends it, ' : '';
          return { cell: `${kept ? 'kept' : '**gone**'}${revoked} (${twice}${how})`, kept, end };
        });
      } finally {
        rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      }
    },
  },
  'no-display': {
    what: 'no display: ends after storing',
    about:
      'Without DISPLAY and WAYLAND_DISPLAY, as on a server; the callback arrives all the same (a forwarded port).',
    run: (program) =>
      withSession(program, { desktop: false }, async (session) => {
        await session.signIn();
        const ending = await session.ending(30_000);
        return { cell: ending.text, ending };
      }),
  },
  offers: {
    what: 'no display and no callback: what the terminal offers',
    about:
      'The words on the terminal ten seconds after the URL, searched for a pasted address, a device code and a forwarded port.',
    run: (program) =>
      withSession(program, { desktop: false }, async (session) => {
        await session.url();
        await session.end(10_000);
        const shown = plain(session.terminal.output);
        const offers = {
          'pasting the address': /paste/i,
          'a device code': /device/i,
          'the `ssh -L` line': /ssh (?:-N )?-L/,
        };
        const offered = Object.keys(offers).filter((name) => offers[name].test(shown));
        return { cell: offered.join(', ') || '**nothing**', shown: shown.slice(-3000) };
      }),
  },
  limit: {
    what: 'overall time limit',
    about: `Nobody signs in for ${IDLE_MS / 1000} s, and nothing longer is awaited; does \`--help\` name an option for it? Where it does, it is used with 5 s.`,
    run: async (program) => {
      const option = /--time-?out\b/.exec(helpOf(program))?.[0];
      const args = option === undefined ? [] : [option, '5'];
      return await withSession(program, { args }, async (session) => {
        await session.url();
        const end = await session.end(IDLE_MS);
        const ends = end === undefined ? `not awaited beyond ${IDLE_MS / 1000} s` : tellEnd(end);
        return { cell: option === undefined ? `no option; ${ends}` : `\`${option} 5\`: ${ends}`, end };
      });
    },
  },
  start: {
    what: 'processor time from start to URL',
    about:
      'User and system time of the program and its children, the least of five starts, each in a fresh home: what else the machine does hardly shows in it.',
    readme: true,
    run: async (program) => {
      const took = [];
      for (let round = 0; round < 5; round += 1) {
        const one = await withSession(program, {}, async (session) => {
          await session.url();
          return session.urlProcessorMs;
        });
        took.push(one);
      }
      return { cell: `${Math.min(...took)} ms`, took };
    },
  },
};

const tellEnd = ({ status, afterMs }) => `exit ${status} after ${Math.floor(afterMs / 1000)} s`;

/** A program without help of its own for the login prints what it has, or nothing. */
function helpOf(program) {
  const home = throwAwayHome();
  try {
    const options = { encoding: 'utf8', timeout: 120_000, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] };
    const env = { PATH: '/usr/bin:/bin', HOME: home };
    // pi takes words after the login for nothing, and would sign in: its help is asked for by itself.
    const argv =
      program.folder === 'pi' ? [...program.login.slice(0, 2), '--help'] : [...program.login, '--help'];
    return execFileSync(argv[0], argv.slice(1), { ...options, env });
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
