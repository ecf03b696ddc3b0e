import { expect, test } from 'vitest';

import { accessTokenExpiry, DEFAULT_LIFETIME_MS } from '../../../src/oauth/expiry.ts';

const now = 1_800_000_000_000;
const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;

test('an access token expires at the earlier of its own exp and the answer, in milliseconds', () => {
  expect(accessTokenExpiry(jwt({ exp: now / 1000 + 100 }), 200, now)).toBe(now + 100_000);
  expect(accessTokenExpiry(jwt({ exp: now / 1000 + 300 }), 200, now)).toBe(now + 200_000);
});

test('R-6749-3 a missing expires_in falls back to the token, and then to one hour', () => {
  expect(accessTokenExpiry(jwt({ exp: now / 1000 + 100 }), undefined, now)).toBe(now + 100_000);
  expect(accessTokenExpiry('opaque', undefined, now)).toBe(now + DEFAULT_LIFETIME_MS);
  for (const exp of ['soon', -5, Number.NaN, null])
    expect(accessTokenExpiry(jwt({ exp }), undefined, now)).toBe(now + DEFAULT_LIFETIME_MS);
});

test('a token that is over already, or lives for centuries, is a mistake of whoever said so', () => {
  for (const seconds of [-5, 0, 1e300, 9e12])
    expect(accessTokenExpiry('opaque', seconds, now)).toBe(now + DEFAULT_LIFETIME_MS);
  expect(accessTokenExpiry(jwt({ exp: 1000 }), 200, now)).toBe(now + 200_000);
});
