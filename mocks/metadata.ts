/**
 * The documents a client may fetch: OpenID Connect discovery and the JWKS.
 * It states what the other files do; a scenario may edit either document.
 */

import { type Answer, htmlAnswer, jsonAnswer } from './answer.ts';
import { hookContextOf, type ServerContext } from './context.ts';
import { jwksOf } from './jws.ts';
import { firstKey } from './keys.ts';
import { DEVICE_GRANT } from './token-endpoint.ts';
import { AUTH_CLAIM } from './tokens.ts';

/** The device authorization endpoint of RFC 8628; OpenAI has none. */
export const DEVICE_AUTHORIZATION_PATH = '/oauth/device/code';

export interface Documents {
  /** `/.well-known/openid-configuration` */
  discovery(): Answer;
  /** `/.well-known/oauth-authorization-server`: a web page with status 200, as at OpenAI. */
  oauthMetadata(): Answer;
  /** `/.well-known/jwks.json` */
  jwks(): Answer;
}

/** The documents of one server. */
export function createDocuments(context: ServerContext): Documents {
  const { faults, issuer } = context;
  let rotatedFetches = 0;
  return {
    discovery() {
      const due = faults.take('discovery');
      const instead = due.find((fault) => fault.instead)?.instead;
      if (instead) return instead(hookContextOf(context));
      const document = metadataOf(issuer);
      for (const fault of due) fault.metadata?.(document, hookContextOf(context));
      return jsonAnswer(200, document, 'metadata');
    },
    oauthMetadata: () =>
      htmlAnswer(
        200,
        '<!doctype html><html lang="en"><title>Sign in</title><p>A page.</p></html>\n',
        'a web page',
      ),
    jwks() {
      const due = faults.take('jwks');
      const instead = due.find((fault) => fault.instead)?.instead;
      if (instead) return instead(hookContextOf(context));
      const rotation = due.find((fault) => fault.publishedKeys);
      if (rotation) rotatedFetches += 1;
      return jsonAnswer(200, jwksOf(rotation?.publishedKeys?.(rotatedFetches) ?? [firstKey]), 'keys');
    },
  };
}

function metadataOf(issuer: string): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    device_authorization_endpoint: issuer + DEVICE_AUTHORIZATION_PATH,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', DEVICE_GRANT],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    revocation_endpoint_auth_methods_supported: ['none'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    claims_supported: [
      'iss',
      'aud',
      'sub',
      'iat',
      'exp',
      'auth_time',
      'at_hash',
      'nonce',
      'email',
      'email_verified',
      'name',
      AUTH_CLAIM,
    ],
    authorization_response_iss_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  };
}
