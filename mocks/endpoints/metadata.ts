/**
 * The documents a client may fetch: OpenID Connect discovery and the JWKS.
 * It states what the other files do; a scenario may edit either document.
 */

import { hookContextOf, type ServerContext } from '../context.ts';
import { type Answer, htmlAnswer, jsonAnswer } from '../http/answer.ts';
import { jwksOf } from '../tokens/jws.ts';
import { firstKey } from '../tokens/keys.ts';
import { AUTH_CLAIM } from '../tokens/tokens.ts';
import { DEVICE_GRANT } from './token-endpoint.ts';
import { travelled } from './token-response.ts';

export interface Documents {
  /** `/.well-known/openid-configuration` */
  discovery(): Answer;
  /** `/.well-known/oauth-authorization-server`: the same (RFC 8414), or a web page with status 200, as at OpenAI. */
  oauthMetadata(): Answer;
  /** `/.well-known/jwks.json` */
  jwks(): Answer;
}

/** The documents of one server. */
export function createDocuments(context: ServerContext): Documents {
  const { faults, profile } = context;
  let rotatedFetches = 0;
  function discovery(): Answer {
    const due = faults.take('discovery');
    const instead = due.find((fault) => fault.instead)?.instead;
    if (instead) return instead(hookContextOf(context));
    const document = metadataOf(context);
    for (const fault of due) fault.metadata?.(document, hookContextOf(context));
    return travelled(jsonAnswer(200, document, 'metadata'), due);
  }

  return {
    discovery,
    oauthMetadata: () =>
      profile.oauthMetadata === 'document' ? discovery() : htmlAnswer(200, PAGE, 'a web page'),
    jwks() {
      const due = faults.take('jwks');
      const instead = due.find((fault) => fault.instead)?.instead;
      if (instead) return instead(hookContextOf(context));
      const rotation = due.find((fault) => fault.publishedKeys);
      if (rotation) rotatedFetches += 1;
      const keys = rotation?.publishedKeys?.(rotatedFetches) ?? [firstKey];
      return travelled(jsonAnswer(200, jwksOf(keys), 'keys'), due);
    },
  };
}

const PAGE = '<!doctype html><html lang="en"><title>Sign in</title><p>A page.</p></html>\n';

function metadataOf({ issuer, profile }: ServerContext): Record<string, unknown> {
  const { paths, deviceCodes } = profile;
  const hasDeviceCodes = deviceCodes !== false;
  return {
    issuer,
    authorization_endpoint: issuer + paths.authorize,
    token_endpoint: issuer + paths.token,
    revocation_endpoint: issuer + paths.revoke,
    jwks_uri: issuer + paths.jwks,
    userinfo_endpoint: issuer + paths.userinfo,
    ...(hasDeviceCodes ? { device_authorization_endpoint: issuer + paths.deviceAuthorization } : {}),
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', ...(hasDeviceCodes ? [DEVICE_GRANT] : [])],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    revocation_endpoint_auth_methods_supported: ['none'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: profile.scopes,
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
      ...(profile.claims === 'openai' ? [AUTH_CLAIM] : []),
    ],
    authorization_response_iss_parameter_supported: profile.iss,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  };
}
