import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseAuthorizationResponse } from '../../../src/oauth/authorization-response.ts';

const state = 'S'.repeat(43);
const issuer = 'https://auth.example';
const suffix = '.onboarding_entrypoint=life_sciences';

function parse(query: string | Record<string, string>, metadata = { issuer, issParameterSupported: false }) {
  return parseAuthorizationResponse(new URLSearchParams(query), {
    request: { state },
    metadata,
    stateSuffixes: [suffix],
  });
}

describe('an authorization response', () => {
  test('with the right state and a code is believed', () => {
    expect(parse({ code: 'c', state })).toEqual({ kind: 'code', code: 'c' });
  });

  test('with the state and the suffix of the profile is believed, and with no other suffix', () => {
    expect(parse({ code: 'c', state: state + suffix })).toEqual({ kind: 'code', code: 'c' });
    expect(parse({ code: 'c', state: `${state}.onboarding_entrypoint=other` })).toMatchObject({
      kind: 'stray',
    });
    expect(parse({ code: 'c', state: `${state}${suffix}${suffix}` })).toMatchObject({ kind: 'stray' });
  });

  test.each([
    ['missing', { code: 'c' }, 'missing state'],
    ['empty', { code: 'c', state: '' }, 'missing state'],
    ['wrong', { code: 'c', state: 'x'.repeat(43) }, 'wrong state'],
    ['cut', { code: 'c', state: state.slice(1) }, 'wrong state'],
  ])('R-9700-1 with a %s state is stray, as success and as failure', (_, query, reason) => {
    expect(parse(query)).toEqual({ kind: 'stray', reason });
    expect(parse({ ...query, error: 'access_denied' })).toEqual({ kind: 'stray', reason });
  });

  test('R-6749-6 with a duplicated parameter is stray, whichever it is (codex, pi and openclaw take one of the two)', () => {
    for (const twice of ['code', 'state', 'iss', 'error', 'anything']) {
      const query = `code=c&state=${state}&iss=${issuer}&error=e&anything=1&${twice}=again`;
      expect(parse(query)).toEqual({ kind: 'stray', reason: 'duplicated parameter' });
    }
  });

  test.each(['access_token', 'id_token', 'token'])(
    'R-9700-4 with %s in the front channel is turned away',
    (name) => {
      expect(parse({ code: 'c', state, [name]: 'x' })).toEqual({
        kind: 'stray',
        reason: 'tokens in the front channel',
      });
    },
  );

  test('R-9207-1 that names another issuer ends the login before the token endpoint (codex, pi and openclaw do not look)', () => {
    expect(parse({ code: 'c', state, iss: `${issuer}/` })).toMatchObject({
      kind: 'failure',
      error: { code: 'ERR_ISSUER_MISMATCH' },
    });
    expect(parse({ code: 'c', state, iss: issuer })).toMatchObject({ kind: 'code' });
  });

  test('R-9207-2 without the issuer that the metadata promises ends the login', () => {
    const promising = { issuer, issParameterSupported: true };
    expect(parse({ code: 'c', state }, promising)).toMatchObject({
      kind: 'failure',
      error: { code: 'ERR_ISSUER_MISMATCH' },
    });
  });

  test('R-9207-3 with an error is believed only after state and issuer', () => {
    expect(parse({ error: 'access_denied', state: 'other' })).toMatchObject({ kind: 'stray' });
    expect(parse({ error: 'access_denied', state, iss: 'https://evil.example' })).toMatchObject({
      kind: 'failure',
      error: { code: 'ERR_ISSUER_MISMATCH' },
    });
  });

  test.each([
    ['access_denied', '', 'ERR_ACCESS_DENIED'],
    ['access_denied', 'missing_codex_entitlement', 'ERR_ENTITLEMENT_MISSING'],
    ['invalid_scope', '', 'ERR_AUTHORIZATION_FAILED'],
  ])(
    'R-6749-1 with %s %s ends the login with its own code and exit status 3',
    (error, error_description, code) => {
      expect(parse({ error, error_description, state })).toMatchObject({
        kind: 'failure',
        error: { code, exitCode: 3 },
      });
    },
  );

  test('R-6749-1 has its description cut and freed of control characters', () => {
    const response = parse({
      error: 'access_denied',
      error_description: `\u001b[31mred\u202e${'x'.repeat(5000)}`,
      state,
    });
    const message = response.kind === 'failure' ? response.error.message : '';
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(message.length).toBeLessThan(600);
  });

  test('without a code, or with one of many kilobytes, is stray', () => {
    expect(parse({ state })).toEqual({ kind: 'stray', reason: 'missing code' });
    expect(parse({ state, code: 'c'.repeat(5000) })).toEqual({
      kind: 'stray',
      reason: 'oversized parameter',
    });
  });

  test('R-9700-1 whatever the query is, only the right state settles', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('code', 'state', 'error', 'iss', 'x'), fc.string())),
        (pairs) => {
          fc.pre(!pairs.some(([, value]) => value === state));
          expect(
            parseAuthorizationResponse(new URLSearchParams(pairs), {
              request: { state },
              metadata: { issuer, issParameterSupported: false },
              stateSuffixes: [],
            }).kind,
          ).toBe('stray');
        },
      ),
    );
  });
});
