/** The openai-codex authorization server, as measured (docs/wire.md). One constant and no code; a wire test pins every value. */

import type { ProviderProfile } from './provider.ts';

/**
 * The public client that Codex, pi and OpenClaw use. Its endpoints are pinned: the issuer's own metadata names others,
 * which do not know this client.
 */
export const openaiCodex: ProviderProfile = {
  id: 'openai-codex',
  displayName: 'ChatGPT',
  issuer: 'https://auth.openai.com',
  clientId: 'app_EMoamEEZ73f0CkXaXp7hrann',
  endpoints: {
    kind: 'pinned',
    authorizationEndpoint: '/oauth/authorize',
    tokenEndpoint: '/oauth/token',
    revocationEndpoint: '/oauth/revoke',
    jwksUri: '/.well-known/jwks.json',
    deviceAuthorization: {
      userCodeEndpoint: '/api/accounts/deviceauth/usercode',
      tokenEndpoint: '/api/accounts/deviceauth/token',
      verificationPath: '/codex/device',
      redirectPath: '/deviceauth/callback',
      setting: '"Enable device code authorization for Codex" in ChatGPT, under Settings > Security',
    },
  },
  redirectUris: ['http://localhost:1455/auth/callback', 'http://localhost:1457/auth/callback'],
  scope: 'openid profile email offline_access',
  extraParameters: {
    id_token_add_organizations: 'true',
    codex_cli_simplified_flow: 'true',
    originator: 'codex-login',
  },
  stateSuffixes: ['.onboarding_entrypoint=life_sciences'],
  nonce: false,
  idTokenSigningAlgorithm: 'RS256',
  identity: {
    kind: 'chatgpt',
    authClaim: 'https://api.openai.com/auth',
    profileClaim: 'https://api.openai.com/profile',
  },
};
