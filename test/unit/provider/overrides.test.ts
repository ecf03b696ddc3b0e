import { describe, expect, test } from 'vitest';

import { openaiChatgpt } from '../../../src/provider/openai-chatgpt.ts';
import { openaiCodex } from '../../../src/provider/openai-codex.ts';
import { isLoopbackUrl, overrideProvider } from '../../../src/provider/overrides.ts';
import { providerNamed } from '../../../src/provider/providers.ts';

describe('a provider profile for another server', () => {
  test.each([
    'http://example.com',
    'http://10.0.0.1',
    'ftp://127.0.0.1',
    'auth.example',
    'https://u:p@x.example',
    'https://x.example/?a=1',
    'https://x.example/#a',
    'http://localhost.evil.example',
    '',
  ])('R-6749-5 refuses the issuer %j: https, or http on loopback', (issuer) => {
    expect(() => overrideProvider(openaiCodex, { issuer })).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', exitCode: 2 }),
    );
  });

  test('takes loopback in every spelling, without a trailing slash', () => {
    for (const issuer of [
      'http://127.0.0.1:1',
      'http://localhost:1',
      'http://[::1]:1',
      'http://127.9.9.9:1',
    ]) {
      expect(overrideProvider(openaiCodex, { issuer: `${issuer}/` }).issuer).toBe(issuer);
      expect(isLoopbackUrl(issuer)).toBe(true);
    }
  });

  test('allows another port with a loopback issuer only: the real one has registered two', () => {
    expect(() => overrideProvider(openaiCodex, { port: 0 })).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE' }),
    );
    const { redirectUris } = overrideProvider(openaiCodex, { issuer: 'http://127.0.0.1:1', port: 0 });
    expect(redirectUris).toEqual(['http://localhost:0/auth/callback']);
  });

  test('lets whoever may take any port choose one', () => {
    const { redirectUris, issuer } = overrideProvider(openaiChatgpt, { port: 8123 });
    expect([issuer, ...redirectUris]).toEqual([
      'https://auth.openai.com',
      'http://127.0.0.1:8123/auth/callback',
    ]);
  });

  test('does not discover what registers its client in the sign-in', () => {
    const overrides = { issuer: 'https://x.example', discover: true, clientId: 'c' };
    expect(() => overrideProvider(openaiChatgpt, overrides)).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', summary: expect.stringContaining('--discover') }),
    );
  });

  test('with discovery needs a client id of that server, and sends a nonce', () => {
    expect(() => overrideProvider(openaiCodex, { issuer: 'https://x.example', discover: true })).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE' }),
    );
    const provider = overrideProvider(openaiCodex, {
      issuer: 'https://x.example',
      discover: true,
      clientId: 'c',
    });
    expect(provider).toMatchObject({
      clientId: 'c',
      nonce: true,
      endpoints: { kind: 'discovered' },
      identity: { kind: 'subject' },
    });
  });

  test('keeps everything else of the profile', () => {
    expect(overrideProvider(openaiCodex, {})).toEqual(openaiCodex);
    expect(providerNamed('mine')).toEqual({ ...openaiCodex, id: 'mine' });
  });
});
