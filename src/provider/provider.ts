/**
 * What there is to know about one authorization server and one client registered with it: data, no code.
 */

/**
 * A device flow of the server's own, where it has one in the place of RFC 8628's: OpenAI's. Paths on the issuer.
 */
export interface OwnDeviceEndpoints {
  readonly userCodeEndpoint: string;
  readonly tokenEndpoint: string;
  /** The page where the person enters the code. */
  readonly verificationPath: string;
  /** The redirect URI that the code is bound to; nobody is ever sent there. */
  readonly redirectPath: string;
  /** What must be switched on for it, as the account's owner finds it. */
  readonly setting: string;
}

/** Where the server's endpoints are: paths on the issuer, or found through its metadata (RFC 8414). */
export type Endpoints =
  | { readonly kind: 'discovered' }
  | {
      readonly kind: 'pinned';
      readonly authorizationEndpoint: string;
      readonly tokenEndpoint: string;
      readonly revocationEndpoint: string;
      readonly jwksUri: string;
      readonly deviceAuthorization?: OwnDeviceEndpoints;
    };

/** Which claims say who signed in. */
export type IdentityClaims =
  /** `chatgpt_account_id` in the auth claim is required; the e-mail may be in the profile claim. */
  | { readonly kind: 'chatgpt'; readonly authClaim: string; readonly profileClaim: string }
  /** `iss` and `sub` of the verified ID token; the e-mail is optional. */
  | { readonly kind: 'subject' };

/**
 * A client that the server registers while the person signs in. The profile's `clientId` only asks for it: the answer names the one
 * that was issued (`client_id`), and the code, the tokens and their revocation are that one's.
 */
export interface IssuedClient {
  /** Sent with the request for a new one, and not by a client that was issued before. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The parameter in which this host has a name that stays the same: `urn:uuid:…`. */
  readonly hostParameter: string;
}

/** One authorization server and one public client of it, as data. The built-in ones are `openaiCodex` and `openaiChatgpt`. */
export interface ProviderProfile {
  /** The provider's name in the credential store, e.g. `openai-codex`. */
  readonly id: string;
  readonly displayName: string;
  /** Issuer identifier (RFC 8414 §2), without a trailing slash. */
  readonly issuer: string;
  /** The public client (RFC 6749 §2.2), registered with the server; with `issuedClient` what asks for one. */
  readonly clientId: string;
  readonly issuedClient?: IssuedClient;
  readonly endpoints: Endpoints;
  /**
   * The redirect URIs that the server takes, in the order in which their ports are tried; port 0 is any free one (RFC 8252 §7.3).
   * `localhost` is listened for in both address families, an address in its own.
   */
  readonly redirectUris: readonly string[];
  readonly scope: string;
  /** Of `scope`, what a credential is of no use without: a person can refuse a part of what is asked for. */
  readonly neededScopes?: readonly string[];
  /** What the tokens are for: sent to both endpoints, at every refresh too (RFC 8707 §2). */
  readonly resource?: string;
  /** Sent with the authorization request as they are. */
  readonly extraParameters: Readonly<Record<string, string>>;
  /** What the server may append to `state`; anything else is a foreign state. */
  readonly stateSuffixes: readonly string[];
  /** Whether a nonce is sent, and then demanded (OpenID Connect Core §3.1.2.1). */
  readonly nonce: boolean;
  /** The `alg` values an ID token may be signed with. */
  readonly idTokenSigningAlgorithm: 'RS256';
  readonly identity: IdentityClaims;
  /** OpenClaw has no provider of this name: nothing of it uses what is stored, and nothing of it refreshes it. */
  readonly unknownToOpenClaw?: true;
  /** Why nobody should rely on this profile yet, in a sentence. */
  readonly experimental?: string;
}
