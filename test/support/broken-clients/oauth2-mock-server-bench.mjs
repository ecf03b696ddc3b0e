/**
 * oauth2-mock-server as a bench for clients. Its hooks let a test edit what is about to be sent; whatever can be provoked with them
 * is, and then the test has to look by itself whether the client went on: the server does not.
 */

import { createHmac, createPublicKey } from 'node:crypto';
import { OAuth2Server } from 'oauth2-mock-server';

const base64url = (value) => Buffer.from(value).toString('base64url');
const isIdToken = ({ payload }) => payload.aud !== undefined;

/** What the hooks can do, by the name the mock has for it. Each is armed for one answer. */
const HOOKS = {
  'state-wrong': redirected((url) => url.searchParams.set('state', 'a-state-of-somebody-else')),
  'iss-wrong': redirected((url) => url.searchParams.set('iss', 'https://issuer.example')),
  'token-500': answered((response) => Object.assign(response, { statusCode: 500, body: {} })),
  'token-other-type': answered(({ body }) => Object.assign(body, { token_type: 'mac' })),
  'id-token-bad-signature': answered(({ body }) => {
    const [header, payload] = body.id_token.split('.');
    body.id_token = `${header}.${payload}.${base64url('not a signature')}`;
  }),
  'id-token-alg-none': answered(({ body }) => {
    const [, payload] = body.id_token.split('.');
    body.id_token = `${base64url('{"alg":"none","typ":"JWT"}')}.${payload}.`;
  }),
  'id-token-hs256': answered(({ body }, { issuer }) => {
    const [jwk] = issuer.keys.toJSON();
    const input = `${base64url(JSON.stringify({ alg: 'HS256', kid: jwk.kid }))}.${body.id_token.split('.')[1]}`;
    const secret = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    body.id_token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  }),
  'id-token-wrong-issuer': signed({ iss: 'https://issuer.example' }),
  'id-token-wrong-audience': signed({ aud: 'another-client' }),
  'id-token-expired': signed({ iat: 1, exp: 2 }),
  'id-token-wrong-nonce': signed({ nonce: 'a-nonce-of-somebody-else' }),
  'id-token-wrong-at-hash': signed({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }),
  'refresh-other-subject': signed({ sub: 'somebody-else' }, 'refresh_token'),
};

export const oauth2MockServerBench = {
  async open({ fault, device }) {
    if (device || (fault !== undefined && HOOKS[fault] === undefined)) return undefined;
    const server = new OAuth2Server();
    await server.issuer.keys.generate('RS256');
    await server.start(0, '127.0.0.1');
    if (fault !== undefined) HOOKS[fault](server.service);
    const world = {
      issuer: server.issuer.url,
      clientId: 'a-native-client',
      redirectUri: 'http://localhost:1455/auth/callback',
      extras: {},
      visit: async (url) => {
        const response = await fetch(url, { redirect: 'manual' });
        return response.headers.get('location') ?? undefined;
      },
      approve: () => undefined,
      now: () => Date.now() / 1000,
      sleep: async () => undefined,
    };
    return { world, findings: () => [], close: () => server.stop() };
  },
};

function redirected(edit) {
  return (service) => service.once('beforeAuthorizeRedirect', ({ url }) => edit(url));
}

function answered(edit) {
  return (service) => service.once('beforeResponse', (response) => edit(response, service));
}

/** Claims of the first ID token of that grant. */
function signed(claims, grantType = 'authorization_code') {
  return (service) => {
    service.on('beforeTokenSigning', function edit(token, request) {
      if (!isIdToken(token) || request.body.grant_type !== grantType) return;
      Object.assign(token.payload, claims);
      service.off('beforeTokenSigning', edit);
    });
  };
}
