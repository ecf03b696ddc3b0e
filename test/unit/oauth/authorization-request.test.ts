import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createAuthorizationRequest, s256 } from '../../../src/oauth/authorization-request.ts';
import { pinnedMetadata, type ServerMetadata } from '../../../src/oauth/metadata.ts';
import { openaiCodex } from '../../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../../src/provider/overrides.ts';

const metadata = pinnedMetadata(openaiCodex) as ServerMetadata;
const create = () =>
  createAuthorizationRequest(openaiCodex, metadata, 'http://localhost:1455/auth/callback', randomBytes);

describe('an authorization request', () => {
  test('R-7636-1 has a verifier of 43 to 128 unreserved characters from 512 random bits', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (bytes) => {
        const { codeVerifier } = createAuthorizationRequest(
          openaiCodex,
          metadata,
          'http://localhost:1455/auth/callback',
          (length) => bytes.slice(0, length),
        );
        expect(codeVerifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
        expect(Buffer.from(codeVerifier, 'base64url')).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('R-7636-2 has the challenge of RFC 7636 appendix B for its verifier', () => {
    expect(s256('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });

  test('R-7636-3 R-8252-7 always sends S256, whatever the profile says', () => {
    const discovered = overrideProvider(openaiCodex, {
      issuer: 'http://127.0.0.1:1',
      clientId: 'c',
      discover: true,
    });
    const hostile = {
      code_challenge_method: 'plain',
      code_challenge: 'x',
      response_type: 'token',
      state: 's',
    };
    for (const provider of [
      openaiCodex,
      discovered,
      { ...openaiCodex, extraParameters: {} },
      { ...openaiCodex, extraParameters: hostile },
    ]) {
      const { url, codeVerifier, state } = createAuthorizationRequest(
        provider,
        metadata,
        'http://localhost:1/cb',
        randomBytes,
      );
      expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256');
      expect(new URL(url).searchParams.get('code_challenge')).toBe(s256(codeVerifier));
      expect(new URL(url).searchParams.get('response_type')).toBe('code');
      expect(new URL(url).searchParams.get('state')).toBe(state);
    }
  });

  test('R-7636-4 R-9700-1 is new every time: verifier, state and URL', () => {
    const requests = Array.from({ length: 50 }, create);
    expect(new Set(requests.map(({ codeVerifier }) => codeVerifier)).size).toBe(50);
    expect(new Set(requests.map(({ state }) => state)).size).toBe(50);
  });

  test('R-9700-3 R-9700-6 shows neither verifier nor any secret in its URL, and asks for a code only', () => {
    const { url, codeVerifier } = create();
    expect(url).not.toContain(codeVerifier);
    const { searchParams } = new URL(url);
    expect(searchParams.get('response_type')).toBe('code');
    expect(searchParams.has('client_secret')).toBe(false);
  });

  test('has a state of 43 characters, and a nonce only where the profile sends one', () => {
    expect(create().state).toMatch(/^[\w-]{43}$/);
    expect(create().nonce).toBeUndefined();
    const { nonce, url } = createAuthorizationRequest(
      { ...openaiCodex, nonce: true },
      metadata,
      'http://localhost:1/cb',
      randomBytes,
    );
    expect(new URL(url).searchParams.get('nonce')).toBe(nonce);
    expect(nonce).toMatch(/^[\w-]{43}$/);
  });
});
