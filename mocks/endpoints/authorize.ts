/**
 * The authorization endpoint: GET asks (or approves at once, or waits for the test), POST is the page's form coming back.
 * What makes a request valid is `authorization-request`'s business, how the page looks `sign-in-page`'s.
 */

import { hookContextOf, newSecret, type ServerContext } from '../context.ts';
import { type Account, accountsWithin } from '../grants/accounts.ts';
import { type Answer, type DecidedLater, redirectAnswer, refusedBy } from '../http/answer.ts';
import type { Parameters } from '../http/parameters.ts';
import { refusalPage, signInPage } from '../pages/sign-in-page.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { type AuthorizationRequest, checkAuthorizationRequest } from './authorization-request.ts';

export interface AuthorizationEndpoint {
  /** GET: a redirect, the sign-in page, or a page that says why not. */
  ask(parameters: Parameters): Answer | DecidedLater;
  /** POST of the sign-in page: `request_handle`, good once, `decision` and `account`. */
  decide(parameters: Parameters): Answer;
}

/** The endpoint of one server. */
export function createAuthorizationEndpoint(context: ServerContext): AuthorizationEndpoint {
  const { accounts, approve, approvals, clients, clock, faults, grants, issuer, journal, profile } = context;
  /** Requests whose page is open, by the handle in its form: nobody else's page can answer for them. */
  const open = new Map<string, { request: AuthorizationRequest; choices: readonly Account[] }>();

  function ask(parameters: Parameters): Answer | DecidedLater {
    const checked = checkAuthorizationRequest(parameters, context);
    if (checked.verdict === 'tell-person') return refusalPage(checked.detail, checked.strictness);
    if (checked.verdict === 'tell-client') {
      const { redirectUri, state, error, detail, strictness } = checked;
      const members = { error, error_description: detail, state, ...issOf() };
      return refusedBy(strictness, respond(302, redirectUri, members, `${error}: ${detail}`));
    }
    const { request } = checked;
    const choices = accountsWithin(accounts, request.allowedWorkspaceId);
    const first = choices[0];
    if (first === undefined) return refuse(302, request, 'no account in the workspace that was asked for');
    if (approve === 'auto') return finish(302, request, first);
    if (approve === 'manual') return untilDecided(request, choices);
    const handle = newSecret();
    journal.note('handle', handle);
    open.set(handle, { request, choices });
    return signInPage({ action: issuer + profile.paths.authorize, handle, choices, request });
  }

  function untilDecided(request: AuthorizationRequest, choices: readonly Account[]): DecidedLater {
    const { scope, redirectUri } = request;
    const pending = { kind: 'authorization', scope, redirectUri, accounts: choices } as const;
    return {
      whenDecided: (send) =>
        approvals.hold(pending, (decision) =>
          send(
            decision === 'denied'
              ? refuse(302, request, 'the person said no')
              : finish(302, request, decision.account),
          ),
        ),
    };
  }

  function decide(parameters: Parameters): Answer {
    const { flaw } = parameters;
    if (flaw !== undefined) return refusalPage(flaw.detail, flaw.strictness);
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

  function issOf(): { iss?: string } {
    return profile.iss ? { iss: issuer } : {};
  }

  function refuse(status: 302 | 303, { redirectUri, state }: AuthorizationRequest, detail: string): Answer {
    const description = 'The user denied the request.';
    const parameters = { error: 'access_denied', error_description: description, state, ...issOf() };
    return respond(status, redirectUri, parameters, `access_denied: ${detail}`);
  }

  /** The person said yes: a code, unless a scenario has an error in its place. */
  function finish(status: 302 | 303, request: AuthorizationRequest, account: Account): Answer {
    const { redirectUri, state, scope, client } = request;
    const due = faults.take('authorize');
    const instead = due.find((fault) => fault.instead)?.instead;
    if (instead) return instead(hookContextOf(context));
    const refusal = due.find((fault) => fault.refusal)?.refusal;
    const authenticatedAt = Math.floor(clock.now() / 1000);
    const trap = due.find((fault) => fault.trap)?.trap;
    const issuedTo = client === 'new' ? clients.issue() : client?.id;
    const granted = { ...request, account, authenticatedAt, trap, clientId: issuedTo };
    const parameters = refusal
      ? { error: refusal.error, error_description: refusal.errorDescription, state }
      : {
          code: grants.issueCode(granted),
          scope,
          state,
          ...(client === 'new' ? { client_id: issuedTo } : {}),
        };
    const answer = respond(
      status,
      redirectUri,
      { ...parameters, ...issOf() },
      refusal?.error ?? 'issued',
      (query) => {
        for (const fault of due) fault.redirect?.(query, hookContextOf(context));
      },
    );
    return due.reduce(asScenarioHasIt, answer);
  }

  return { ask, decide };
}

/** How the redirect travels, and whether the callback comes twice. */
function asScenarioHasIt(answer: Answer, { delivery, deliversTwice }: Scenario): Answer {
  return {
    ...answer,
    ...(delivery === undefined ? {} : { delivery }),
    ...(deliversTwice === undefined ? {} : { visits: answer.headers.Location ?? '' }),
  };
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
