/**
 * Scenarios of refreshing alone: they wait for a refresh request and leave code exchanges be. Data with small
 * hooks.
 */

import {
  type Answer,
  htmlAnswer,
  jsonAnswer,
  nestedErrorAnswer,
  oauthErrorAnswer,
  silence,
} from '../http/answer.ts';
import { scenarioTable } from './scenario.ts';
import { EDGE_PAGE } from './token.ts';

export const refreshScenarios = scenarioTable({
  'refresh-expired': {
    endpoint: 'refresh',
    description: 'The refresh token is too old: 401 refresh_token_expired.',
    instead: () => nestedErrorAnswer(401, 'refresh_token_expired', 'Your refresh token has expired.'),
  },
  'refresh-invalidated': {
    endpoint: 'refresh',
    description: 'The session was ended elsewhere: 401 refresh_token_invalidated.',
    instead: () =>
      nestedErrorAnswer(401, 'refresh_token_invalidated', 'Your refresh token has been invalidated.'),
  },
  'refresh-reused': instead('The refresh token is taken for a used one: 401 refresh_token_reused.', () =>
    nestedErrorAnswer(401, 'refresh_token_reused', 'Your refresh token has already been used.'),
  ),
  'refresh-session-terminated': instead('The person signed out everywhere: 401 app_session_terminated.', () =>
    nestedErrorAnswer(401, 'app_session_terminated', 'Your session has ended.'),
  ),
  'refresh-token-expired-code': instead('The token is too old, in other words: 401 token_expired.', () =>
    nestedErrorAnswer(401, 'token_expired', 'Provided authentication token is expired.'),
  ),
  'refresh-invalid-grant': instead(
    'The refresh token is refused: invalid_grant, in the shape of RFC 6749.',
    () => oauthErrorAnswer(400, 'invalid_grant', 'refused by scenario'),
  ),
  'refresh-500': instead('An internal server error; the refresh token is not spent.', () =>
    jsonAnswer(500, { error: 'server_error' }, 'server_error'),
  ),
  'refresh-503': instead('Service unavailable, Retry-After one second; the refresh token is not spent.', () =>
    nestedErrorAnswer(503, 'server_overloaded', 'The server is overloaded.', { 'Retry-After': '1' }),
  ),
  'refresh-html': instead('The edge answers 403 with a web page; the refresh token is not spent.', () =>
    htmlAnswer(403, EDGE_PAGE, 'blocked by the edge'),
  ),
  'refresh-reset': instead('The connection is reset before the refresh token is looked at.', () =>
    silence('reset'),
  ),
  'refresh-hang': instead('The request is read and never answered; the refresh token is not spent.', () =>
    silence('never'),
  ),
  'refresh-slow': {
    endpoint: 'refresh',
    description: 'The refresh token is rotated at once, and the answer comes after three seconds.',
    delivery: { afterMs: 3000 },
  },
  'refresh-without-id-token': {
    endpoint: 'refresh',
    description: 'The answer has no id_token, as RFC 6749 and OpenID Connect allow.',
    tokenResponse: (response) => void delete response.id_token,
  },
  'refresh-without-access-token': {
    endpoint: 'refresh',
    description: 'The answer has new tokens, but no access_token.',
    tokenResponse: (response) => void delete response.access_token,
  },
  'refresh-other-subject': {
    endpoint: 'refresh',
    description: 'The ID token is of another subject than before (OpenID Connect Core §12.2).',
    trap: 'id-token-subject-checked',
    idTokenClaims: (claims) => void Object.assign(claims, { sub: 'auth0|SomebodyElse' }),
  },
  'refresh-without-rotation': {
    endpoint: 'refresh',
    description: 'The answer has no refresh_token; the one that was sent stays valid.',
    rotates: false,
  },
  'refresh-429': {
    endpoint: 'refresh',
    description: 'Too many requests, Retry-After two seconds; the refresh token is not spent.',
    instead: () =>
      nestedErrorAnswer(429, 'rate_limit_exceeded', 'Too many requests.', { 'Retry-After': '2' }),
  },
  'refresh-answer-lost': {
    endpoint: 'refresh',
    description: 'The refresh token is spent and rotated, and the connection is reset before the answer.',
    delivery: 'reset',
  },
});

function instead(description: string, answer: () => Answer) {
  return { endpoint: 'refresh', description, instead: answer } as const;
}
