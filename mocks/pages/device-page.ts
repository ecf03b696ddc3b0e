/**
 * The page of the other device: which code, who, and do you allow it; then that it was taken. It decides what they
 * say, not whether a code is good.
 */

import type { Account } from '../grants/accounts.ts';
import type { Answer } from '../http/answer.ts';
import { accountChoices, escapeHtml, page } from './page.ts';

export interface DevicePageFacts {
  /** Absolute URL that the form is posted to. */
  action: string;
  /** Whom to offer; at least one. */
  choices: readonly Account[];
  /** What is in the field already. */
  userCode: string;
  /** What is wrong with the code that came in. */
  problem?: string;
}

/** Asks for the code, for one account or a choice of several, and for Allow or Deny. */
export function devicePage({ action, choices, userCode, problem }: DevicePageFacts): Answer {
  const described = problem === undefined ? 'advice' : 'problem advice';
  const told = problem === undefined ? '' : `<p class="problem" id="problem" role="alert">${problem}</p>`;
  const body = `<p id="advice">A program on another computer shows a code. Allow it only if you started it yourself and it shows this very code.</p>
<form method="post" action="${escapeHtml(action)}">
<label class="field" for="user-code">Code</label>
<input class="code" id="user-code" name="user_code" value="${escapeHtml(userCode)}" required maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="${described}"${problem === undefined ? '' : ' aria-invalid="true"'}>
${told}${accountChoices(choices)}
<div class="buttons"><button name="decision" value="allow" class="primary">Allow</button><button name="decision" value="deny">Deny</button></div>
</form>`;
  const formAction = `'self' ${new URL(action).origin}`;
  return problem === undefined
    ? page(200, 'Sign in on another device', body, 'device page shown', formAction)
    : page(400, 'Sign in on another device', body, `device page: ${problem}`, formAction);
}

/** Where the person's part ends. */
export function deviceDonePage(outcome: 'allowed' | 'denied'): Answer {
  return outcome === 'allowed'
    ? page(200, 'Allowed', '<p>You can close this page and go back to the program.</p>', 'approved', "'none'")
    : page(200, 'Denied', '<p>Nothing was granted. You can close this page.</p>', 'denied', "'none'");
}
