/**
 * An exchange and a verification of an answer that nobody gave. Nothing is sent, the tokens are made up here, and it ends where the
 * signature is found to be wrong. What is left of it is that the signing key is imported and the code has run once.
 */

import type { ProviderProfile } from '../provider/provider.ts';
import type { Clock, Fetch } from '../words/ports.ts';
import { type SigningKeys, verifyIdToken } from './id-token.ts';
import type { ServerMetadata } from './metadata.ts';
import { exchangeCode } from './token-request.ts';

/** RSA with 2,048 bits: one of these is wrong for every key. */
const SIGNATURE_BYTES = 256;

/** @throws always: what `verifyIdToken` says of a signature that is none, or `signal.reason` */
export async function rehearse(context: {
  provider: ProviderProfile;
  metadata: ServerMetadata;
  keys: SigningKeys;
  /** One of the keys: another `kid` would have them fetched again. */
  kid: string;
  clock: Clock;
  signal: AbortSignal;
}): Promise<never> {
  const { provider, metadata, kid, clock, signal } = context;
  // It waits for nobody.
  const deadline = { signal, ms: Infinity };
  const seconds = Math.floor(clock.now() / 1000);
  const idToken = [
    base64url(JSON.stringify({ alg: provider.idTokenSigningAlgorithm, kid })),
    base64url(
      JSON.stringify({
        iss: metadata.issuer,
        aud: provider.clientId,
        sub: 'rehearsal',
        iat: seconds,
        exp: seconds + 60,
      }),
    ),
    base64url(new Uint8Array(SIGNATURE_BYTES)),
  ].join('.');
  const made = {
    access_token: 'rehearsal',
    refresh_token: 'rehearsal',
    id_token: idToken,
    token_type: 'Bearer',
  };
  const answer: Fetch = async () => Response.json(made);
  const request = { redirectUri: 'http://localhost/rehearsal', codeVerifier: 'r'.repeat(43) };
  const { accessToken } = await exchangeCode('rehearsal', { ...context, request, fetch: answer, deadline });
  await verifyIdToken(idToken, { ...context, accessToken, deadline });
  // Nobody can sign with zeros. Were it possible, a login would be no safer for going on from here.
  throw new Error('The rehearsal came to an end.');
}

function base64url(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
