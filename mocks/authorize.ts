/**
 * The authorization endpoint: GET asks (or approves at once), POST is the page's form coming back.
 * What makes a request valid is `authorization-request`'s business, how the page looks `sign-in-page`'s.
 */

import { type Account, accountsWithin } from './accounts.ts';
import { type Answer, redirectAnswer } from './answer.ts';
import { type AuthorizationRequest, checkAuthorizationRequest } from './authorization-request.ts';
import { hookContextOf, newSecret, type ServerContext } from './context.ts';
import type { Parameters } from './parameters.ts';
import { refusalPage, signInPage } from './sign-in-page.ts';

export interface AuthorizationEndpoint {
  /** GET: a redirect, the sign-in page, or a page that says why not. */
  ask(parameters: Parameters): Answer;
  /** POST of the sign-in page: `request_handle`, good once, `decision` and `account`. */
  decide(parameters: Parameters): Answer;
}

/** The endpoint of one server. */
export function createAuthorizationEndpoint(context: ServerContext): AuthorizationEndpoint {
  const { accounts, approve, clock, faults, grants, issuer, journal } = context;
  /** Requests whose page is open, by the handle in its form: nobody else's page can answer for them. */
  const open = new Map<string, { request: AuthorizationRequest; choices: readonly Account[] }>();

  function ask(parameters: Parameters): Answer {
    const checked = checkAuthorizationRequest(parameters, context);
    if (checked.verdict === 'tell-person') return refusalPage(checked.detail);
    if (checked.verdict === 'tell-client') {
      const { redirectUri, state, error, detail } = checked;
      return respond(302, redirectUri, { error, error_description: detail, state }, `${error}: ${detail}`);
    }
    const { request } = checked;
    const choices = accountsWithin(accounts, request.allowedWorkspaceId);
    const first = choices[0];
    if (first === undefined) return refuse(302, request, 'no account in the workspace that was asked for');
    if (approve === 'auto') return finish(302, request, first);
    const handle = newSecret();
    journal.note('handle', handle);
    open.set(handle, { request, choices });
    return signInPage({ action: `${issuer}/oauth/authorize`, handle, choices, request });
  }

  function decide(parameters: Parameters): Answer {
    if (parameters.flaw !== undefined) return refusalPage(parameters.flaw);
    const handle = parameters.get('request_handle') ?? '';
    const waiting = open.get(handle);
    if (waiting === undefined) return refusalPage('request_handle');
    open.delete(handle);
    const decision = parameters.get('decision');
    if (decision === 'deny') return refuse(303, waiting.request, 'the person said no');
    const account = waiting.choices[Number(parameters.get('account') ?? 0)];
    if (decision !== 'allow' || account === undefined) return refusalPage('decision');
    return finish(303, waiting.request, account);
  }

  function refuse(status: 302 | 303, { redirectUri, state }: AuthorizationRequest, detail: string): Answer {
    const parameters = { error: 'access_denied', error_description: 'The user denied the request.', state };
    return respond(status, redirectUri, parameters, `access_denied: ${detail}`);
  }

  /** The person said yes: a code, unless a scenario has an error in its place. */
  function finish(status: 302 | 303, request: AuthorizationRequest, account: Account): Answer {
    const { redirectUri, state, scope } = request;
    const due = faults.take('authorize');
    const refusal = due.find((fault) => fault.refusal)?.refusal;
    const parameters = refusal
      ? { error: refusal.error, error_description: refusal.errorDescription, state }
      : {
          code: grants.issueCode({ ...request, account, authenticatedAt: Math.floor(clock.now() / 1000) }),
          scope,
          state,
        };
    return respond(status, redirectUri, parameters, refusal?.error ?? 'issued', (query) => {
      for (const fault of due) fault.redirect?.(query, hookContextOf(context));
    });
  }

  return { ask, decide };
}

/**
 * The redirect back to the client; after a POST it is a 303, so that no form is posted on (RFC 9700 §4.12).
 */
function respond(
  status: 302 | 303,
  redirectUri: string,
  parameters: Readonly<Record<string, string | undefined>>,
  outcome: string,
  edit: (query: URLSearchParams) => void = () => undefined,
): Answer {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  edit(query);
  return redirectAnswer(status, `${redirectUri}?${query}`, outcome);
}
