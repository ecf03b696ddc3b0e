import { describe, expect, test } from 'vitest';

import { createAuthorizationRequest, s256 } from '../../src/oauth/authorization-request.ts';
import { pinnedMetadata, type ServerMetadata } from '../../src/oauth/metadata.ts';
import { openaiChatgpt } from '../../src/provider/openai-chatgpt.ts';
import { systemRandomBytes } from '../../src/system.ts';

const issuer = 'https://auth.openai.com';
const redirectUri = 'http://127.0.0.1:50123/auth/callback';
const ask = (known = {}, provider = openaiChatgpt) =>
  createAuthorizationRequest(
    provider,
    pinnedMetadata(provider) as ServerMetadata,
    redirectUri,
    systemRandomBytes,
    known,
  );

describe('the wire of open-source applications, as documented', () => {
  test('R-8414-1 is pinned to its own endpoints', () => {
    expect(pinnedMetadata(openaiChatgpt)).toEqual({
      issuer,
      authorizationEndpoint: `${issuer}/api/accounts/authorize`,
      tokenEndpoint: `${issuer}/api/accounts/oauth/token`,
      revocationEndpoint: `${issuer}/api/accounts/oauth/revoke`,
      jwksUri: `${issuer}/.well-known/jwks.json`,
      issParameterSupported: false,
    });
  });

  test('R-8252-4 comes back to 127.0.0.1 and any free port, never to localhost', () => {
    expect(openaiChatgpt.redirectUris.map((uri) => new URL(uri).hostname)).toEqual([
      '127.0.0.1',
      '127.0.0.1',
    ]);
    expect(openaiChatgpt.redirectUris[0]).toBe('http://127.0.0.1:0/auth/callback');
  });

  test('asks for a client with these parameters and no others', () => {
    const { url, state, nonce, codeVerifier, hostId } = ask();
    expect([...new URL(url).searchParams]).toEqual([
      ['response_type', 'code'],
      ['client_id', 'dynamic_agent_client'],
      ['redirect_uri', redirectUri],
      ['scope', 'openid profile email offline_access resource.invoke chatgpt.tokens.use.direct'],
      ['code_challenge', s256(codeVerifier)],
      ['code_challenge_method', 'S256'],
      ['resource', 'https://api.openai.com/v1'],
      ['ext_agent_host_id', hostId],
      ['agent_name_hint', 'codex-login'],
      ['state', state],
      ['nonce', nonce],
    ]);
  });

  test('names its host by a random UUID of version 4, or by the one that it had before', () => {
    const [one, two] = [ask().hostId, ask().hostId];
    expect(one).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(two).not.toBe(one);
    expect(ask({ hostId: one }).hostId).toBe(one);
  });

  test('as a client that has one asks for no other, and gives itself no other name', () => {
    const { searchParams } = new URL(ask({ clientId: 'oaiapp_mine' }).url);
    expect([searchParams.get('client_id'), searchParams.has('agent_name_hint')]).toEqual([
      'oaiapp_mine',
      false,
    ]);
  });

  test('R-8252-7 what a profile adds takes the place of nothing', () => {
    const issuedClient = {
      parameters: { code_challenge_method: 'plain', nonce: 'n', resource: 'r' },
      hostParameter: 'state',
    };
    const extraParameters = { client_id: 'another', ext_agent_host_id: 'x' };
    const { url, state, nonce } = ask({}, { ...openaiChatgpt, issuedClient, extraParameters });
    const { searchParams } = new URL(url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: 'dynamic_agent_client',
      code_challenge_method: 'S256',
      resource: 'https://api.openai.com/v1',
      state,
      nonce,
    });
  });
});
