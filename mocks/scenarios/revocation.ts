/** Scenarios of revocation. Data with small hooks. */

import { htmlAnswer, jsonAnswer, oauthErrorAnswer, redirectAnswer, silence } from '../http/answer.ts';
import { scenarioTable } from './scenario.ts';
import { EDGE_PAGE, TOKEN_REDIRECT_PATH } from './token.ts';

export const revocationScenarios = scenarioTable({
  'revoke-503': {
    endpoint: 'revoke',
    description: 'Revocation is unavailable, Retry-After one second; nothing is revoked (RFC 7009 §2.2.1).',
    instead: () =>
      jsonAnswer(503, { error: 'temporarily_unavailable' }, 'unavailable', { 'Retry-After': '1' }),
  },
  'revoke-unsupported': {
    endpoint: 'revoke',
    description: 'This kind of token cannot be revoked: 400 unsupported_token_type (RFC 7009 §2.2.1).',
    instead: () => oauthErrorAnswer(400, 'unsupported_token_type', 'refused by scenario'),
  },
  'revoke-404': {
    endpoint: 'revoke',
    description: 'There is no revocation at this server: 404.',
    instead: () => jsonAnswer(404, { detail: 'Not Found' }, 'not found'),
  },
  'revoke-500': {
    endpoint: 'revoke',
    description: 'An internal server error; nothing is revoked.',
    instead: () => jsonAnswer(500, { error: 'server_error' }, 'server_error'),
  },
  'revoke-html': {
    endpoint: 'revoke',
    description: 'The edge answers 403 with a web page; nothing is revoked.',
    instead: () => htmlAnswer(403, EDGE_PAGE, 'blocked by the edge'),
  },
  'revoke-redirect': {
    endpoint: 'revoke',
    description: 'A 307 to another path, where nothing may ever be posted.',
    instead: ({ issuer }) => redirectAnswer(307, `${issuer}${TOKEN_REDIRECT_PATH}`, 'redirected'),
  },
  'revoke-reset': {
    endpoint: 'revoke',
    description: 'The connection is reset; nothing is revoked.',
    instead: () => silence('reset'),
  },
  'revoke-hang': {
    endpoint: 'revoke',
    description: 'The request is read and never answered; nothing is revoked.',
    instead: () => silence('never'),
  },
  'revoke-answer-lost': {
    endpoint: 'revoke',
    description: 'The token is revoked, and the connection is reset before the answer.',
    delivery: 'reset',
  },
});
