/** Scenarios of the token endpoint, whichever the grant, and of revocation. Data with small hooks. */

import {
  htmlAnswer,
  jsonAnswer,
  nestedErrorAnswer,
  oauthErrorAnswer,
  redirectAnswer,
  silence,
} from '../answer.ts';
import { scenarioTable } from '../scenario.ts';

/** Where `token-redirect` points: whatever is posted here is recorded and refused. */
export const TOKEN_REDIRECT_PATH = '/oauth/token/elsewhere';

/** What a content-delivery network says to whom it does not let through. */
export const EDGE_PAGE = `<!doctype html><html lang="en"><head><title>Just a moment...</title></head>
<body><h1>Sorry, you have been blocked</h1><p>You are unable to access this site.</p></body></html>
`;

export const tokenScenarios = scenarioTable({
  'token-hang': {
    endpoint: 'token',
    description: 'The request is read and never answered.',
    instead: () => silence('never'),
  },
  'token-slow': {
    endpoint: 'token',
    description: 'The right answer comes after three seconds.',
    delivery: { afterMs: 3000 },
  },
  'token-reset': {
    endpoint: 'token',
    description: 'The connection is reset before anything is done with the request.',
    instead: () => silence('reset'),
  },
  'token-truncated': {
    endpoint: 'token',
    description: 'The grant is spent, and the connection breaks in the middle of the answer.',
    delivery: 'truncated',
  },
  'token-500': {
    endpoint: 'token',
    description: 'An internal server error, in JSON; nothing is spent.',
    instead: () =>
      nestedErrorAnswer(500, 'server_error', 'The server had an error while processing your request.'),
  },
  'token-503': {
    endpoint: 'token',
    description: 'Service unavailable, Retry-After one second; nothing is spent.',
    instead: () =>
      nestedErrorAnswer(503, 'server_overloaded', 'The server is overloaded.', { 'Retry-After': '1' }),
  },
  'token-429': {
    endpoint: 'token',
    description: 'Too many requests, Retry-After two seconds; nothing is spent.',
    instead: () =>
      nestedErrorAnswer(429, 'rate_limit_exceeded', 'Too many requests.', { 'Retry-After': '2' }),
  },
  'token-html': {
    endpoint: 'token',
    description: 'The edge answers 403 with a web page and a cf-ray.',
    instead: () =>
      htmlAnswer(403, EDGE_PAGE, 'blocked by the edge', {
        Server: 'cloudflare',
        'CF-RAY': '8f00ba4c0ffee123-FRA',
      }),
  },
  'token-region': {
    endpoint: 'token',
    description: 'The country is not supported: 403 unsupported_country_region_territory.',
    instead: () =>
      nestedErrorAnswer(
        403,
        'unsupported_country_region_territory',
        'Country, region, or territory not supported',
      ),
  },
  'token-redirect': {
    endpoint: 'token',
    description: 'A 307 to another path, where nothing may ever be posted.',
    instead: ({ issuer }) => redirectAnswer(307, `${issuer}${TOKEN_REDIRECT_PATH}`, 'redirected'),
  },
  'token-invalid-grant': {
    endpoint: 'token',
    description: 'The grant is refused: invalid_grant, in the shape of RFC 6749.',
    instead: () => oauthErrorAnswer(400, 'invalid_grant', 'refused by scenario'),
  },
  'token-no-access-token': omits('access_token'),
  'token-no-refresh-token': omits('refresh_token'),
  'token-no-id-token': omits('id_token'),
  'token-no-token-type': omits('token_type'),
  'token-no-expires-in': omits('expires_in'),
  'token-lowercase-token-type': answersWith('token_type', 'bearer'),
  'token-other-type': answersWith('token_type', 'mac'),
  'token-string-expires-in': answersWith('expires_in', '864000'),
  'token-wrong-content-type': {
    endpoint: 'token',
    description: 'The right JSON, labelled text/plain.',
    answer: (answer) => ({
      ...answer,
      headers: { ...answer.headers, 'Content-Type': 'text/plain; charset=utf-8' },
    }),
  },
  'token-not-json': {
    endpoint: 'token',
    description: 'Status 200 and application/json, but the body is no JSON; the grant is spent.',
    answer: (answer) => ({ ...answer, body: `{"access_token": ` }),
  },
  'token-201': {
    endpoint: 'token',
    description: 'The right answer with status 201.',
    answer: (answer) => ({ ...answer, status: 201 }),
  },
});

export const revocationScenarios = scenarioTable({
  'revoke-503': {
    endpoint: 'revoke',
    description: 'Revocation is unavailable, Retry-After one second; nothing is revoked (RFC 7009 §2.2.1).',
    instead: () =>
      jsonAnswer(503, { error: 'temporarily_unavailable' }, 'unavailable', { 'Retry-After': '1' }),
  },
});

function omits(member: string) {
  return {
    endpoint: 'token',
    description: `The token response has no ${member}.`,
    tokenResponse: (response: Record<string, unknown>) => void delete response[member],
  } as const;
}

function answersWith(member: string, value: string) {
  return {
    endpoint: 'token',
    description: `The token response says "${member}": "${value}", a string.`,
    tokenResponse: (response: Record<string, unknown>) => void Object.assign(response, { [member]: value }),
  } as const;
}
