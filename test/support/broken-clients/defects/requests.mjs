/** Clients that ask wrongly: at the authorization endpoint and at the token endpoint. One change of the correct client each. */

const FIXED_VERIFIER = 'the-same-verifier-for-every-login-0123456789';

export const requestDefects = {
  'no-pkce': {
    what: 'sends no code challenge',
    rule: 'pkce-required',
    changes: { challengeOf: () => ({}) },
  },
  'pkce-plain': {
    what: 'uses the challenge method plain',
    rule: 'pkce-s256',
    changes: { challengeOf: (verifier) => ({ code_challenge: verifier, code_challenge_method: 'plain' }) },
  },
  'verifier-wrong': {
    what: 'sends another verifier than the one it hashed',
    rule: 'pkce-verifier-match',
    changes: { exchange: (send) => send({ code_verifier: 'another-verifier-that-was-never-hashed-01234' }) },
  },
  'verifier-short': {
    what: 'has a verifier of eight characters',
    rule: 'pkce-verifier-form',
    changes: { newVerifier: () => Math.random().toString(36).slice(2, 10).padEnd(8, '0') },
  },
  'verifier-reused': {
    what: 'has the same verifier for every login',
    rule: 'pkce-verifier-once',
    changes: { newVerifier: () => FIXED_VERIFIER },
  },
  'implicit-grant': {
    what: 'asks for a token in the front channel',
    rule: 'response-type-code',
    changes: { authorizationParameters: (all) => ({ ...all, response_type: 'token' }) },
  },
  'redirect-uri-foreign': {
    what: 'names a redirect URI that is not registered',
    rule: 'redirect-uri-registered',
    changes: {
      authorizationParameters: (all) => ({ ...all, redirect_uri: 'http://localhost:1455/elsewhere' }),
    },
  },
  'redirect-uri-other': {
    what: 'names another redirect URI at the token endpoint',
    rule: 'redirect-uri-exact',
    changes: { exchange: (send) => send({ redirect_uri: 'http://127.0.0.1:1457/auth/callback' }) },
  },
  'redirect-uri-missing': {
    what: 'names no redirect URI at the token endpoint',
    rule: 'redirect-uri-exact',
    changes: { exchange: (send) => send({ redirect_uri: '' }) },
  },
  'code-twice': {
    what: 'exchanges the code again when the page is reloaded',
    rule: 'code-once',
    changes: {
      async exchange(send) {
        await send();
        return await send();
      },
    },
  },
  'exchange-retried': {
    what: 'tries the code again after a 500',
    fault: 'token-500',
    rule: 'code-exchanged-once',
    changes: { exchange: (send) => send().catch(() => send()) },
  },
  'client-secret': {
    what: 'sends a client secret, which everybody can read in its source',
    rule: 'no-client-secret',
    changes: { exchange: (send) => send({ client_secret: 'a-secret-in-a-public-program' }) },
  },
  'state-in-body': {
    what: 'sends the state to the token endpoint',
    rule: 'only-known-parameters',
    changes: { exchange: (send, { state }) => send({ state }) },
  },
  'parameters-in-url': {
    what: 'has the token request in the URL',
    rule: 'parameters-in-body',
    changes: {
      tokenRequest: (request) => ({ ...request, url: `${request.url}?${request.body}`, body: undefined }),
    },
  },
  'content-type': {
    what: 'labels the token request text/plain',
    rule: 'body-format',
    changes: {
      tokenRequest: (request) => ({
        ...request,
        headers: { 'content-type': 'text/plain' },
        body: String(request.body),
      }),
    },
  },
  'password-grant': {
    what: 'asks for the password and sends it in',
    rule: 'grant-type-known',
    changes: {
      exchange: (send) => send({ grant_type: 'password', username: 'robin', password: 'a-password' }),
    },
  },
};
