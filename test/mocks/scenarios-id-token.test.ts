import { createHmac, createPublicKey, type JsonWebKey, verify } from 'node:crypto';

import { expect, test } from 'vitest';

import { type AuthorizationServer, startAuthorizationServer } from '../../mocks/index.ts';
import { idTokenScenarios } from '../../mocks/scenarios/id-token.ts';
import * as client from './client.ts';

type Name = keyof typeof idTokenScenarios;
interface Facts {
  server: AuthorizationServer;
  now: number;
  idToken: string;
  claims: client.Json;
  accessClaims: client.Json;
}

const NONCE = 'n-0S6_WzA2Mj';
const account = (claims: client.Json) => (claims[client.AUTH_CLAIM] as client.Json).chatgpt_account_id;
const header = (idToken: string) => client.partOf(idToken, 0);

const claimChecks: Partial<Record<Name, (facts: Facts) => void>> = {
  'id-token-wrong-issuer': ({ claims, server }) => expect(claims.iss).not.toBe(server.issuer),
  'id-token-wrong-audience': ({ claims, server }) => expect(claims.aud).not.toContain(server.clientId),
  'id-token-second-audience-without-azp': ({ claims, server }) => {
    expect(claims.aud).toEqual([server.clientId, 'another-client']);
    expect(claims).not.toHaveProperty('azp');
  },
  'id-token-wrong-azp': ({ claims }) => expect(claims.azp).toBe('another-client'),
  'id-token-expired': ({ claims, now }) => expect(claims.exp).toBe(now - 3600),
  'id-token-issued-in-future': ({ claims, now }) => expect(claims.iat).toBe(now + 3600),
  'id-token-wrong-nonce': ({ claims }) => {
    expect(claims.nonce).toEqual(expect.any(String));
    expect(claims.nonce).not.toBe(NONCE);
  },
  'id-token-no-nonce': ({ claims }) => expect(claims).not.toHaveProperty('nonce'),
  'id-token-wrong-at-hash': ({ claims }) => expect(claims.at_hash).toBe('A'.repeat(22)),
  'id-token-no-at-hash': ({ claims }) => expect(claims).not.toHaveProperty('at_hash'),
  'id-token-no-issuer': ({ claims }) => expect(claims).not.toHaveProperty('iss'),
  'id-token-no-audience': ({ claims }) => expect(claims).not.toHaveProperty('aud'),
  'id-token-no-expiry': ({ claims }) => expect(claims).not.toHaveProperty('exp'),
  'id-token-no-issued-at': ({ claims }) => expect(claims).not.toHaveProperty('iat'),
  'id-token-text-audience': ({ claims, server }) => expect(claims.aud).toBe(server.clientId),
  'id-token-no-subject': ({ claims }) => expect(claims).not.toHaveProperty('sub'),
  'id-token-no-account': ({ claims, accessClaims }) => {
    expect([account(claims), account(accessClaims)]).toEqual([undefined, undefined]);
  },
  'id-token-account-in-access-token-only': ({ claims, accessClaims }) => {
    expect([account(claims), account(accessClaims)]).toEqual([undefined, expect.any(String)]);
  },
  'id-token-no-email': ({ claims, accessClaims }) => {
    expect(JSON.stringify([claims, accessClaims])).not.toContain('@example.com');
  },
};

const signatureChecks: Partial<Record<Name, (facts: Facts) => void | Promise<void>>> = {
  'id-token-bad-signature': ({ idToken }) =>
    expect(header(idToken)).toMatchObject({ alg: 'RS256', kid: 'mock-2026-1' }),
  'id-token-alg-none': ({ idToken }) => {
    expect(header(idToken).alg).toBe('none');
    expect(idToken.endsWith('.')).toBe(true);
  },
  'id-token-hs256': async ({ idToken, server }) => {
    expect(header(idToken).alg).toBe('HS256');
    const response = await fetch(`${server.issuer}/.well-known/jwks.json`);
    const { keys } = (await response.json()) as { keys: [JsonWebKey] };
    const secret = createPublicKey({ key: keys[0], format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const input = idToken.slice(0, idToken.lastIndexOf('.'));
    expect(idToken).toBe(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`);
  },
  'id-token-unknown-kid': ({ idToken }) =>
    expect(header(idToken)).toMatchObject({ alg: 'RS256', kid: 'mock-unpublished' }),
  'id-token-garbage': ({ idToken }) => expect(idToken).toBe('not-a-token'),
};

async function signInWith(server: AuthorizationServer): Promise<Facts> {
  const tokens = await client.signIn(server, { nonce: NONCE });
  const idToken = String(tokens.id_token);
  const claims = idToken.includes('.') ? client.partOf(idToken, 1) : {};
  const now = Math.floor(server.clock.now() / 1000);
  return { server, now, idToken, claims, accessClaims: client.partOf(tokens.access_token, 1) };
}

const clock = { now: () => 1_800_000_000_000 };

test.each(Object.entries(claimChecks))('%s, under a good signature', async (name, check) => {
  await using server = await startAuthorizationServer({ clock });
  server.scenario(name as Name);
  const facts = await signInWith(server);
  check(facts);
  expect(await client.isSigned(server, facts.idToken)).toBe(true);
  expect((await signInWith(server)).claims).toMatchObject({ iss: server.issuer, nonce: NONCE });
});

test.each(Object.entries(signatureChecks))('%s, over good claims', async (name, check) => {
  await using server = await startAuthorizationServer({ clock });
  server.scenario(name as Name);
  const facts = await signInWith(server);
  await check(facts);
  expect(await client.isSigned(server, facts.idToken).catch(() => false)).toBe(false);
  if (facts.idToken.includes('.')) expect(facts.claims).toMatchObject({ iss: server.issuer, nonce: NONCE });
});

test('id-token-no-kid and id-token-no-kid-two-keys: the signature is good, and the header names no key', async () => {
  await using server = await startAuthorizationServer({ clock });
  for (const [name, keys] of [
    ['id-token-no-kid', ['mock-2026-1']],
    ['id-token-no-kid-two-keys', ['mock-2026-2', 'mock-2026-1']],
  ] as const) {
    server.scenario(name);
    const { idToken } = await signInWith(server);
    expect(header(idToken)).toEqual({ alg: 'RS256', typ: 'JWT' });
    const jwks = await client.jsonOf(await fetch(`${server.issuer}/.well-known/jwks.json`));
    expect((jwks.keys as client.Json[]).map(({ kid }) => kid)).toEqual(keys);
    const [signed, claims, signature = ''] = idToken.split('.');
    const jwk = (jwks.keys as JsonWebKey[]).find(({ kid }) => kid === 'mock-2026-1') ?? {};
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const bytes = Buffer.from(`${signed}.${claims}`);
    expect(verify('sha256', bytes, key, Buffer.from(signature, 'base64url'))).toBe(true);
  }
});

test('every ID token scenario is checked above', () => {
  const checked = [
    'id-token-no-kid',
    'id-token-no-kid-two-keys',
    ...Object.keys(claimChecks),
    ...Object.keys(signatureChecks),
  ];
  expect(checked.sort()).toEqual(Object.keys(idTokenScenarios).sort());
});
