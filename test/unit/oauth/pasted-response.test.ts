import { describe, expect, test } from 'vitest';

import { parsePastedResponse } from '../../../src/oauth/pasted-response.ts';

const expected = {
  redirectUri: 'http://localhost:1455/auth/callback',
  authorizationEndpoint: 'https://auth.openai.com/oauth/authorize',
};
const read = (text: string) => parsePastedResponse(text, expected);
const query = (text: string) => ({ kind: 'query', query: text });

describe('a pasted text', () => {
  test.each([
    ['the whole address', 'http://localhost:1455/auth/callback?code=c&state=s'],
    ['the address on 127.0.0.1', 'http://127.0.0.1:1455/auth/callback?code=c&state=s'],
    ['the address on [::1] and another port', 'http://[::1]:1457/auth/callback?code=c&state=s'],
    ['an address without its scheme', 'localhost:1455/auth/callback?code=c&state=s'],
    ['an address with a fragment', 'http://localhost:1455/auth/callback?code=c&state=s#top'],
    ['an address in quotes', '"http://localhost:1455/auth/callback?code=c&state=s"'],
    ['an address in angle brackets', '<http://localhost:1455/auth/callback?code=c&state=s>'],
    ['the path and the query', '/auth/callback?code=c&state=s'],
    ['the query', '?code=c&state=s'],
    ['the query without its mark', 'code=c&state=s'],
    ['code#state', 'c#s'],
    ['an address wrapped over three lines', 'http://localhost:1455/auth/call\nback?code=c&st\r\n  ate=s'],
    [
      'an address with what a terminal adds',
      '\u200ehttp://localhost:1455/auth/callback?code=c&state=s\u0007',
    ],
  ])('is read as a callback when it is %s', (_, text) => {
    expect(read(text)).toEqual(query('code=c&state=s'));
  });

  test('is read as a callback when it is an answer without a code', () => {
    expect(read('error=access_denied&state=s')).toEqual(query('error=access_denied&state=s'));
  });

  test('keeps the codes that need escaping', () => {
    expect(read('a+b/c=#s t')).toEqual(query('code=a%2Bb%2Fc%3D&state=st'));
  });

  test('is a bare code when nothing but a code is in it', () => {
    expect(read(' ac_123.x-y \n')).toEqual({ kind: 'bare-code', code: 'ac_123.x-y' });
  });

  test.each([
    [
      'the address of the sign-in page',
      'https://auth.openai.com/oauth/authorize?client_id=x&state=s',
      'sign-in page',
    ],
    ['an address elsewhere', 'https://evil.example/auth/callback?code=c&state=s', 'another address'],
    ['another path here', 'http://localhost:1455/other?code=c&state=s', 'another address'],
    ['an address without its query', 'http://localhost:1455/auth/callback', 'copy all of it'],
    ['no address', 'http://', 'no complete address'],
    ['words', 'what now?!', 'neither an address'],
    ['nothing', ' \n ', 'Nothing was pasted'],
    ['three parts', 'a#b#c', 'neither an address'],
    ['20,000 characters', 'x'.repeat(20_000), 'far too long'],
  ])('is refused in a sentence when it is %s', (_, text, sentence) => {
    expect(read(text)).toEqual({ kind: 'unusable', sentence: expect.stringContaining(sentence) });
  });

  test('R-9700-3 is never repeated in the sentence that refuses it', () => {
    for (const text of [
      'https://evil.example/?code=planted',
      'planted#planted#x',
      'http://localhost:1455/planted?code=planted',
    ])
      expect(JSON.stringify(read(text))).not.toContain('planted');
  });
});
