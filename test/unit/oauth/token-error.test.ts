import { describe, expect, test } from 'vitest';
import { networkError, summarizeResponse, tokenResponseError } from '../../../src/oauth/token-error.ts';
import { ConnectionError } from '../../../src/words/connection-error.ts';

function told(text: string, init: ResponseInit) {
  const { summary, hint } = tokenResponseError(
    summarizeResponse(new Response(text, init), text, ['planted-code']),
  );
  return { summary, hint };
}
const html = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
});

describe('an answer from whoever stands in front of the token endpoint', () => {
  test('is told by its page’s title, which says more than its status', () => {
    const page = '<html><head><title>Blocked by\u001b[31m Corp\n filter planted-code</title></head>';
    expect(told(page, html(403))).toEqual({
      summary:
        'Something in front of the token endpoint answered 403 with a web page ("Blocked by [31m Corp filter [redacted]").',
      hint: expect.stringMatching(/^Check VPN, proxy and network filters/),
    });
    expect(told('<p>no title</p>', html(502)).summary).toBe(
      'Something in front of the token endpoint answered 502 with a web page.',
    );
  });

  test('is told as a page also with status 200: the sign-in page of a network', () => {
    expect(told('<title>Hotel Wi-Fi</title>', html(200))).toEqual({
      summary: 'Something in front of the token endpoint answered 200 with a web page ("Hotel Wi-Fi").',
      hint: expect.stringMatching(/network filters/),
    });
  });

  test.each([
    [
      'by its header',
      '<title>Just a moment...</title>',
      { 'cf-mitigated': 'challenge', 'cf-ray': '8f00-FRA' },
    ],
    ['by its script', '<script src="/cdn-cgi/challenge-platform/h/b/x"></script>', { 'cf-ray': '8f00-FRA' }],
  ])('is told as a challenge for a browser, %s', (_, page, headers) => {
    expect(told(page, html(403, headers))).toEqual({
      summary:
        'The edge in front of the token endpoint wants a browser to prove itself (403), which a program cannot do (request 8f00-FRA).',
      hint: expect.stringMatching(/another network/),
    });
  });

  test.each([
    ['120', 'Wait 120 seconds (Retry-After: 120)'],
    ['Wed, 25 Nov 2026 13:00:00 GMT', 'Wait a few minutes (Retry-After: Wed, 25 Nov 2026 13:00:00 GMT)'],
    [undefined, 'Wait a few minutes and'],
  ])('that wants us to wait is told with how long: Retry-After %s', (value, hint) => {
    const headers = {
      'content-type': 'application/json',
      ...(value === undefined ? {} : { 'retry-after': value }),
    };
    for (const status of value === '120' ? [429, 503] : [429])
      expect(told('{}', { status, headers }).hint).toContain(hint);
  });
});

describe('no answer', () => {
  const failed = (code: string, syscall?: string) =>
    Object.assign(new TypeError('planted'), {
      cause: Object.assign(new Error('planted'), { code, ...(syscall === undefined ? {} : { syscall }) }),
    });

  test.each([
    [failed('ENOTFOUND', 'getaddrinfo'), 'The name of auth.openai.com cannot be found (ENOTFOUND).'],
    [failed('ECONNREFUSED', 'connect'), 'auth.openai.com cannot be reached (ECONNREFUSED).'],
    [failed('ECONNREFUSED'), 'auth.openai.com cannot be reached (ECONNREFUSED).'],
    [
      failed('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'),
      'The certificate of auth.openai.com is not trusted here (UNABLE_TO_GET_ISSUER_CERT_LOCALLY).',
    ],
    [
      failed('ECONNRESET', 'read'),
      'The connection to auth.openai.com broke off before the answer was complete (ECONNRESET).',
    ],
    [new Error('planted'), 'The connection to auth.openai.com broke off before the answer was complete.'],
    ['planted', 'The connection to auth.openai.com broke off before the answer was complete.'],
  ])('is told by what failed: %o', (thrown, summary) => {
    const error = networkError('https://auth.openai.com/oauth/token', thrown);
    expect(error).toMatchObject({ code: 'ERR_NETWORK', summary, hint: expect.stringContaining('stored') });
    expect(error.message).not.toContain('planted');
  });

  test('is told in the words of our own way where it was ours', () => {
    const own = new ConnectionError('proxy', { summary: 'The proxy said no.', hint: 'Ask it.' });
    const thrown = Object.assign(new TypeError('fetch failed'), { cause: own });
    expect(networkError('https://auth.openai.com/oauth/token', thrown)).toMatchObject({
      summary: 'The proxy said no.',
      hint: 'Ask it. Nothing was stored.',
    });
  });
});
