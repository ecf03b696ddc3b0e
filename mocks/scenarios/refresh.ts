/**
 * Scenarios of refreshing alone: they wait for a refresh request and leave code exchanges be. Data with small
 * hooks.
 */

import { nestedErrorAnswer } from '../answer.ts';
import { scenarioTable } from '../scenario.ts';

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
