/**
 * The way for a person whose browser is on another device: a code to enter there. It tells the code; how it is asked for and
 * waited for, `oauth` decides. Loaded only where it was chosen.
 */

import type { Authorized } from '../../oauth/authorized.ts';
import { requestDeviceAuthorization } from '../../oauth/device-authorization.ts';
import type { DeviceContext } from '../../oauth/device-request.ts';

/** What is shown to the person. */
export interface DeviceCode {
  readonly verificationUri: string;
  /** The same with the code filled in, where the server has such an address. */
  readonly verificationUriComplete?: string;
  readonly userCode: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/**
 * Asks for a code, shows it, and waits for the person's answer.
 * @throws what `requestDeviceAuthorization` and its `approved` throw; `signal.reason`
 */
export async function waitForDevice(
  context: Omit<DeviceContext, 'signal'>,
  show: (code: DeviceCode) => void,
  signal: AbortSignal,
): Promise<Authorized> {
  const device = await requestDeviceAuthorization({ ...context, signal });
  const { verificationUri, verificationUriComplete, userCode, expiresInSeconds } = device;
  show({
    verificationUri,
    ...(verificationUriComplete === undefined ? {} : { verificationUriComplete }),
    userCode,
    expiresIn: expiresInSeconds,
  });
  return device.approved(signal);
}
