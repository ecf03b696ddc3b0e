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

/** One authorization server and one public client of it, as data. The built-in one is `openaiCodex`. */
export interface ProviderProfile {
  /** The provider's name in the credential store, e.g. `openai-codex`. */
  readonly id: string;
  readonly displayName: string;
  /** Issuer identifier (RFC 8414 §2), without a trailing slash. */
  readonly issuer: string;
  readonly clientId: string;
  readonly endpoints: Endpoints;
  /** The registered redirect URIs, in the order in which their ports are tried (RFC 8252 §7.3). */
  readonly redirectUris: readonly string[];
  readonly scope: string;
  /** Sent with the authorization request as they are. */
  readonly extraParameters: Readonly<Record<string, string>>;
  /** What the server may append to `state`; anything else is a foreign state. */
  readonly stateSuffixes: readonly string[];
  /** Whether a nonce is sent, and then demanded (OpenID Connect Core §3.1.2.1). */
  readonly nonce: boolean;
  /** The `alg` values an ID token may be signed with. */
  readonly idTokenSigningAlgorithm: 'RS256';
  readonly identity: IdentityClaims;
}
