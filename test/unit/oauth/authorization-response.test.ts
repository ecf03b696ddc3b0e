import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseAuthorizationResponse } from '../../../src/oauth/authorization-response.ts';

const state = 'S'.repeat(43);
const issuer = 'https://auth.example';
const suffix = '.onboarding_entrypoint=life_sciences';

function parse(query: string | Record<string, string>, metadata = { issuer, issParameterSupported: false }) {
  return parseAuthorizationResponse(new URLSearchParams(query), {
    request: { state, clientId: 'client' },
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

  test('that names the client is believed for the one that asked, and for no other (mix-up)', () => {
    expect(parse({ code: 'c', state, client_id: 'client' })).toMatchObject({
      kind: 'code',
      clientId: 'client',
    });
    for (const answer of [{ code: 'c' }, { error: 'access_denied' }])
      expect(parse({ ...answer, state, client_id: 'another' })).toMatchObject({
        kind: 'failure',
        error: { code: 'ERR_CLIENT_MISMATCH', summary: 'The answer is for another client (another).' },
      });
  });

  test('to a request for a client has to name one that can have been issued', () => {
    const answer = (query: Record<string, string>) =>
      parseAuthorizationResponse(new URLSearchParams({ state, ...query }), {
        request: { state, clientId: 'entrance' },
        metadata: { issuer, issParameterSupported: false },
        stateSuffixes: [],
        issuesClient: true,
      });
    expect(answer({ code: 'c', client_id: 'oaiapp_1' })).toEqual({
      kind: 'code',
      code: 'c',
      clientId: 'oaiapp_1',
    });
    const refused = { kind: 'failure', error: { code: 'ERR_CLIENT_MISMATCH' } };
    for (const clientId of ['entrance', '', 'a b', 'x'.repeat(201), 'ünicode', 'a\u001b[31m'])
      expect(answer({ code: 'c', client_id: clientId })).toMatchObject(refused);
    expect(answer({ code: 'c' })).toMatchObject(refused);
    // A refusal has registered nobody.
    expect(answer({ error: 'access_denied' })).toMatchObject({
      kind: 'failure',
      error: { code: 'ERR_ACCESS_DENIED' },
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
              request: { state, clientId: 'client' },
              metadata: { issuer, issParameterSupported: false },
              stateSuffixes: [],
            }).kind,
          ).toBe('stray');
        },
      ),
    );
  });
});
