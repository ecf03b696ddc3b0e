import { describe, expect, test } from 'vitest';

import { routeTo } from '../../../src/network/route.ts';

const issuer = 'https://auth.openai.com/oauth/token';
const proxy = 'http://proxy.corp:3128';

function via(environment: Record<string, string>, url = issuer): string {
  const route = routeTo(url, environment);
  return route.kind === 'proxy' ? `${route.proxy.variable} ${route.proxy.shown}` : route.kind;
}

describe('the way to the authorization server', () => {
  test('is direct where no variable names a proxy', () => {
    expect(via({})).toBe('direct');
    expect(via({ HTTPS_PROXY: '', ALL_PROXY: '  ' })).toBe('direct');
  });

  test.each([
    [{ HTTPS_PROXY: proxy }, 'HTTPS_PROXY'],
    [{ https_proxy: proxy }, 'https_proxy'],
    [{ HTTPS_PROXY: 'http://other:1', https_proxy: proxy }, 'https_proxy'],
    [{ https_proxy: '', HTTPS_PROXY: proxy }, 'HTTPS_PROXY'],
    [{ ALL_PROXY: proxy, HTTP_PROXY: 'http://other:1' }, 'ALL_PROXY'],
    [{ HTTPS_PROXY: proxy, ALL_PROXY: 'socks5://other:1' }, 'HTTPS_PROXY'],
    [{ HTTP_PROXY: proxy }, 'HTTP_PROXY'],
  ])('goes through the proxy of %o, and says that it was %s', (environment, variable) => {
    expect(via(environment)).toBe(`${variable} ${proxy}`);
  });

  test.each([
    'http://localhost:1455/auth/callback',
    'http://127.0.0.1:8080/oauth/token',
    'https://127.8.8.8/',
    'https://[::1]:8443/',
  ])('leads to %s directly, whatever is set: a proxy would look for it on its own machine', (url) => {
    expect(via({ HTTPS_PROXY: proxy, HTTP_PROXY: proxy, ALL_PROXY: proxy }, url)).toBe('direct');
  });

  test.each([
    ['auth.openai.com', true],
    ['AUTH.OpenAI.com', true],
    ['openai.com', true],
    ['.openai.com', true],
    ['*.openai.com', true],
    ['*', true],
    ['localhost, example.com  openai.com', true],
    ['auth.openai.com:443', true],
    ['auth.openai.com:8443', false],
    ['penai.com', false],
    ['com.example', false],
    ['', false],
    [',,', false],
    ['.', false],
  ])('with NO_PROXY=%s is exempt: %s', (list, exempt) => {
    const expected = exempt ? 'direct' : `HTTPS_PROXY ${proxy}`;
    expect(via({ HTTPS_PROXY: proxy, NO_PROXY: list })).toBe(expected);
    expect(via({ HTTPS_PROXY: proxy, no_proxy: list })).toBe(expected);
  });

  test('with an IPv6 address in NO_PROXY, bare or in brackets, is exempt', () => {
    const url = 'https://[2001:db8::1]:8443/';
    for (const entry of ['2001:db8::1', '[2001:db8::1]', '[2001:db8::1]:8443'])
      expect(via({ HTTPS_PROXY: proxy, NO_PROXY: entry }, url)).toBe('direct');
    expect(via({ HTTPS_PROXY: proxy, NO_PROXY: '[2001:db8::1]:443' }, url)).not.toBe('direct');
  });

  test('takes a proxy without a scheme, with an address of any kind, and the port that its scheme has', () => {
    expect(routeTo(issuer, { HTTPS_PROXY: 'proxy.corp:3128' })).toMatchObject({
      proxy: { host: 'proxy.corp', port: 3128, secure: false },
    });
    expect(routeTo(issuer, { HTTPS_PROXY: 'https://[2001:db8::1]' })).toMatchObject({
      proxy: { host: '2001:db8::1', port: 443, secure: true, shown: 'https://[2001:db8::1]' },
    });
    expect(routeTo(issuer, { HTTPS_PROXY: 'http://proxy' })).toMatchObject({ proxy: { port: 80 } });
  });

  test('keeps user name and password for the proxy, and out of what is shown', () => {
    const route = routeTo(issuer, { HTTPS_PROXY: 'http://robin%40corp:s3%3Acret@proxy.corp:3128/' });
    expect(route).toMatchObject({
      proxy: { shown: proxy, authorization: `Basic ${btoa('robin@corp:s3:cret')}` },
    });
    expect(routeTo(issuer, { HTTPS_PROXY: 'http://robin:100%@proxy.corp:3128' })).toMatchObject({
      proxy: { authorization: `Basic ${btoa('robin:100%')}` },
    });
  });

  test.each([
    ['socks5://robin:s3cret@proxy:1080', 'socks5'],
    ['http://', 'no URL'],
    ['http://pro xy:s3cret@', 'no URL'],
    ['http://robin:4711/s3cret@proxy:3128', '%2F'],
    ['http://robin:4711?s3cret@proxy:3128', '%3F'],
    ['robin:4711#s3cret@proxy:3128', '%23'],
  ])('never goes on without a proxy that was asked for and cannot be used: %s', (value, why) => {
    const route = routeTo(issuer, { ALL_PROXY: value });
    expect(route).toMatchObject({
      kind: 'unusable',
      variable: 'ALL_PROXY',
      reason: expect.stringContaining(why),
    });
    expect(JSON.stringify(route)).not.toMatch(/s3cret|robin|4711/);
  });
});
