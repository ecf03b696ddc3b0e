/**
 * Signing in on another device: a code for the person to enter there, and what their answer comes to. It chooses the flow
 * that the server has, OpenAI's own or that of RFC 8628. Loaded only where it is asked for.
 */

import { LoginError } from '../words/errors.ts';
import type { Authorized } from './authorized.ts';
import { type IssuedCode, pollUntilAnswered } from './device-polling.ts';
import type { DeviceContext } from './device-request.ts';
import { requestOpenaiCode } from './openai-device-flow.ts';
import { requestRfc8628Code } from './rfc8628-device-flow.ts';

export interface DeviceAuthorization {
  /** Where the person goes: https, or loopback with a loopback issuer; at the issuer's domain. */
  readonly verificationUri: string;
  /** The same with the code filled in, for a QR code (RFC 8628 §3.3.1). */
  readonly verificationUriComplete?: string;
  /** What the person enters: printable, 64 characters at most. */
  readonly userCode: string;
  /** From the request on. */
  readonly expiresInSeconds: number;
  /**
   * Polls until the person has answered; called once.
   * @throws AuthorizationError `ERR_ACCESS_DENIED`, `ERR_ENTITLEMENT_MISSING`; LoginError `ERR_DEVICE_CODE_EXPIRED`;
   *   TokenError; `signal.reason`
   */
  approved(signal: AbortSignal): Promise<Authorized>;
}

/**
 * Asks the server for a code. The device code itself stays in here: it is in no field and no error (RFC 8628 §5.1).
 * @throws LoginError `ERR_DEVICE_CODE_DISABLED` where the server has the endpoint and issues no codes, `ERR_USAGE` where
 *   it has none; TokenError `ERR_TOKEN_ENDPOINT`, `ERR_TOKEN_TIMED_OUT`, `ERR_NETWORK`, `ERR_REGION_UNSUPPORTED`
 */
export async function requestDeviceAuthorization(context: DeviceContext): Promise<DeviceAuthorization> {
  const { clock } = context;
  const requestedAt = clock.now();
  const issued = await requestIssuedCode(context);
  const { verificationUri, verificationUriComplete, userCode, expiresInSeconds } = issued;
  return {
    verificationUri,
    ...(verificationUriComplete === undefined ? {} : { verificationUriComplete }),
    userCode,
    expiresInSeconds,
    approved(signal) {
      const either = AbortSignal.any([signal, context.signal]);
      return pollUntilAnswered(issued, { clock, signal: either, requestedAt });
    },
  };
}

async function requestIssuedCode(context: DeviceContext): Promise<IssuedCode> {
  const { provider, metadata } = context;
  const own = provider.endpoints.kind === 'pinned' ? provider.endpoints.deviceAuthorization : undefined;
  if (own !== undefined) return requestOpenaiCode(own, context);
  if (metadata.deviceAuthorizationEndpoint !== undefined)
    return requestRfc8628Code(metadata.deviceAuthorizationEndpoint, context);
  throw new LoginError('ERR_USAGE', {
    summary: `${provider.issuer} announces no way to sign in with a device code.`,
    hint: 'Leave --device out and sign in with a browser.',
  });
}
