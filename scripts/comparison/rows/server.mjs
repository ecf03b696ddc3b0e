// Rows about the authorization server's answers: refusals, a suffix on the state, an exchange that hangs, fails or redirects.

import { setTimeout as sleep } from 'node:timers/promises';

import { browse, tellPage } from '../../real-programs/browser.mjs';
import { withSession } from '../../real-programs/session.mjs';

const END_MS = 20_000;
/** Nothing is awaited longer than this. */
const PATIENCE_MS = 60_000;

export const serverRows = {
  denied: {
    what: 'the person refuses (`access_denied`)',
    about:
      'The redirect carries the error and the right state. What the page says, and whether the login ends.',
    readme: true,
    run: (program) => signInUnder(program, 'access-denied', PATIENCE_MS),
  },
  suffix: {
    what: '`state` with the suffix `.onboarding_entrypoint=life_sciences`',
    about: 'The one change of `state` that OpenAI’s server is known to make.',
    readme: true,
    run: (program) => signInUnder(program, 'state-suffixed', END_MS),
  },
  escapes: {
    what: 'escape sequences in `error_description`',
    about: 'A window title, a link, colours and a cleared screen: do they reach the terminal as they are?',
    run: (program) =>
      withSession(program, { scenario: 'error-description-escapes' }, async (session) => {
        await session.signIn();
        await session.end(10_000);
        const { output } = session.terminal;
        const raw = ['\u001b]0;owned', '\u001b]8;;https://evil', '\u001b[31mred'].filter((text) =>
          output.includes(text),
        );
        const shown = output.includes('owned');
        return {
          cell: raw.length > 0 ? '**reach the terminal raw**' : shown ? 'shown as text' : 'not shown',
          raw,
        };
      }),
  },
  hang: {
    what: 'hung token endpoint',
    about: `The code is posted and never answered; at most ${PATIENCE_MS / 1000} s are awaited.`,
    readme: true,
    run: (program) => signInUnder(program, 'token-hang', PATIENCE_MS),
  },
  failed: {
    what: 'failed exchange (400 `invalid_grant`)',
    about: 'What the page says, and the exit status.',
    readme: true,
    run: (program) => signInUnder(program, 'token-invalid-grant', END_MS),
  },
  redirect: {
    what: '307 from the token endpoint',
    about: 'Are code and verifier posted again, to wherever it points?',
    readme: true,
    run: (program) =>
      withSession(program, { scenario: 'token-redirect' }, async (session) => {
        await session.signIn();
        const ending = await session.ending(END_MS);
        const again = session.posted('/oauth/token/elsewhere');
        return {
          cell: `${again > 0 ? '**posts them again**' : 'not followed'} (${ending.text})`,
          again,
          ending,
        };
      }),
  },
  'page-before-storing': {
    what: 'success page before storing',
    about: 'The exchange takes three seconds. Is the credential in the store when the page has arrived?',
    readme: true,
    run: (program) =>
      withSession(program, { scenario: 'token-slow' }, async (session) => {
        const page = await session.signIn();
        const before = session.credential() === undefined;
        const arrived = performance.now();
        while (before && session.credential() === undefined && performance.now() - arrived < END_MS)
          await sleep(10);
        const seconds = ((performance.now() - arrived) / 1000).toFixed(1);
        const ending = await session.ending(END_MS);
        if (page.failed !== undefined) return { cell: `${tellPage(page)} (${ending.text})`, ending };
        const cell = before ? `**yes**, ${seconds} s before` : 'no';
        return { cell: `${cell}; ${tellPage(page)}`, ending, seconds };
      }),
  },
  'missing-field': {
    what: 'token response without `refresh_token`: secrets on the terminal',
    about: 'The whole terminal output is searched for every code, verifier and token of the run.',
    run: (program) =>
      withSession(program, { scenario: 'token-no-refresh-token' }, async (session) => {
        await session.signIn();
        const ending = await session.ending(END_MS);
        return {
          cell: `${tellSecrets(session.secretsIn(session.terminal.output))} (${ending.text})`,
          ending,
        };
      }),
  },
};

function signInUnder(program, scenario, patienceMs) {
  return withSession(program, { scenario }, async (session) => {
    const callback = await session.callback();
    const started = performance.now();
    // The page may never come, and the program may end first.
    const browsing = browse(callback, { timeoutMs: patienceMs });
    const ending = await session.ending(patienceMs);
    const seconds = (performance.now() - started) / 1000;
    const page = await browsing;
    const when = ending.status !== undefined && seconds >= 10 ? ` after ${Math.round(seconds)} s` : '';
    const end = ending.text.replace(/exit \d+/, (exit) => `${exit}${when}`);
    const lies = /successful|signed in to/i.test(page.title ?? '') && !ending.stored;
    const shown = lies ? `**${tellPage(page)}**` : tellPage(page);
    return { cell: `${shown}; ${end}`, ending, seconds };
  });
}

/** Labels of secrets by kind. */
export function tellSecrets(labels) {
  const kinds = [...new Set(labels.map((label) => label.split('#')[0]))];
  return kinds.length === 0 ? 'none' : `**${kinds.join(', ')}**`;
}
