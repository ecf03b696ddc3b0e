/** Scenarios of the token endpoint, whichever the grant. Data with small hooks. */

import {
  htmlAnswer,
  jsonAnswer,
  nestedErrorAnswer,
  oauthErrorAnswer,
  redirectAnswer,
  silence,
} from '../http/answer.ts';
import { scenarioTable } from './scenario.ts';

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
  'token-stalled': {
    endpoint: 'token',
    description: 'The grant is spent, half of the answer comes, and the rest never does.',
    delivery: 'stalled',
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
  'token-invalid-client': refuses(401, 'invalid_client', 'The client is refused'),
  'token-invalid-request': refuses(400, 'invalid_request', 'The request is refused'),
  'token-invalid-scope': refuses(400, 'invalid_scope', 'The scope is refused'),
  'token-unauthorized-client': refuses(400, 'unauthorized_client', 'The client may not do this'),
  'token-unsupported-grant-type': refuses(400, 'unsupported_grant_type', 'The grant type is refused'),
  'token-403': {
    endpoint: 'token',
    description: 'Refused without a reason: 403, and JSON that holds no error.',
    instead: () => jsonAnswer(403, { detail: 'Forbidden' }, 'forbidden'),
  },
  'token-404': {
    endpoint: 'token',
    description: 'There is nothing at this address: 404.',
    instead: () => jsonAnswer(404, { detail: 'Not Found' }, 'not found'),
  },
  'token-502': {
    endpoint: 'token',
    description: 'A gateway answers 502 with a web page; nothing is spent.',
    instead: () => htmlAnswer(502, EDGE_PAGE, 'bad gateway'),
  },
  'token-html-200': {
    endpoint: 'token',
    description: 'Status 200 and a web page; nothing is spent.',
    instead: () => htmlAnswer(200, EDGE_PAGE, 'a web page'),
  },
  'token-204': {
    endpoint: 'token',
    description: 'Status 204 and nothing else; the grant is spent.',
    answer: (answer) => ({ ...answer, status: 204, body: '' }),
  },
  'token-narrowed-scope': {
    endpoint: 'token',
    description:
      'The person has left out a part of what was asked for: the scope is openid and offline_access.',
    tokenResponse: (response) => void Object.assign(response, { scope: 'openid offline_access' }),
  },
  'token-empty': {
    endpoint: 'token',
    description: 'Status 200 and an empty object; the grant is spent.',
    answer: (answer) => ({ ...answer, body: '{}' }),
  },
  'token-list': {
    endpoint: 'token',
    description: 'Status 200 and the right answer inside a list; the grant is spent.',
    answer: (answer) => ({ ...answer, body: `[${answer.body}]` }),
  },
  'token-huge': {
    endpoint: 'token',
    description: 'The right answer after eight megabytes of blanks.',
    answer: (answer) => ({ ...answer, body: `${' '.repeat(8 * 1024 * 1024)}${answer.body}` }),
  },
  'token-no-access-token': omits('access_token'),
  'token-no-refresh-token': omits('refresh_token'),
  'token-no-id-token': omits('id_token'),
  'token-no-token-type': omits('token_type'),
  'token-no-expires-in': omits('expires_in'),
  'token-lowercase-token-type': answersWith('token_type', 'bearer'),
  'token-other-type': { ...answersWith('token_type', 'mac'), trap: 'token-type-checked' },
  'token-negative-expires-in': answersWith('expires_in', -1),
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

function omits(member: string) {
  return {
    endpoint: 'token',
    description: `The token response has no ${member}.`,
    tokenResponse: (response: Record<string, unknown>) => void delete response[member],
  } as const;
}

function answersWith(member: string, value: string | number) {
  return {
    endpoint: 'token',
    description: `The token response says "${member}": ${JSON.stringify(value)}.`,
    tokenResponse: (response: Record<string, unknown>) => void Object.assign(response, { [member]: value }),
  } as const;
}

function refuses(status: 400 | 401, error: string, what: string) {
  return {
    endpoint: 'token',
    description: `${what}: ${error}, in the shape of RFC 6749; nothing is spent.`,
    instead: () => oauthErrorAnswer(status, error, 'refused by scenario'),
  } as const;
}
