/** Scenarios of the authorization response. Data with small hooks; the endpoint decides when they run. */

import { htmlAnswer, silence } from '../http/answer.ts';
import { scenarioTable } from './scenario.ts';

const OTHER_ISSUER = 'https://issuer.example';
const PROMISE = { authorization_response_iss_parameter_supported: true };

/**
 * Escape sequences (a title, a link, a colour), a bell, a right-to-left override, HTML, a line break, and too
 * much of it.
 */
const HOSTILE_DESCRIPTION = [
  '\u001b]0;owned\u0007\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007\u001b[31mred\u001b[2J',
  '\u009b31m\u202egnorw\u202c\u2066\u200f',
  '<img src=x onerror=alert(1)><script>alert(1)</script>"\'&',
  'line one\r\nline two',
  'long '.repeat(400),
].join(' ');

export const authorizeScenarios = scenarioTable({
  'access-denied': {
    endpoint: 'authorize',
    description: 'The person refuses: access_denied on the redirect.',
    refusal: { error: 'access_denied', errorDescription: 'The user denied the request.' },
  },
  'entitlement-missing': {
    endpoint: 'authorize',
    description: 'The plan has no Codex: access_denied, and missing_codex_entitlement in the description.',
    refusal: {
      error: 'access_denied',
      errorDescription: 'missing_codex_entitlement: the workspace does not include Codex',
    },
  },
  'invalid-scope': {
    endpoint: 'authorize',
    description: 'The scope is refused: invalid_scope on the redirect.',
    refusal: {
      error: 'invalid_scope',
      errorDescription: 'The requested scope is not allowed for this client.',
    },
  },
  'state-missing': {
    endpoint: 'authorize',
    description: 'The redirect has a code and no state.',
    trap: 'state-checked',
    redirect: (parameters) => parameters.delete('state'),
  },
  'state-wrong': {
    endpoint: 'authorize',
    description: 'The redirect has a code and a state of somebody else.',
    trap: 'state-checked',
    redirect: (parameters, { secret }) => parameters.set('state', secret('foreign-state')),
  },
  'state-doubled': {
    endpoint: 'authorize',
    description: 'The redirect has the right state twice.',
    trap: 'state-checked',
    redirect: (parameters) => parameters.append('state', parameters.get('state') ?? ''),
  },
  'state-suffixed': {
    endpoint: 'authorize',
    description: 'The state comes back with the suffix that OpenAI is known to add.',
    redirect: (parameters) => suffix(parameters, '.onboarding_entrypoint=life_sciences'),
  },
  'state-suffixed-unknown': {
    endpoint: 'authorize',
    description: 'The state comes back with a suffix that nobody has announced.',
    trap: 'state-checked',
    redirect: (parameters) => suffix(parameters, '.onboarding_entrypoint=unheard_of'),
  },
  'iss-wrong': {
    endpoint: 'authorize',
    description: 'The redirect names another issuer (RFC 9207: mix-up).',
    trap: 'iss-checked',
    redirect: (parameters) => parameters.set('iss', OTHER_ISSUER),
  },
  'iss-present': {
    endpoint: 'authorize',
    description: 'The redirect names the right issuer, although the metadata does not promise it.',
    redirect: (parameters, { issuer }) => parameters.set('iss', issuer),
  },
  'iss-missing': {
    endpoint: 'authorize',
    description: 'The metadata promises iss, and the redirect has none (RFC 9207).',
    lasting: true,
    trap: 'iss-demanded',
    metadata: (document) => void Object.assign(document, PROMISE),
    redirect: (parameters) => parameters.delete('iss'),
  },
  'iss-wrong-promised': {
    endpoint: 'authorize',
    description: 'The metadata promises iss, and the redirect names another issuer (RFC 9207).',
    lasting: true,
    trap: 'iss-checked',
    metadata: (document) => void Object.assign(document, PROMISE),
    redirect: (parameters) => parameters.set('iss', OTHER_ISSUER),
  },
  'client-missing': {
    endpoint: 'authorize',
    description: 'The redirect does not name the client that was registered in the sign-in.',
    redirect: (parameters) => parameters.delete('client_id'),
  },
  'client-unregistered': {
    endpoint: 'authorize',
    description: 'The redirect names the client that asked for a new one, as if it had been registered.',
    redirect: (parameters, { clientId }) => parameters.set('client_id', clientId),
  },
  'client-wrong': {
    endpoint: 'authorize',
    description: 'The redirect names another client (mix-up).',
    redirect: (parameters) => parameters.set('client_id', 'another-client'),
  },
  'code-missing': {
    endpoint: 'authorize',
    description: 'The redirect has the right state, and neither a code nor an error.',
    redirect: (parameters) => parameters.delete('code'),
  },
  'code-doubled': {
    endpoint: 'authorize',
    description: 'The redirect has the code twice.',
    redirect: (parameters) => parameters.append('code', parameters.get('code') ?? ''),
  },
  'delivered-twice': {
    endpoint: 'authorize',
    description: 'The redirect is followed twice at the same time: by the browser, and by the server.',
    deliversTwice: true,
  },
  'authorize-slow': {
    endpoint: 'authorize',
    description: 'The redirect comes after three seconds.',
    delivery: { afterMs: 3000 },
  },
  'authorize-hang': {
    endpoint: 'authorize',
    description: 'The person approves, and the browser never gets an answer.',
    instead: () => silence('never'),
  },
  'authorize-500': {
    endpoint: 'authorize',
    description: 'The person approves, and the browser gets an error page; nothing comes back.',
    instead: () =>
      htmlAnswer(
        500,
        '<!doctype html><html lang="en"><title>Error</title><p>An error.</p></html>\n',
        'error',
      ),
  },
  'authorize-server-error': refuses('server_error', 'The server is in trouble'),
  'authorize-unavailable': refuses('temporarily_unavailable', 'The server is too busy'),
  'authorize-login-required': refuses('login_required', 'The person has no session'),
  'authorize-invalid-request': refuses('invalid_request', 'The request is refused'),
  'authorize-unauthorized-client': refuses('unauthorized_client', 'The client may not do this'),
  'error-without-state': {
    endpoint: 'authorize',
    description: 'An access_denied without state: anybody could have sent it.',
    refusal: { error: 'access_denied', errorDescription: 'The user denied the request.' },
    redirect: (parameters) => parameters.delete('state'),
  },
  'error-description-escapes': {
    endpoint: 'authorize',
    description: 'The error description holds terminal escapes, bidi controls and HTML, and is very long.',
    refusal: { error: 'access_denied', errorDescription: HOSTILE_DESCRIPTION },
  },
  'tokens-in-front-channel': {
    endpoint: 'authorize',
    description: 'The redirect carries an access token beside the code (RFC 9700 §2.1.1).',
    trap: 'front-channel-checked',
    redirect(parameters, { secret }) {
      parameters.set('access_token', secret('access'));
      parameters.set('token_type', 'Bearer');
    },
  },
});

function suffix(parameters: URLSearchParams, text: string): void {
  parameters.set('state', `${parameters.get('state') ?? ''}${text}`);
}

function refuses(error: string, what: string) {
  return {
    endpoint: 'authorize',
    description: `${what}: ${error} on the redirect.`,
    refusal: { error, errorDescription: `${what}.` },
  } as const;
}
