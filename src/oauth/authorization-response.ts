/**
 * The authorization response: a query string becomes a code, an error, or something that is none of this login's business.
 * Pure. It decides what settles a login; the loopback room decides what the browser is told.
 */

import { timingSafeEqual } from 'node:crypto';

import { AuthorizationError, IdentityError, type LoginError } from '../words/errors.ts';
import { foreignText, withoutSecrets } from '../words/redact.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { ServerMetadata } from './metadata.ts';

export type AuthorizationResponse =
  /** Not for this login: answered with 400, and the wait goes on (RFC 9700 §4.7). */
  | { readonly kind: 'stray'; readonly reason: StrayReason }
  /** `clientId`: whose code it is, as the answer says: the one that was issued, or the one that asked. */
  | { readonly kind: 'code'; readonly code: string; readonly clientId?: string }
  | { readonly kind: 'failure'; readonly error: LoginError };

export type StrayReason =
  | 'missing state'
  | 'wrong state'
  | 'duplicated parameter'
  | 'missing code'
  | 'tokens in the front channel'
  | 'oversized parameter';

/** Longer than any code seen; what is longer is not worth a request to the token endpoint. */
const LONGEST_CODE = 4096;

/**
 * Reads a callback's query (RFC 6749 §4.1.2). `state` is compared before anything else is believed, then `iss` (RFC 9207 §2.4)
 * and the client, then `error`. A response that carries tokens is turned away (RFC 9700 §2.1.1).
 */
export function parseAuthorizationResponse(
  query: URLSearchParams,
  expected: {
    request: Pick<AuthorizationRequest, 'state' | 'clientId'>;
    metadata: Pick<ServerMetadata, 'issuer' | 'issParameterSupported'>;
    stateSuffixes: readonly string[];
    /** The request asked for a client: the answer to a yes has to name one. */
    issuesClient?: boolean;
  },
): AuthorizationResponse {
  const names = [...query.keys()];
  if (new Set(names).size !== names.length) return stray('duplicated parameter');
  const state = query.get('state');
  if (!state) return stray('missing state');
  const { request, metadata, stateSuffixes, issuesClient = false } = expected;
  const accepted = ['', ...stateSuffixes].map((suffix) => request.state + suffix);
  if (!accepted.some((candidate) => equalInConstantTime(candidate, state))) return stray('wrong state');
  if (['access_token', 'id_token', 'token'].some((name) => query.has(name)))
    return stray('tokens in the front channel');

  const iss = query.get('iss');
  if (iss === null ? metadata.issParameterSupported : iss !== metadata.issuer)
    return failure(issuerMismatch(iss && withoutSecrets(iss, [request.state]), metadata.issuer));

  const clientId = query.get('client_id');
  if (
    clientId !== null &&
    !(issuesClient ? isIssued(clientId, request.clientId) : clientId === request.clientId)
  )
    return failure(clientMismatch(withoutSecrets(clientId, [request.state]), issuesClient));

  const oauthError = query.get('error');
  const safe = (name: string) => withoutSecrets(query.get(name) ?? '', [request.state]);
  if (oauthError) return failure(authorizationError(safe('error'), safe('error_description')));
  const code = query.get('code');
  if (!code) return stray('missing code');
  if (code.length > LONGEST_CODE) return stray('oversized parameter');
  if (issuesClient && clientId === null) return failure(clientMismatch(null, issuesClient));
  return { kind: 'code', code, ...(clientId === null ? {} : { clientId }) };
}

/** RFC 6749 §2.2, appendix A.1: visible characters; and another one than what asked for it. */
function isIssued(clientId: string, asking: string): boolean {
  return clientId !== asking && /^[\x21-\x7e]{1,200}$/.test(clientId);
}

function stray(reason: StrayReason): AuthorizationResponse {
  return { kind: 'stray', reason };
}

function failure(error: LoginError): AuthorizationResponse {
  return { kind: 'failure', error };
}

function equalInConstantTime(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

function issuerMismatch(iss: string | null, issuer: string): IdentityError {
  const said =
    iss === null
      ? 'does not name its issuer, which the server promises to do'
      : `names another issuer (${foreignText(iss, 120)})`;
  return new IdentityError('ERR_ISSUER_MISMATCH', {
    summary: `The answer ${said}; expected ${issuer}.`,
    hint: 'Nothing was exchanged or stored. Start the login again, and check --issuer if it happens twice.',
  });
}

function clientMismatch(clientId: string | null, issuesClient: boolean): IdentityError {
  const said =
    clientId === null
      ? 'does not name the client that was registered in the sign-in'
      : issuesClient
        ? `names no client that can have been registered in the sign-in (${foreignText(clientId, 60)})`
        : `is for another client (${foreignText(clientId, 60)})`;
  return new IdentityError('ERR_CLIENT_MISMATCH', {
    summary: `The answer ${said}.`,
    hint: 'Nothing was exchanged or stored. Start the login again, and check --provider and --issuer if it happens twice.',
  });
}

/**
 * What an `error` of the authorization server comes to (RFC 6749 §4.1.2.1, RFC 8628 §3.5), its words made safe to show.
 */
export function authorizationError(error: string, description: string): AuthorizationError {
  const oauthError = foreignText(error, 80);
  const told = foreignText(description);
  const because = told === '' ? '' : ` ("${told.replace(/[.\s]+$/, '')}")`;
  if (error === 'access_denied' && description.includes('missing_codex_entitlement')) {
    return new AuthorizationError('ERR_ENTITLEMENT_MISSING', {
      oauthError,
      summary: `This ChatGPT plan or workspace does not include Codex${because}.`,
      hint: 'Sign in with another account or workspace, or ask your workspace administrator to enable Codex.',
    });
  }
  if (error === 'access_denied') {
    return new AuthorizationError('ERR_ACCESS_DENIED', {
      oauthError,
      summary: `The sign-in was refused${because}.`,
      hint: 'Run the command again and choose "allow" to sign in. Nothing was stored.',
    });
  }
  return new AuthorizationError('ERR_AUTHORIZATION_FAILED', {
    oauthError,
    summary: `The authorization server answered "${oauthError}"${because}.`,
    hint: 'Run the command again; if it stays, report the error with its name. Nothing was stored.',
  });
}
