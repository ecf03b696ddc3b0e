/**
 * Every error this package throws: its stable code, what happened and what to do next.
 * It decides nothing about when an error is thrown; each room does.
 */

import { type ErrorCode, EXIT_STATUS } from './exit-status.ts';

export { type ErrorCode, EXIT_STATUS } from './exit-status.ts';

/** The two sentences of an error. */
export interface ErrorDetails {
  /** One sentence: what happened, and why where that is known. Safe to print: never holds a secret. */
  summary: string;
  /** One sentence: the next step for the person. */
  hint: string;
}

/**
 * The base of every error. `message` is `summary` and `hint` together, so that a bare `console.error(error.message)`
 * already tells the next step. Discriminate on `code`.
 */
export class LoginError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly summary: string;
  readonly hint: string;
  /** The status the command line ends with for this error. */
  readonly exitCode: number;

  constructor(code: Code, details: ErrorDetails) {
    super(`${details.summary} ${details.hint}`);
    this.name = new.target.name;
    this.code = code;
    this.summary = details.summary;
    this.hint = details.hint;
    this.exitCode = EXIT_STATUS[code];
  }
}

/** The authorization server answered the authorization request with an error (RFC 6749 §4.1.2.1, RFC 8628 §3.5). */
export class AuthorizationError extends LoginError<
  'ERR_ACCESS_DENIED' | 'ERR_ENTITLEMENT_MISSING' | 'ERR_AUTHORIZATION_FAILED'
> {
  /** The `error` parameter, e.g. `access_denied`; escaped and cut. */
  readonly oauthError: string;

  constructor(code: AuthorizationError['code'], details: ErrorDetails & { oauthError: string }) {
    super(code, details);
    this.oauthError = details.oauthError;
  }
}

/** A program that has a port: never more of it than its name, because its arguments may hold secrets. */
export interface PortHolder {
  readonly pid: number;
  /** The program's own name, e.g. `node`, `codex`; escaped and cut. */
  readonly command: string;
}

/** A port that could not be had: on which address, the system's code for why, and who has it where the system tells. */
export interface PortAttempt {
  readonly port: number;
  readonly address: string;
  readonly reason: string;
  readonly holder?: PortHolder;
}

/** No port for the callback could be had. */
export class LoopbackError extends LoginError<'ERR_NO_CALLBACK_PORT'> {
  /** What was tried, in order, and why each failed, e.g. `{ port: 1455, address: '127.0.0.1', reason: 'EADDRINUSE' }`. */
  readonly attempts: readonly PortAttempt[];

  constructor(details: ErrorDetails & { attempts: readonly PortAttempt[] }) {
    super('ERR_NO_CALLBACK_PORT', details);
    this.attempts = details.attempts;
  }
}

/** The token endpoint (or discovery, the JWKS, or what issues device codes) gave no usable answer (RFC 6749 §5.2). */
export class TokenError extends LoginError<
  'ERR_NETWORK' | 'ERR_DISCOVERY' | 'ERR_TOKEN_ENDPOINT' | 'ERR_TOKEN_TIMED_OUT' | 'ERR_REGION_UNSUPPORTED'
> {
  /** HTTP status, where there was a response. */
  readonly status?: number;
  /** The OAuth `error`, or OpenAI's nested `error.code`, e.g. `invalid_grant`; escaped and cut. */
  readonly oauthError?: string;
  /** `x-request-id`, `x-openai-request-id` or `cf-ray`: quote it to the provider's support. */
  readonly requestId?: string;

  constructor(
    code: TokenError['code'],
    details: ErrorDetails & {
      status?: number | undefined;
      oauthError?: string | undefined;
      requestId?: string | undefined;
    },
  ) {
    super(code, details);
    if (details.status !== undefined) this.status = details.status;
    if (details.oauthError !== undefined) this.oauthError = details.oauthError;
    if (details.requestId !== undefined) this.requestId = details.requestId;
  }
}

/** Who signed in could not be established (OpenID Connect Core §3.1.3.7, RFC 9207). */
export class IdentityError extends LoginError<
  | 'ERR_ISSUER_MISMATCH'
  | 'ERR_CLIENT_MISMATCH'
  | 'ERR_ID_TOKEN_INVALID'
  | 'ERR_ACCOUNT_MISSING'
  | 'ERR_WORKSPACE_MISMATCH'
> {}

/** There is no valid access token to be had from what is stored, or it could not be revoked. */
export class CredentialError extends LoginError<
  | 'ERR_NO_CREDENTIAL'
  | 'ERR_REFRESH_REFUSED'
  | 'ERR_REFRESH_ELSEWHERE'
  | 'ERR_REFRESH_PENDING'
  | 'ERR_NOT_REVOKED'
> {
  /** The profile that it is about; undefined where none could be chosen. */
  readonly profileId?: string;

  constructor(code: CredentialError['code'], details: ErrorDetails & { profileId?: string | undefined }) {
    super(code, details);
    if (details.profileId !== undefined) this.profileId = details.profileId;
  }
}

/** The credential store could not be read or written. The bytes on disk are what they were, unless `outcome` says otherwise. */
export class StoreError extends LoginError<
  | 'ERR_STORE_CORRUPT'
  | 'ERR_STORE_LOCKED'
  | 'ERR_STORE_GENERATION'
  | 'ERR_STORE_IO'
  | 'ERR_STORE_UNREACHABLE'
  | 'ERR_STORE_DENIED'
  | 'ERR_STORE_SCHEMA'
  | 'ERR_STORE_KEY'
  | 'ERR_STORE_CONFLICT'
  | 'ERR_STORE_DRIVER'
  | 'ERR_SECOND_REFRESHER'
> {
  /** Where the store is: a path, or a URL without its password. */
  readonly store: string;
  /** `unknown`: the new state may be there and may not, or may be gone after a loss of power. */
  readonly outcome: 'unchanged' | 'unknown';

  constructor(
    code: StoreError['code'],
    details: ErrorDetails & { store: string; outcome?: 'unchanged' | 'unknown' },
  ) {
    super(code, details);
    this.store = details.store;
    this.outcome = details.outcome ?? 'unchanged';
  }
}

/** What a sign-in ends with once its signal was aborted: the reason itself where that is an error of this package. */
export function interruptionOf(signal: AbortSignal): LoginError {
  if (signal.reason instanceof LoginError) return signal.reason;
  return new LoginError('ERR_ABORTED', {
    summary: 'The sign-in was interrupted.',
    hint: 'Nothing was stored; run the command again to sign in.',
  });
}

/** Whatever was thrown, as an error of this package: a foreign one keeps its kind and where it was made, and no word of its text. */
export function toLoginError(thrown: unknown): LoginError {
  if (thrown instanceof LoginError) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  const errno =
    thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? ` (${thrown.code})` : '';
  const error = new LoginError('ERR_UNEXPECTED', {
    // The text of a foreign error may quote a response, and so a token: only its kind is kept.
    summary: `Something unexpected went wrong: ${name}${errno}.`,
    hint: 'Run the command again with --verbose, and report it if it stays.',
  });
  error.stack = [`${name}${errno}`, ...framesOf(thrown)].join('\n');
  return error;
}

/** Where a foreign error was made: files and lines. A message with a line that looks like a frame does not count as one. */
function framesOf(thrown: unknown): string[] {
  if (!(thrown instanceof Error) || typeof thrown.stack !== 'string') return [];
  const message = thrown.stack.indexOf(thrown.message);
  if (message === -1) return [];
  return thrown.stack
    .slice(message + thrown.message.length)
    .split('\n')
    .flatMap((line) => FRAME.exec(line)?.[1] ?? [])
    .map((place) => `    at ${place}`);
}

const FRAME = /^ +at .*?((?:file:\/\/|node:|\/|[A-Z]:\\)[^\s()?#]*:\d+:\d+)\)?$/;
