/**
 * The pages a person sees in the browser: signed in, not signed in, finished another way, and "nothing happened".
 * Self-contained, escaped, no script; it decides how they read, the story decides what they say.
 */

import { code, html, sentence } from './markup.ts';
import { closing, facts, nextSteps, type Page, type Parts, page } from './page-frame.ts';
import { type SuccessFacts, successStory } from './success-page.ts';

export type { Page } from './page-frame.ts';
export type { SuccessFacts } from './success-page.ts';

export interface FailureFacts {
  /** The code that the terminal shows too. */
  readonly code: string;
  readonly summary: string;
  readonly hint: string;
  /** `unknown`: the store may hold something of this login (a store's error says so). */
  readonly outcome?: 'unchanged' | 'unknown' | undefined;
}

/** How a login was finished while a browser was on its way. */
export type OtherWay = 'paste' | 'device';

export interface ElsewhereFacts {
  readonly way: OtherWay;
  /** What the login came to, once that is known. */
  readonly success?: SuccessFacts | undefined;
  readonly failure?: FailureFacts | undefined;
}

/** Shown only after the credential is stored. */
export function successPage(known: SuccessFacts): Page {
  const { finished, ...story } = successStory(known);
  return page(200, { mood: finished ? 'good' : 'warn', ...story });
}

/** Shown when the login ended after the browser came back; the terminal says the same. */
export function failurePage(failure: FailureFacts): Page {
  return page(400, failureStory(failure));
}

/**
 * For a browser that is held, or comes back, when the login was finished another way. What it came to is said where it is known,
 * and never claimed before.
 */
export function finishedElsewherePage({ way, success, failure }: ElsewhereFacts): Page {
  const unneeded = `with ${WAYS[way]}; this tab was not needed for it.`;
  if (success !== undefined) {
    const { finished, ...story } = successStory(success);
    const lede = html`The sign-in was finished ${unneeded} ${story.lede}`;
    return page(200, { mood: finished ? 'good' : 'warn', ...story, lede });
  }
  if (failure !== undefined) {
    const story = failureStory(failure);
    return page(400, { ...story, lede: html`The sign-in went on ${unneeded} ${story.lede}` });
  }
  return page(200, {
    mood: 'calm',
    title: 'Continued another way',
    lede: html`The sign-in went on ${unneeded}`,
    body: closing('How it ends is told where you started it. You can close this tab.'),
  });
}

const WAYS: Readonly<Record<OtherWay, string>> = {
  paste: 'the address that was pasted',
  device: 'a device code',
};

function failureStory(failure: FailureFacts): Parts {
  const nothingStored = failure.outcome !== 'unknown' && failure.code !== 'ERR_UNEXPECTED';
  // Told once: the row below says it, and more.
  const hint = nothingStored ? failure.hint.replace(/ Nothing was stored\.$/, '') : failure.hint;
  return {
    mood: nothingStored ? 'bad' : 'doubt',
    title: nothingStored ? 'Not signed in' : 'Sign-in not confirmed',
    lede: sentence(failure.summary),
    body: html`${nextSteps([sentence(hint)])}${facts([
      {
        term: 'Error code',
        text: html`${code(failure.code)}<small>Where you started the sign-in, you find the same code.</small>`,
      },
      {
        term: 'Stored',
        text: nothingStored
          ? html`Nothing; what was stored before is unchanged`
          : html`Not certain; ${sentence('codex-login status')} shows what is there now`,
      },
    ])}${closing('You can close this tab.')}`,
  };
}

const STRAY: Readonly<Record<400 | 403 | 404 | 405 | 417 | 421, string>> = {
  400: 'This answer does not belong to the sign-in that is waiting here.',
  403: 'Only a page that you open yourself is answered here.',
  404: 'There is nothing at this address.',
  405: 'This address answers GET only.',
  417: 'Nothing special is done at this address.',
  421: 'This address serves localhost only.',
};

/** For a request that is none of this login's business. Nothing of the request is repeated. */
export function strayPage(status: keyof typeof STRAY): Page {
  const ready = strayPages.get(status);
  if (ready) return ready;
  const made = page(status, {
    mood: 'calm',
    title: 'Nothing happened',
    lede: html`${STRAY[status]}`,
    body: closing(
      'Nothing was changed, and a sign-in that is under way goes on. Return to the tab or the terminal where you started it; you can close this one.',
    ),
  });
  strayPages.set(status, made);
  return made;
}
const strayPages = new Map<number, Page>();
