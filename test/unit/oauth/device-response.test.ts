import { describe, expect, test } from 'vitest';

import {
  readInterval,
  readLifetime,
  readUserCode,
  readVerificationUri,
} from '../../../src/oauth/device-response.ts';

const issuer = 'https://auth.example.com';

describe('the page that a person is sent to', () => {
  test.each([
    ['https://auth.example.com/device', issuer],
    ['https://auth.example.com:8443/device?user_code=AB', issuer],
    ['https://device.auth.example.com/', issuer],
    ['https://example.com/device', issuer],
    ['http://127.0.0.1:8080/device', 'http://127.0.0.1:9'],
    ['http://localhost:8080/device', 'http://127.0.0.1:9'],
    ['https://[::1]/device', 'http://localhost:9'],
  ])('R-8628-3 may be %s for the issuer %s', (uri, at) => {
    expect(readVerificationUri(uri, at)).toBe(new URL(uri).href);
  });

  test.each([
    ['http://auth.example.com/device', issuer],
    ['https://evil.example/device', issuer],
    ['https://auth.example.com.evil.example/device', issuer],
    ['https://evilauth.example.com/device', issuer],
    ['https://other.example.com/device', issuer],
    ['https://com/device', issuer],
    ['https://auth.example.com@evil.example/device', issuer],
    ['https://auth.example.com:secret@auth.example.com/device', issuer],
    ['http://127.0.0.1:8080/device', issuer],
    ['https://localhost/device', issuer],
    ['https://auth.example.com/device', 'http://127.0.0.1:9'],
    ['http://127.0.0.1.evil.example/device', 'http://127.0.0.1:9'],
    ['file:///etc/passwd', 'http://127.0.0.1:9'],
    ['javascript:alert(1)', issuer],
    ['data:text/html,x', issuer],
    ['/device', issuer],
    [`https://auth.example.com/${'x'.repeat(3000)}`, issuer],
    [7, issuer],
    [undefined, issuer],
  ])('R-8628-3 may not be %s for the issuer %s', (uri, at) => {
    expect(readVerificationUri(uri, at)).toBeUndefined();
  });

  test('R-8628-3 has an address in plain ASCII, without anything that moves a cursor', () => {
    expect(readVerificationUri('https://auth.example.com/\u202e\u001b[31m?x=\u0007y', issuer)).toBe(
      'https://auth.example.com/%E2%80%AE%1B[31m?x=%07y',
    );
    expect(readVerificationUri('https://аuth.example.com/device', issuer)).toBeUndefined();
  });
});

describe('the code that a person enters', () => {
  test.each(['BCDF-GHJKL', 'bcdf ghjk', '0123456789', ' WDJB-MJHT\n', 'ключ-код'])('may be "%s"', (code) => {
    expect(readUserCode(code)).toBe(code.trim());
  });

  test.each([
    '',
    '  ',
    'AB\u001b[31mCD',
    'AB\u202eCD',
    'AB\nCD',
    'A'.repeat(65),
    'eyJhbGciOiJSUzI1NiJ9.e30.x',
    7,
    null,
    undefined,
  ])('R-8628-3 may not be %j: it could not be shown as it is', (code) => {
    expect(readUserCode(code)).toBeUndefined();
  });
});

describe('how often, and how long', () => {
  test.each([
    ['5', 5],
    [5, 5],
    ['7', 7],
    [0.2, 1],
    ['0', 5],
    [-3, 5],
    ['soon', 5],
    [null, 5],
    [undefined, 5],
    [Number.POSITIVE_INFINITY, 5],
  ])('R-8628-1 an interval of %j is %i seconds', (value, seconds) => {
    expect(readInterval(value)).toBe(seconds);
  });

  const now = Date.parse('2026-11-24T12:00:00Z');
  test.each([
    [{ expires_in: 600 }, 600],
    [{ expires_in: '600' }, 600],
    [{ expires_at: '2026-11-24T12:10:00Z' }, 600],
    [{ expires_at: '2026-11-24T13:10:00.5+01:00' }, 600],
    [{ expires_in: 60, expires_at: '2026-11-24T12:10:00Z' }, 60],
    [{ expires_at: '2026-11-24T11:00:00Z' }, 900],
    [{ expires_at: 'soon' }, 900],
    [{ expires_in: -1 }, 900],
    [{}, 900],
    [{ expires_in: 10_000_000 }, 86_400],
  ])('R-8628-2 %j leaves %i seconds', (members, seconds) => {
    expect(readLifetime(members, now)).toBe(seconds);
  });
});
