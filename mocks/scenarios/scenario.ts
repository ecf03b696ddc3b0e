/**
 * What a named fault can change, as a type: a scenario is a description and a few hooks, called where the
 * answer is made. It holds no scenario itself (see `scenarios/`) and does not decide when one is due (see
 * `faults`).
 */

import type { DeviceVerdict } from '../grants/device-codes.ts';
import type { Answer, Delivery } from '../http/answer.ts';
import type { ServerProfile } from '../profiles.ts';
import type { Strictness } from '../strictness/rules.ts';
import type { Claims, Signer } from '../tokens/jws.ts';
import type { SigningKey } from '../tokens/keys.ts';

/**
 * Where a scenario shows. A `refresh` one shows at the token endpoint, on refresh requests only;
 * `device-authorization` is the request for a device code and `device-poll` each poll, at OpenAI's endpoints and at
 * those of RFC 8628.
 */
export type ScenarioEndpoint =
  | 'authorize'
  | 'token'
  | 'jwks'
  | 'discovery'
  | 'revoke'
  | 'id-token'
  | 'refresh'
  | 'device-authorization'
  | 'device-poll'
  | 'userinfo';

/** What a hook may know. */
export interface HookContext {
  readonly issuer: string;
  readonly clientId: string;
  readonly profile: ServerProfile;
  /** Seconds since the epoch. */
  readonly now: number;
  /** Makes a secret of this kind and remembers it, as if it had been issued. */
  secret(kind: string): string;
}

/** A fault, as data: which endpoint it is at, what a client meets, and what changes in the answer. */
export interface Scenario {
  readonly endpoint: ScenarioEndpoint;
  /** One sentence: what a client meets. */
  readonly description: string;
  /**
   * A change of the server, not of one request: it stays once armed, and its hooks may reach other endpoints.
   */
  readonly lasting?: true;
  /**
   * What a client has to notice: a code or token of this answer that is used all the same is refused, by this name. For an ID token
   * without the nonce only where one was sent.
   */
  readonly trap?: Strictness;

  /** Authorization: an error instead of a code. */
  readonly refusal?: { readonly error: string; readonly errorDescription?: string };
  /** Authorization: edits the parameters of the redirect. */
  redirect?(parameters: URLSearchParams, context: HookContext): void;
  /** Authorization: the server asks for the callback itself, too, at the same time as the browser. */
  readonly deliversTwice?: true;

  /** Device authorization: edits the members of the answer. */
  deviceAuthorization?(members: Record<string, unknown>): void;
  /** Device poll: what is said, whatever the person did. */
  readonly verdict?: DeviceVerdict;

  /** Any endpoint: the answer; the request is not looked at and spends nothing. */
  instead?(context: HookContext): Answer;
  /** Token: edits the response's members, after tokens were issued. */
  tokenResponse?(response: Record<string, unknown>): void;
  /** Any endpoint but authorization: edits the answer itself. */
  answer?(answer: Answer): Answer;
  /** Any endpoint: how the answer travels, after what was asked for is done. */
  readonly delivery?: Delivery;
  /** Refresh: false leaves the refresh token as it is and out of the answer. */
  readonly rotates?: false;

  /** Userinfo: edits the claims. */
  userinfo?(claims: Record<string, unknown>): void;

  /** ID token: edits its claims before they are signed; every other claim, `at_hash` too, is in place. */
  idTokenClaims?(claims: Claims, context: HookContext): void;
  /** Access token: edits its claims; `at_hash` is computed afterwards. */
  accessTokenClaims?(claims: Claims): void;
  /** ID token: signs instead. */
  readonly sign?: Signer;

  /** JWKS: the keys that the n-th fetch, from 1, is shown. */
  publishedKeys?(fetch: number): readonly SigningKey[];
  /** Discovery: edits the metadata. */
  metadata?(document: Record<string, unknown>, context: HookContext): void;
}

/** A table of scenarios whose names stay literal in its type. */
export function scenarioTable<Name extends string>(
  table: Record<Name, Scenario>,
): Readonly<Record<Name, Scenario>> {
  return table;
}
