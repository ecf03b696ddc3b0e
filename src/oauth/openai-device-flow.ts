/**
 * OpenAI's own device flow (docs/wire.md): JSON, an interval that is a string, a verifier that the server makes, and 403
 * or 404 for "not yet". The request for a code, and what a poll comes to.
 */

import type { OwnDeviceEndpoints } from '../provider/provider.ts';
import { authorizationError } from './authorization-response.ts';
import { expiredCodeError, type IssuedCode, type PollVerdict } from './device-polling.ts';
import { type DeviceContext, type DeviceResponse, postForDevice, requestCode } from './device-request.ts';
import { readInterval, readLifetime, readUserCode, readVerificationUri } from './device-response.ts';
import { whetherUnavailable } from './device-verdict.ts';
import { tokenResponseError } from './token-error.ts';
import { readMembers } from './token-response.ts';

const POLL_PLACE = 'device token endpoint';

/** @throws as `requestCode` */
export async function requestOpenaiCode(
  endpoints: OwnDeviceEndpoints,
  context: DeviceContext,
): Promise<IssuedCode> {
  const { issuer, clientId } = context.provider;
  const endpoint = issuer + endpoints.userCodeEndpoint;
  const { members, date, unusable } = await requestCode(endpoint, { client_id: clientId }, context);
  const deviceAuthId = members.device_auth_id;
  if (typeof deviceAuthId !== 'string' || deviceAuthId === '') throw unusable('it has no device code');
  const userCode = readUserCode(members.user_code ?? members.usercode);
  if (userCode === undefined) throw unusable('it has no user code that can be shown');
  // The server names no page: it is the profile's, whatever the answer says.
  const verificationUri = readVerificationUri(issuer + endpoints.verificationPath, issuer);
  if (verificationUri === undefined) throw unusable('there is no page to visit');

  const pollEndpoint = issuer + endpoints.tokenEndpoint;
  const redirectUri = issuer + endpoints.redirectPath;
  return {
    verificationUri,
    userCode,
    expiresInSeconds: readLifetime(members, date),
    intervalSeconds: readInterval(members.interval),
    endpoint: pollEndpoint,
    async poll(limit) {
      const body = { device_auth_id: deviceAuthId, user_code: userCode };
      const response = await postForDevice(pollEndpoint, body, context, limit, [deviceAuthId]);
      return response.summary.status === 200
        ? approval(response, redirectUri)
        : refusal(response, context.clock.now());
    },
  };
}

function approval({ summary, text }: DeviceResponse, redirectUri: string): PollVerdict {
  const unusable = (flaw?: string): PollVerdict => ({
    kind: 'ended',
    error: tokenResponseError(summary, flaw, POLL_PLACE),
  });
  const read = readMembers(text, summary);
  if ('flaw' in read) return unusable(read.flaw);
  const { authorization_code: code, code_verifier: codeVerifier } = read.members;
  if (typeof code !== 'string' || code === '') return unusable('it has no code');
  if (typeof codeVerifier !== 'string' || codeVerifier === '') return unusable('it has no verifier');
  return { kind: 'answered', answer: { kind: 'code', code, request: { redirectUri, codeVerifier } } };
}

/**
 * 403 and 404 are "not yet", also with the code `deviceauth_authorization_unknown`: it stands there until the person has
 * entered the user code. But for words that end it; those are assumed, since nobody has measured them.
 */
function refusal({ summary }: DeviceResponse, now: number): PollVerdict {
  const { status, contentType, oauthError = '', description = '' } = summary;
  if (oauthError === 'slow_down') return { kind: 'slow down' };
  if (/(?:^|_)(?:denied|declined|rejected)$/.test(oauthError))
    return { kind: 'ended', error: authorizationError('access_denied', description) };
  if (/(?:^|_)expired(?:_|$)/.test(oauthError)) return { kind: 'ended', error: expiredCodeError() };
  const unavailable = whetherUnavailable(summary, now, POLL_PLACE);
  if (unavailable) return unavailable;
  const isNotYet = status === 403 || status === 404;
  if (isNotYet && contentType !== 'text/html' && oauthError !== 'unsupported_country_region_territory')
    return { kind: 'pending' };
  return { kind: 'ended', error: tokenResponseError(summary, undefined, POLL_PLACE) };
}
