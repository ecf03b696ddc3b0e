import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { openSigningKeys, verifyIdToken } from '../../../src/oauth/id-token.ts';
import { pinnedMetadata, type ServerMetadata } from '../../../src/oauth/metadata.ts';
import { openaiCodex } from '../../../src/provider/openai-codex.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const seconds = now / 1000;
const accessToken = 'an-access-token';
const metadata = pinnedMetadata(openaiCodex) as ServerMetadata;
const good = {
  iss: metadata.issuer,
  sub: 'sub',
  aud: [openaiCodex.clientId],
  iat: seconds,
  exp: seconds + 3600,
};
const signal = new AbortController().signal;

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let strong: Awaited<ReturnType<typeof generateKeyPair>>;
let jwks: { keys: object[] };
let fetched = 0;
beforeAll(async () => {
  keys = await generateKeyPair('RS256');
  strong = await generateKeyPair('RS384');
  jwks = {
    keys: [
      { ...(await exportJWK(keys.publicKey)), kid: 'k' },
      { ...(await exportJWK(strong.publicKey)), kid: 'strong' },
    ],
  };
});

/** A genuine token, with keys that come from elsewhere. */
async function verifyWith(fetch: typeof globalThis.fetch, jwksUri = metadata.jwksUri) {
  return verifyIdToken(await sign(good), {
    provider: openaiCodex,
    metadata,
    keys: openSigningKeys({ ...metadata, jwksUri }, fetch, signal),
    accessToken,
    clock: { now: () => now, sleep: () => new Promise(() => undefined) },
    signal,
    deadline: { signal, ms: 1000 },
  });
}
const keyOf = (kid: string) => ({ ...jwks.keys[0], kid });

function verify(idToken: string, nonce?: string) {
  const fetch = async () => {
    fetched += 1;
    return Response.json(jwks);
  };
  return verifyIdToken(idToken, {
    provider: openaiCodex,
    metadata,
    keys: openSigningKeys(metadata, fetch, signal),
    accessToken,
    nonce,
    clock: { now: () => now, sleep: () => new Promise(() => undefined) },
    signal,
    deadline: { signal, ms: 1000 },
  });
}
const sign = (claims: JWTPayload, header: { alg?: string; kid?: string } = {}, key = keys.privateKey) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k', ...header }).sign(key);

describe('an ID token', () => {
  test('that is genuine and for us gives its claims', async () => {
    expect(await verify(await sign(good))).toMatchObject({ sub: 'sub' });
  });

  test.each<[string, object]>([
    ['R-OIDC-1 another issuer', { iss: 'https://auth.openai.com/' }],
    ['R-OIDC-1 another audience', { aud: ['somebody-else'] }],
    ['R-OIDC-1 several audiences and no azp', { aud: [openaiCodex.clientId, 'other'] }],
    ['R-OIDC-1 another azp', { azp: 'other' }],
    ['R-OIDC-1 another azp beside several audiences', { aud: [openaiCodex.clientId, 'other'], azp: 'other' }],
    ['R-OIDC-3 an end before the skew', { exp: seconds - 61 }],
    ['R-OIDC-3 no end', { exp: undefined }],
    ['R-OIDC-3 a beginning after the skew', { iat: seconds + 61 }],
    ['R-OIDC-3 no beginning', { iat: undefined }],
    ['R-OIDC-3 a beginning of long ago', { iat: seconds - 90_000 }],
    ['no subject', { sub: undefined }],
    ['R-OIDC-5 an at_hash of another token', { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  ])('with %s is refused', async (_, claims) => {
    await expect(verify(await sign({ ...good, ...claims }))).rejects.toMatchObject({
      code: 'ERR_ID_TOKEN_INVALID',
      exitCode: 8,
    });
  });

  test.each<[string, object]>([
    [
      'R-OIDC-1 several audiences and our azp',
      { aud: [openaiCodex.clientId, 'other'], azp: openaiCodex.clientId },
    ],
    ['R-OIDC-3 an end within the skew', { exp: seconds - 59 }],
    ['R-OIDC-3 a beginning within the skew', { iat: seconds + 59 }],
    [
      'R-OIDC-5 the at_hash of its access token',
      { at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url') },
    ],
  ])('with %s is believed', async (_, claims) => {
    await expect(verify(await sign({ ...good, ...claims }))).resolves.toBeDefined();
  });

  test('R-OIDC-4 without the nonce that was sent, or with another, is refused', async () => {
    await expect(verify(await sign(good), 'sent')).rejects.toThrow('"nonce"');
    await expect(verify(await sign({ ...good, nonce: 'other' }), 'sent')).rejects.toThrow('"nonce"');
    await expect(verify(await sign({ ...good, nonce: 'sent' }), 'sent')).resolves.toBeDefined();
  });

  test('R-OIDC-2 signed with any algorithm but the one of the profile is refused, though the key is published', async () => {
    await expect(
      verify(await sign(good, { alg: 'RS384', kid: 'strong' }, strong.privateKey)),
    ).rejects.toThrow('algorithm');
  });

  // No key set was had, so nothing is known of the token: the server's trouble, and no reason to look at the clock.
  test.each<[string, () => Response, string]>([
    [
      'go on and on',
      () =>
        new Response(
          new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) }),
        ),
      'not a key set',
    ],
    ['are answered with 500', () => new Response('no', { status: 500 }), '500'],
    ['are a web page', () => new Response('<!doctype html>'), 'not a key set'],
    ['are JSON of another shape', () => Response.json({ keys: 'none' }), 'not a key set'],
    [
      'do not come',
      () => {
        throw Object.assign(new Error('x'), { code: 'ECONNRESET' });
      },
      'ECONNRESET',
    ],
  ])('R-OIDC-2 whose keys %s ends with exit status 6', async (_, answer, said) => {
    const error = await verifyWith(async () => answer()).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'TokenError', exitCode: 6, summary: expect.stringContaining(said) });
    expect(error.message).not.toContain('clock');
  });

  test.each<[string, () => object]>([
    ['holds no key', () => ({ keys: [] })],
    ['holds a key that cannot be used', () => ({ keys: [{ kty: 'RSA', kid: 'k', n: 'AA', e: 'AQAB' }] })],
    ['holds two that could be meant', () => ({ keys: [keyOf('k'), keyOf('k')] })],
  ])('R-OIDC-2 whose key set %s ends with exit status 8', async (_, set) => {
    await expect(verifyWith(async () => Response.json(set()))).rejects.toMatchObject({
      name: 'IdentityError',
      exitCode: 8,
    });
  });

  test('R-6749-5 R-OIDC-2 whose keys are elsewhere is refused: a redirect of the key set is not followed', async () => {
    const server = createServer((asked, response) => {
      if (asked.url === '/keys') response.end(JSON.stringify(jwks));
      else response.writeHead(302, { location: '/keys' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    await expect(verifyWith(fetch, at('/keys'))).resolves.toMatchObject({ sub: 'sub' });
    await expect(verifyWith(fetch, at('/moved'))).rejects.toMatchObject({
      exitCode: 6,
      summary: expect.stringContaining('302'),
    });
  });

  test('R-OIDC-2 signed with an unknown key fetches the keys once more, then is refused', async () => {
    const other = await generateKeyPair('RS256');
    fetched = 0;
    await expect(verify(await sign(good, { kid: 'unknown' }, other.privateKey))).rejects.toThrow('no key');
    expect(fetched).toBe(2);
  });
});
