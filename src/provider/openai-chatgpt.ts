/** "Sign in with ChatGPT" for open-source applications, as OpenAI documents it (docs/providers.md). One constant and no code. */

import type { ProviderProfile } from './provider.ts';

/**
 * Each sign-in has its own client, which the server registers on the way. An application of another name puts it in the place of
 * `agent_name_hint`. The tokens are for OpenAI's public API, and not for the Codex backend that OpenClaw's provider talks to.
 */
export const openaiChatgpt: ProviderProfile = {
  id: 'openai-chatgpt',
  displayName: 'ChatGPT',
  issuer: 'https://auth.openai.com',
  clientId: 'dynamic_agent_client',
  issuedClient: {
    parameters: { agent_name_hint: 'codex-login' },
    hostParameter: 'ext_agent_host_id',
  },
  endpoints: {
    kind: 'pinned',
    authorizationEndpoint: '/api/accounts/authorize',
    tokenEndpoint: '/api/accounts/oauth/token',
    revocationEndpoint: '/api/accounts/oauth/revoke',
    jwksUri: '/.well-known/jwks.json',
  },
  // The second is named where no port can be had at all: the address is pasted then.
  redirectUris: ['http://127.0.0.1:0/auth/callback', 'http://127.0.0.1:1455/auth/callback'],
  scope: 'openid profile email offline_access resource.invoke chatgpt.tokens.use.direct',
  neededScopes: ['chatgpt.tokens.use.direct'],
  resource: 'https://api.openai.com/v1',
  extraParameters: {},
  stateSuffixes: [],
  nonce: true,
  idTokenSigningAlgorithm: 'RS256',
  identity: { kind: 'subject' },
  unknownToOpenClaw: true,
  experimental: "it follows OpenAI's documentation and has not been tried against the live service",
};
