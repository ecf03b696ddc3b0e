/**
 * Scenarios of the JWKS and of discovery. Data with small hooks; the documents themselves are made in
 * `metadata`.
 */

import { htmlAnswer, jsonAnswer, silence } from '../http/answer.ts';
import { signRs256 } from '../tokens/jws.ts';
import { firstKey, secondKey } from '../tokens/keys.ts';
import { scenarioTable } from './scenario.ts';

const WEB_PAGE =
  '<!doctype html><html lang="en"><title>Not a document</title><p>You need to enable JavaScript.</p></html>\n';

export const jwksScenarios = scenarioTable({
  'jwks-rotated': {
    endpoint: 'jwks',
    description: 'ID tokens are signed by a new key, which the JWKS lists from its second fetch on.',
    lasting: true,
    sign: (claims) => signRs256(claims, secondKey),
    publishedKeys: (fetch) => (fetch === 1 ? [firstKey] : [firstKey, secondKey]),
  },
  'jwks-500': {
    endpoint: 'jwks',
    description: 'The JWKS answers with an internal server error.',
    instead: () => jsonAnswer(500, { error: 'server_error' }, 'server_error'),
  },
  'jwks-html': {
    endpoint: 'jwks',
    description: 'The JWKS answers 200 with a web page.',
    instead: () => htmlAnswer(200, WEB_PAGE, 'a web page'),
  },
  'jwks-404': {
    endpoint: 'jwks',
    description: 'There is no JWKS: 404.',
    instead: () => jsonAnswer(404, { error: 'not_found' }, 'not found'),
  },
  'jwks-empty': {
    endpoint: 'jwks',
    description: 'The JWKS lists no keys.',
    answer: (answer) => ({ ...answer, body: '{"keys":[]}' }),
  },
  'jwks-not-json': {
    endpoint: 'jwks',
    description: 'The JWKS is no JSON, although it says so.',
    answer: (answer) => ({ ...answer, body: '{"keys": ' }),
  },
  'jwks-reset': {
    endpoint: 'jwks',
    description: 'The connection is reset.',
    instead: () => silence('reset'),
  },
  'jwks-slow': {
    endpoint: 'jwks',
    description: 'The right keys come after three seconds.',
    delivery: { afterMs: 3000 },
  },
  'jwks-hang': {
    endpoint: 'jwks',
    description: 'The JWKS is never answered.',
    instead: () => silence('never'),
  },
});

export const discoveryScenarios = scenarioTable({
  'discovery-other-issuer': {
    endpoint: 'discovery',
    description: 'The metadata calls its issuer by another name (RFC 8414 §3.3).',
    metadata: (document) => void Object.assign(document, { issuer: 'https://issuer.example' }),
  },
  'discovery-html': {
    endpoint: 'discovery',
    description: 'Discovery answers 200 with a web page.',
    instead: () => htmlAnswer(200, WEB_PAGE, 'a web page'),
  },
  'discovery-404': {
    endpoint: 'discovery',
    description: 'There is no metadata: 404.',
    instead: () => jsonAnswer(404, { error: 'not_found' }, 'not found'),
  },
  'discovery-500': {
    endpoint: 'discovery',
    description: 'Discovery answers with an internal server error.',
    instead: () => jsonAnswer(500, { error: 'server_error' }, 'server_error'),
  },
  'discovery-not-json': {
    endpoint: 'discovery',
    description: 'The metadata is no JSON, although it says so.',
    answer: (answer) => ({ ...answer, body: '{"issuer": ' }),
  },
  'discovery-hang': {
    endpoint: 'discovery',
    description: 'Discovery is never answered.',
    instead: () => silence('never'),
  },
  'discovery-plain-http': {
    endpoint: 'discovery',
    description: 'The metadata has the token endpoint on another machine, without TLS.',
    metadata: (document) => void Object.assign(document, { token_endpoint: 'http://issuer.example/token' }),
  },
  'discovery-no-pkce': {
    endpoint: 'discovery',
    description: 'The metadata says nothing of PKCE.',
    metadata: (document) => void delete document.code_challenge_methods_supported,
  },
  'discovery-plain-pkce': {
    endpoint: 'discovery',
    description: 'The metadata offers the code challenge method plain only.',
    metadata: (document) => void Object.assign(document, { code_challenge_methods_supported: ['plain'] }),
  },
  'discovery-promises-iss': {
    endpoint: 'discovery',
    description: 'The metadata promises iss in the authorization response, and none is sent (RFC 9207).',
    metadata: (document) =>
      void Object.assign(document, { authorization_response_iss_parameter_supported: true }),
  },
  'discovery-iss': {
    endpoint: 'discovery',
    description: 'The metadata promises iss in the authorization response, and it is sent.',
    lasting: true,
    metadata: (document) =>
      void Object.assign(document, { authorization_response_iss_parameter_supported: true }),
    redirect: (parameters, { issuer }) => parameters.set('iss', issuer),
  },
  'discovery-other-endpoints': {
    endpoint: 'discovery',
    description: "The metadata names the endpoints that OpenAI's does, which do not know this client.",
    metadata: (document, { issuer }) =>
      void Object.assign(document, {
        authorization_endpoint: `${issuer}/api/accounts/authorize`,
        token_endpoint: `${issuer}/api/accounts/oauth/token`,
        revocation_endpoint: `${issuer}/api/accounts/oauth/revoke`,
      }),
  },
});

export const userinfoScenarios = scenarioTable({
  'userinfo-other-subject': {
    endpoint: 'userinfo',
    description: 'The claims are of another subject than the ID token (OpenID Connect Core §5.3.2).',
    userinfo: (claims) => void Object.assign(claims, { sub: 'auth0|SomebodyElse' }),
  },
  'userinfo-401': {
    endpoint: 'userinfo',
    description: 'The access token is refused: 401 invalid_token.',
    instead: () =>
      jsonAnswer(401, { error: 'invalid_token' }, 'invalid_token', {
        'WWW-Authenticate': 'Bearer realm="mock", error="invalid_token"',
      }),
  },
  'userinfo-500': {
    endpoint: 'userinfo',
    description: 'Userinfo answers with an internal server error.',
    instead: () => jsonAnswer(500, { error: 'server_error' }, 'server_error'),
  },
  'userinfo-html': {
    endpoint: 'userinfo',
    description: 'Userinfo answers 200 with a web page.',
    instead: () => htmlAnswer(200, WEB_PAGE, 'a web page'),
  },
  'userinfo-hang': {
    endpoint: 'userinfo',
    description: 'Userinfo is never answered.',
    instead: () => silence('never'),
  },
});
