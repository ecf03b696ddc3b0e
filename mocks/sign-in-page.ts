/**
 * The pages of the authorization endpoint: who are you and do you allow it, and "this request cannot be
 * honoured". Self-contained, escaped, without script; it decides how they look and what they may load, not
 * what an answer means.
 */

import { createHash } from 'node:crypto';

import type { Account } from './accounts.ts';
import { type Answer, htmlAnswer } from './answer.ts';
import type { AuthorizationRequest } from './authorization-request.ts';

export interface SignInFacts {
  /** Absolute URL that the form is posted to. */
  action: string;
  /** The one-time handle of this request. */
  handle: string;
  /** Whom to offer; at least one. */
  choices: readonly Account[];
  request: Pick<AuthorizationRequest, 'redirectUri' | 'scope'>;
}

/** Asks the person: one account or a choice of several, Allow or Deny. */
export function signInPage({ action, handle, choices, request }: SignInFacts): Answer {
  const { origin } = new URL(request.redirectUri);
  const body = `<p>An application on this computer, at <strong>${escapeHtml(origin)}</strong>, asks for access to your account.</p>
<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="request_handle" value="${escapeHtml(handle)}">
<fieldset><legend>Continue as</legend>${choices.map(choice).join('')}</fieldset>
<h2 id="asks">It asks for</h2><ul aria-labelledby="asks">${request.scope.split(' ').map(scopeItem).join('')}</ul>
<div class="buttons"><button name="decision" value="allow" class="primary">Allow</button><button name="decision" value="deny">Deny</button></div>
</form>`;
  return page(200, 'Sign in', body, 'page shown', formTargets(action, origin));
}

/**
 * For a request that may not be redirected (RFC 6749 §4.1.2.1): only the person learns of it. Nothing sent is
 * repeated.
 */
export function refusalPage(detail: string): Answer {
  const body = `<p>The request that brought you here cannot be honoured: its <code>${escapeHtml(detail)}</code> is not acceptable.</p>
<p>Nothing was granted. Go back to the application and start the sign-in again.</p>`;
  return page(400, 'Request refused', body, `refused: ${detail}`, "'none'");
}

function choice({ email, name, plan, accountId }: Account, index: number): string {
  const title = escapeHtml(name ?? email ?? accountId);
  const details = [name === undefined ? undefined : email, `${plan} plan`]
    .filter((part) => part !== undefined)
    .join(' · ');
  return `<label><input type="radio" name="account" value="${index}"${index === 0 ? ' checked' : ''}><span><bdi>${title}</bdi><small>${escapeHtml(details)}</small></span></label>`;
}

const SCOPES: Readonly<Record<string, string>> = {
  openid: 'know who you are',
  profile: 'see your name',
  email: 'see your e-mail address',
  offline_access: 'stay signed in until you revoke it',
};

function scopeItem(scope: string): string {
  return `<li>${SCOPES[scope] ?? `<code>${escapeHtml(scope)}</code>`}</li>`;
}

/**
 * Where the form may lead: this server, and the client it is redirected to, since Chromium holds the
 * redirect after a POST to `form-action` too. A policy cannot name an IPv6 address, so for that one any http
 * address has to do.
 */
function formTargets(action: string, clientOrigin: string): string {
  return `'self' ${new URL(action).origin} ${clientOrigin.includes('[') ? 'http:' : clientOrigin}`;
}

const STYLE = `:root{color-scheme:light dark;--ink:#181b20;--soft:#545b66;--paper:#eef1f5;--card:#fff;--line:#d5dae1;--edge:#767e8a;--accent:#0b6b4a;--on:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#edf0f4;--soft:#a9b1bd;--paper:#12151a;--card:#1c2027;--line:#343b46;--edge:#7d8794;--accent:#52cf9c;--on:#08130e}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}
main{width:100%;max-width:27rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:1rem;overflow-wrap:anywhere}
h1{margin:0 0 1rem;font-size:1.6rem;line-height:1.2}h2,legend{margin:0;padding:0;font-size:.9rem;font-weight:600;color:var(--soft)}p{margin:0 0 1.25rem}main>p:last-child{margin-bottom:0}
.mock{margin:0 0 .5rem;font-size:.85rem;color:var(--soft)}fieldset{margin:0 0 1.25rem;padding:0;border:0;display:grid;gap:.5rem}legend{margin-bottom:.5rem}
label{display:flex;gap:.75rem;align-items:center;padding:.7rem .9rem;border:1px solid var(--line);border-radius:.7rem;cursor:pointer}label:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
label span{display:grid}input{flex:none;width:1.1rem;height:1.1rem;margin:0;accent-color:var(--accent)}small{font-size:.85rem;color:var(--soft)}ul{margin:.35rem 0 1.5rem;padding-inline-start:1.25rem}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem}button{flex:1 1 8rem;min-height:2.75rem;padding:.5rem 1rem;border:1px solid var(--edge);border-radius:.7rem;background:none;color:var(--ink);font:inherit;font-weight:600;cursor:pointer}
.primary{background:var(--accent);border-color:var(--accent);color:var(--on)}label:has(:focus-visible),button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

function page(status: number, title: string, body: string, outcome: string, formAction: string): Answer {
  const html = `<!doctype html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · mock authorization server</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><main><p class="mock">Mock server: no real account is involved</p><h1>${title}</h1>
${body}
</main></body></html>
`;
  return htmlAnswer(status, html, outcome, {
    'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action ${formAction}`,
    'Referrer-Policy': 'no-referrer',
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
