/**
 * Scenarios of signing in on another device, for OpenAI's endpoints and RFC 8628 alike: of the request for a code,
 * and of polling. Data with small hooks.
 */

import {
  htmlAnswer,
  jsonAnswer,
  nestedErrorAnswer,
  oauthErrorAnswer,
  redirectAnswer,
  silence,
} from '../http/answer.ts';
import { scenarioTable } from './scenario.ts';
import { EDGE_PAGE, TOKEN_REDIRECT_PATH } from './token.ts';

type Members = Record<string, unknown>;

const edge = () =>
  htmlAnswer(403, EDGE_PAGE, 'blocked by the edge', {
    Server: 'cloudflare',
    'CF-RAY': '8f00ba4c0ffee123-FRA',
  });
const region = () =>
  nestedErrorAnswer(
    403,
    'unsupported_country_region_territory',
    'Country, region, or territory not supported',
  );

export const deviceAuthorizationScenarios = scenarioTable({
  'device-disabled': {
    endpoint: 'device-authorization',
    description: 'Device codes are not enabled: 404, and no code.',
    instead: () => jsonAnswer(404, { detail: 'Not Found' }, 'device codes are not enabled'),
  },
  'device-unauthorized-client': {
    endpoint: 'device-authorization',
    description: 'The client may not use device codes: unauthorized_client, in the shape of RFC 6749.',
    instead: () => oauthErrorAnswer(400, 'unauthorized_client', 'not for this client'),
  },
  'device-hang': {
    endpoint: 'device-authorization',
    description: 'The request for a code is read and never answered.',
    instead: () => silence('never'),
  },
  'device-html': {
    endpoint: 'device-authorization',
    description: 'The edge answers the request for a code with 403, a web page and a cf-ray.',
    instead: edge,
  },
  'device-region': {
    endpoint: 'device-authorization',
    description: 'The country is not supported: no code, 403 unsupported_country_region_territory.',
    instead: region,
  },
  'device-429': {
    endpoint: 'device-authorization',
    description: 'Too many requests for a code, Retry-After 60 seconds.',
    instead: () =>
      nestedErrorAnswer(429, 'rate_limit_exceeded', 'Too many requests.', { 'Retry-After': '60' }),
  },
  'device-redirect': {
    endpoint: 'device-authorization',
    description: 'A 307 of the request for a code to another path, where nothing may ever be posted.',
    instead: ({ issuer }) => redirectAnswer(307, `${issuer}${TOKEN_REDIRECT_PATH}`, 'redirected'),
  },
  'device-not-json': {
    endpoint: 'device-authorization',
    description: 'Status 200 and application/json, but the body is no JSON.',
    instead: () => ({ ...jsonAnswer(200, {}, 'not JSON'), body: '{"device_code": ' }),
  },
  'device-no-user-code': edits('The answer has no user code.', (members) => delete members.user_code),
  'device-interval-missing': edits('The answer names no interval.', (members) => delete members.interval),
  'device-interval-zero': edits('The interval is "0", a string.', (members) => {
    members.interval = '0';
  }),
  'device-expiry-missing': edits('The answer does not say when the code expires.', (members) => {
    delete members.expires_in;
    delete members.expires_at;
  }),
  'device-hostile-uri': edits("The page to visit is at somebody else's address.", (members) => {
    members.verification_uri = 'https://evil.example/device';
    members.verification_uri_complete = 'https://evil.example/device?user_code=x';
  }),
  'device-hostile-complete-uri': edits(
    "The page with the code filled in is at somebody else's address, the other one is right.",
    (members) => {
      members.verification_uri_complete = 'https://evil.example/device?user_code=x';
    },
  ),
  'device-script-uri': edits('The page to visit is a script.', (members) => {
    members.verification_uri = 'javascript:alert(1)';
  }),
  'device-hostile-code': edits('The user code holds terminal escapes and bidi controls.', (members) => {
    members.user_code = 'AB\u001b[31m\u202eCD\u0007-\u001b]8;;https://evil.example\u0007EF';
  }),
  'device-long-code': edits('The user code has 4,000 characters.', (members) => {
    members.user_code = 'A'.repeat(4000);
  }),
});

export const devicePollScenarios = scenarioTable({
  'device-pending': {
    endpoint: 'device-poll',
    description: 'The person has not answered yet, whatever they did.',
    verdict: 'pending',
  },
  'device-slow-down': {
    endpoint: 'device-poll',
    description: 'A poll is told slow_down: from now on five seconds more between two polls.',
    verdict: 'slow_down',
  },
  'device-denied': {
    endpoint: 'device-poll',
    description: 'The person refuses: access_denied.',
    verdict: 'denied',
  },
  'device-expired': {
    endpoint: 'device-poll',
    description: 'The code has expired: expired_token.',
    verdict: 'expired',
  },
  'device-poll-hang': {
    endpoint: 'device-poll',
    description: 'A poll is read and never answered.',
    instead: () => silence('never'),
  },
  'device-poll-reset': {
    endpoint: 'device-poll',
    description: 'The connection of a poll is reset.',
    instead: () => silence('reset'),
  },
  'device-poll-503': {
    endpoint: 'device-poll',
    description: 'A poll meets a web page with status 503, Retry-After 20 seconds.',
    instead: () => htmlAnswer(503, EDGE_PAGE, 'unavailable', { 'Retry-After': '20' }),
  },
  'device-poll-429': {
    endpoint: 'device-poll',
    description: 'Too many polls, Retry-After 30 seconds.',
    instead: () =>
      nestedErrorAnswer(429, 'rate_limit_exceeded', 'Too many requests.', { 'Retry-After': '30' }),
  },
  'device-poll-html': {
    endpoint: 'device-poll',
    description: 'The edge answers a poll with 403, a web page and a cf-ray.',
    instead: edge,
  },
  'device-poll-region': {
    endpoint: 'device-poll',
    description: 'A poll comes from a country that is not supported.',
    instead: region,
  },
  'device-poll-redirect': {
    endpoint: 'device-poll',
    description: 'A 307 of a poll to another path, where nothing may ever be posted.',
    instead: ({ issuer }) => redirectAnswer(307, `${issuer}${TOKEN_REDIRECT_PATH}`, 'redirected'),
  },
  'device-poll-not-json': {
    endpoint: 'device-poll',
    description: 'The person has said yes, and the answer is no JSON; the device code is spent.',
    answer: (answer) => ({ ...answer, body: '{"authorization_code": ' }),
  },
  'device-poll-truncated': {
    endpoint: 'device-poll',
    description: 'The person has said yes, and the connection breaks in the middle of the answer.',
    delivery: 'truncated',
  },
  'device-poll-empty': {
    endpoint: 'device-poll',
    description: 'Status 200 and an empty object.',
    answer: (answer) => ({ ...answer, body: '{}' }),
  },
});

function edits(description: string, edit: (members: Members) => unknown) {
  return {
    endpoint: 'device-authorization',
    description,
    deviceAuthorization: (members: Members) => void edit(members),
  } as const;
}
