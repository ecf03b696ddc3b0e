/**
 * The pages of the authorization endpoint: who are you and do you allow it, and "this request cannot be
 * honoured". It decides what they say and where their form may lead, not what an answer means.
 */

import type { AuthorizationRequest } from '../endpoints/authorization-request.ts';
import type { Account } from '../grants/accounts.ts';
import { type Answer, refusedBy } from '../http/answer.ts';
import type { Strictness } from '../strictness/rules.ts';
import { accountChoices, escapeHtml, page } from './page.ts';

export interface SignInFacts {
  /** Absolute URL that the form is posted to. */
  action: string;
  /** The one-time handle of this request. */
  handle: string;
  /** Whom to offer; at least one. */
  choices: readonly Account[];
  request: Pick<AuthorizationRequest, 'redirectUri' | 'scope' | 'name'>;
}

/** Asks the person: one account or a choice of several, Allow or Deny. */
export function signInPage({ action, handle, choices, request }: SignInFacts): Answer {
  const { origin } = new URL(request.redirectUri);
  const { name } = request;
  const who =
    name === undefined
      ? 'An application'
      : `<strong><bdi>${escapeHtml(name)}</bdi></strong>, a new application`;
  const body = `<p>${who} on this computer, at <strong>${escapeHtml(origin)}</strong>, asks for access to your account.</p>
<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="request_handle" value="${escapeHtml(handle)}">
${accountChoices(choices)}
<h2 id="asks">It asks to</h2><ul aria-labelledby="asks">${request.scope.split(' ').map(scopeItem).join('')}</ul>
<div class="buttons"><button name="decision" value="allow" class="primary">Allow</button><button name="decision" value="deny">Deny</button></div>
</form>`;
  return page(200, 'Sign in', body, 'page shown', formTargets(action, origin));
}

/**
 * For a request that may not be redirected (RFC 6749 §4.1.2.1): only the person learns of it. Nothing sent is
 * repeated.
 */
export function refusalPage(detail: string, strictness?: Strictness): Answer {
  const body = `<p>The request that brought you here cannot be honoured: its <code>${escapeHtml(detail)}</code> is not acceptable.</p>
<p>Nothing was granted. Go back to the application and start the sign-in again.</p>`;
  const answer = page(400, 'Request refused', body, `refused: ${detail}`, "'none'");
  return strictness === undefined ? answer : refusedBy(strictness, answer);
}

const SCOPES: Readonly<Record<string, string>> = {
  openid: 'know who you are',
  profile: 'see your name',
  email: 'see your e-mail address',
  offline_access: 'stay signed in until you revoke it',
};

function scopeItem(scope: string): string {
  // A name may break after its dots only.
  const asIs = `use <code>${escapeHtml(scope).replaceAll('.', '.<wbr>')}</code>`;
  return `<li>${SCOPES[scope] ?? asIs}</li>`;
}

/**
 * Where the form may lead: this server, and the client it is redirected to, since Chromium holds the
 * redirect after a POST to `form-action` too. A policy cannot name an IPv6 address, so for that one any http
 * address has to do.
 */
function formTargets(action: string, clientOrigin: string): string {
  return `'self' ${new URL(action).origin} ${clientOrigin.includes('[') ? 'http:' : clientOrigin}`;
}
