/** The device flow of RFC 8628, for servers that announce its endpoint: the request for a code, and what a poll comes to. */

import { authorizationError } from './authorization-response.ts';
import { expiredCodeError, type IssuedCode, type PollVerdict } from './device-polling.ts';
import { type DeviceContext, type DeviceResponse, postForDevice, requestCode } from './device-request.ts';
import { readInterval, readLifetime, readUserCode, readVerificationUri } from './device-response.ts';
import { whetherUnavailable } from './device-verdict.ts';
import { tokenResponseError } from './token-error.ts';
import { readTokenBody, type TokenResponse } from './token-response.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

/** RFC 8628 §3.1, §3.2. @throws as `requestCode` */
export async function requestRfc8628Code(endpoint: string, context: DeviceContext): Promise<IssuedCode> {
  const { provider, metadata, clock } = context;
  const { clientId, scope } = provider;
  const form = new URLSearchParams({ ...provider.extraParameters, client_id: clientId, scope });
  const { members, date, unusable } = await requestCode(endpoint, form, context);
  const deviceCode = members.device_code;
  if (typeof deviceCode !== 'string' || deviceCode === '') throw unusable('it has no device code');
  const userCode = readUserCode(members.user_code);
  if (userCode === undefined) throw unusable('it has no user code that can be shown');
  const verificationUri = readVerificationUri(members.verification_uri, metadata.issuer);
  const complete = members.verification_uri_complete ?? undefined;
  const verificationUriComplete = readVerificationUri(complete, metadata.issuer);
  if (verificationUri === undefined || (complete !== undefined && verificationUriComplete === undefined))
    throw unusable('it names a page that is not https, or not at the domain of its issuer');

  return {
    verificationUri,
    verificationUriComplete,
    userCode,
    expiresInSeconds: readLifetime(members, date),
    intervalSeconds: readInterval(members.interval),
    endpoint: metadata.tokenEndpoint,
    async poll(limit) {
      const requestedAt = clock.now();
      const body = new URLSearchParams({
        grant_type: GRANT_TYPE,
        device_code: deviceCode,
        client_id: clientId,
      });
      const response = await postForDevice(metadata.tokenEndpoint, body, context, limit, [deviceCode]);
      if (response.summary.status !== 200) return refusal(response, clock.now());
      const read = readTokenBody(response.text, response.summary, scope);
      return 'error' in read ? { kind: 'ended', error: read.error } : answered(read.usable, requestedAt);
    },
  };
}

function answered(tokens: TokenResponse, requestedAt: number): PollVerdict {
  return { kind: 'answered', answer: { kind: 'tokens', tokens, requestedAt } };
}

/** RFC 8628 §3.5. */
function refusal({ summary }: DeviceResponse, now: number): PollVerdict {
  const { oauthError = '', description = '' } = summary;
  if (oauthError === 'authorization_pending') return { kind: 'pending' };
  if (oauthError === 'slow_down') return { kind: 'slow down' };
  if (oauthError === 'expired_token') return { kind: 'ended', error: expiredCodeError() };
  if (oauthError === 'access_denied')
    return { kind: 'ended', error: authorizationError(oauthError, description) };
  return whetherUnavailable(summary, now) ?? { kind: 'ended', error: tokenResponseError(summary) };
}
