/**
 * What kind of server the mock is, as data: its paths, its client, which dialects it speaks. Three are here; another one is an object
 * of the same type. It holds no code: the endpoints read it.
 */

import type { Strictness } from './strictness/rules.ts';

/** Where the endpoints are, below the issuer. */
export interface ProfilePaths {
  readonly authorize: string;
  readonly token: string;
  readonly revoke: string;
  readonly jwks: string;
  readonly userinfo: string;
  /** The device authorization endpoint of RFC 8628. */
  readonly deviceAuthorization: string;
  /** Where a person enters the code that another device shows. */
  readonly devicePage: string;
}

/**
 * A server that registers a client in every sign-in that asks for one, by way of the profile's `clientId`, and names it in the callback
 * (`client_id`). The code, its tokens and their revocation are then that client's alone.
 */
export interface ClientRegistration {
  /** What the id of a new client begins with. */
  readonly prefix: string;
  /** The parameter with the application's name: needed for a new client. */
  readonly nameParameter: string;
  /** The parameter with the name of the host, `urn:uuid:…`: needed always. */
  readonly hostParameter: string;
}

/** What kind of authorization server the mock is, as data. */
export interface ServerProfile {
  readonly paths: ProfilePaths;
  readonly clientId: string;
  readonly registration?: ClientRegistration;
  /** Registered redirect URIs, compared byte for byte. */
  readonly redirectUris: readonly string[];
  /**
   * What else is taken unless `fixedPorts` is on: `port`, any port of a loopback address with a registered path (RFC 8252 §7.3);
   * `path`, any path of a loopback address as well.
   */
  readonly loopback: 'port' | 'path';
  /** The loopback hosts that this goes for; all three by default. */
  readonly loopbackHosts?: readonly ('localhost' | '127.0.0.1' | '[::1]')[];
  /** Whether a request without a nonce is refused. */
  readonly nonceRequired?: true;
  /** What the tokens are for: every request for a code or for tokens has to say it (`resource`, RFC 8707). */
  readonly resource?: string;
  /** Scopes as announced; another one is granted all the same. */
  readonly scopes: readonly string[];
  /** Whether the authorization response names the issuer, and the metadata promises it (RFC 9207). */
  readonly iss: boolean;
  /** What a token request and a revocation may be written in. */
  readonly bodies: readonly ('form' | 'json')[];
  /** How a refusal of a refresh token is worded: OpenAI's nested error with 401, or `invalid_grant` with 400 (RFC 6749 §5.2). */
  readonly refreshErrors: 'nested' | 'standard';
  /** Whether the tokens have OpenAI's claims: the account, the plan. */
  readonly claims: 'openai' | 'standard';
  /** A JWT, or a random string that means nothing to a client. */
  readonly accessTokens: 'jwt' | 'opaque';
  /** Seconds that an access token lives, as `expires_in` says. */
  readonly accessTokenLifetimeSeconds: number;
  /** Whether there are device codes at all; there are, by default. */
  readonly deviceCodes?: false;
  /** Whether OpenAI's own two endpoints for device codes are there, beside RFC 8628. */
  readonly openaiDeviceCodes: boolean;
  /** What `/.well-known/oauth-authorization-server` is (RFC 8414): the metadata, or a web page with status 200, as at OpenAI. */
  readonly oauthMetadata: 'document' | 'web-page';
  /** What this kind of server is known to tolerate. */
  readonly lenient: readonly Strictness[];
}

const OPENAI_CODEX: ServerProfile = {
  paths: {
    authorize: '/oauth/authorize',
    token: '/oauth/token',
    revoke: '/oauth/revoke',
    jwks: '/.well-known/jwks.json',
    userinfo: '/userinfo',
    deviceAuthorization: '/oauth/device/code',
    devicePage: '/codex/device',
  },
  clientId: 'app_EMoamEEZ73f0CkXaXp7hrann',
  redirectUris: ['localhost', '127.0.0.1'].flatMap((host) =>
    [1455, 1457].map((port) => `http://${host}:${port}/auth/callback`),
  ),
  loopback: 'port',
  scopes: ['openid', 'profile', 'email', 'offline_access'],
  iss: false,
  bodies: ['form', 'json'],
  refreshErrors: 'nested',
  claims: 'openai',
  accessTokens: 'jwt',
  accessTokenLifetimeSeconds: 864_000,
  openaiDeviceCodes: true,
  oauthMetadata: 'web-page',
  lenient: [],
};

/** The profiles that are here, by name. */
export const profiles = {
  /** OpenAI's server as the Codex client meets it. */
  'openai-codex': OPENAI_CODEX,
  /** The same server as an open-source application meets it, by its documentation: "Sign in with ChatGPT". */
  'openai-chatgpt': {
    ...OPENAI_CODEX,
    paths: {
      ...OPENAI_CODEX.paths,
      authorize: '/api/accounts/authorize',
      token: '/api/accounts/oauth/token',
      revoke: '/api/accounts/oauth/revoke',
    },
    clientId: 'dynamic_agent_client',
    registration: {
      prefix: 'oaiapp_',
      nameParameter: 'agent_name_hint',
      hostParameter: 'ext_agent_host_id',
    },
    redirectUris: ['http://127.0.0.1/auth/callback'],
    loopbackHosts: ['127.0.0.1'],
    nonceRequired: true,
    resource: 'https://api.openai.com/v1',
    scopes: ['openid', 'profile', 'email', 'offline_access', 'resource.invoke', 'chatgpt.tokens.use.direct'],
    bodies: ['form'],
    claims: 'standard',
    // Nothing says what they look like: whoever depends on a JWT is noticed.
    accessTokens: 'opaque',
    accessTokenLifetimeSeconds: 3600,
    deviceCodes: false,
    openaiDeviceCodes: false,
  },
  /** An OpenID provider as the standards have it, for any native application. */
  'generic-oidc': {
    ...OPENAI_CODEX,
    paths: {
      authorize: '/authorize',
      token: '/token',
      revoke: '/revoke',
      jwks: '/jwks',
      userinfo: '/userinfo',
      deviceAuthorization: '/device_authorization',
      devicePage: '/device',
    },
    clientId: 'example-native-client',
    redirectUris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
    loopback: 'path',
    iss: true,
    bodies: ['form'],
    refreshErrors: 'standard',
    claims: 'standard',
    accessTokens: 'opaque',
    accessTokenLifetimeSeconds: 3600,
    openaiDeviceCodes: false,
    oauthMetadata: 'document',
    lenient: ['only-known-parameters'],
  },
} as const satisfies Readonly<Record<string, ServerProfile>>;

/** The name of a profile. */
export type ProfileName = keyof typeof profiles;

/** A profile by its name, or as it is. */
export function profileOf(profile: ProfileName | ServerProfile): ServerProfile {
  return typeof profile === 'string' ? profiles[profile] : profile;
}
