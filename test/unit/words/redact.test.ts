import { describe, expect, test } from 'vitest';

import { foreignText, maskToken, redact } from '../../../src/words/redact.ts';

const jwt = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.c2lnbmF0dXJl`;

describe('text that a person will see', () => {
  test.each([
    ['a JWT', `failed with ${jwt}`, jwt],
    ['half a JWT', `failed with ${jwt.slice(0, 30)}`, jwt.slice(0, 30)],
    ['a refresh token', 'got rt_abcdefghijklmnopqrstuvwxyz', 'rt_abcdefghijklmnop'],
    ['a URL with a code', 'GET /auth/callback?code=abc.def-123&state=xyz987', 'abc.def-123'],
    ['a state', 'GET /auth/callback?code=abc&state=xyz987', 'xyz987'],
    ['JSON', '{"access_token":"opaque-1234","x":1}', 'opaque-1234'],
    ['a bearer', 'Authorization: Bearer abcd1234efgh', 'abcd1234efgh'],
  ])('R-9700-3 loses %s', (_, text, secret) => {
    expect(redact(text)).not.toContain(secret);
    expect(foreignText(text)).not.toContain(secret);
  });

  test('R-6749-1 from a server loses escape sequences, line breaks and bidirectional overrides, and is cut', () => {
    const text = foreignText(`a\u001b]0;title\u0007b\r\nc\u202ed\u2066e\u200bf\u009b31m${'x'.repeat(5000)}`);
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text.length).toBeLessThanOrEqual(300);
    expect(text.endsWith('…')).toBe(true);
  });

  test('keeps ordinary words as they are, in any script', () => {
    for (const text of ['The sign-in was refused.', 'Доступ запрещён', '拒否されました'])
      expect(foreignText(text)).toBe(text);
  });

  test('masks a token down to its first characters and its length', () => {
    expect(maskToken(jwt)).toMatch(/^eyJhb.?… \(\d+ characters\)$/);
    expect(maskToken('short')).toBe('… (5 characters)');
  });
});
