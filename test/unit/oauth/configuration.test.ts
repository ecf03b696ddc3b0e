import { describe, expect, test } from 'vitest';

import { discoverMetadata } from '../../../src/oauth/configuration.ts';
import { openaiCodex } from '../../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../../src/provider/overrides.ts';

const signal = new AbortController().signal;

/** What the metadata of an issuer is taken for, when its document has these members. */
function discover(issuer: string, members: Record<string, unknown> = {}) {
  const document = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    ...members,
  };
  return discoverMetadata(overrideProvider(openaiCodex, { issuer, clientId: 'c', discover: true }), {
    fetch: async () => Response.json(document),
    signal,
    deadline: { signal, ms: 1000 },
  });
}
const remote = 'https://auth.example';
const local = 'http://127.0.0.1:9';
const endpoints = [
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'revocation_endpoint',
  'device_authorization_endpoint',
];

describe('discovered metadata', () => {
  test.each(endpoints)('R-6749-5 whose %s is neither https nor on this machine is refused', async (name) => {
    for (const url of [
      'http://auth.example/x',
      'http://127.0.0.1.evil.example/x',
      // An https server that leads to a port of this machine means something else than its people.
      'http://127.0.0.1:9/x',
      'ftp://auth.example/x',
      'javascript:alert(1)',
      'file:///etc/passwd',
    ])
      await expect(discover(remote, { [name]: url }), url).rejects.toMatchObject({
        code: 'ERR_DISCOVERY',
        summary: expect.stringContaining('neither https nor on this machine'),
      });
    for (const url of ['http://auth.example/x', 'ws://127.0.0.1:9/x'])
      await expect(discover(local, { [name]: url }), url).rejects.toMatchObject({ code: 'ERR_DISCOVERY' });
  });

  test.each(endpoints.slice(0, 3))(
    'R-8414-1 without %s, or with one that is no URL, is refused',
    async (name) => {
      for (const value of [undefined, '/relative', 7])
        await expect(discover(remote, { [name]: value })).rejects.toMatchObject({ code: 'ERR_DISCOVERY' });
    },
  );

  test('R-8628-3 has a device authorization endpoint where the server announces one', async () => {
    const device_authorization_endpoint = `${remote}/device`;
    expect(await discover(remote, { device_authorization_endpoint })).toMatchObject({
      deviceAuthorizationEndpoint: device_authorization_endpoint,
    });
    expect(await discover(remote)).not.toHaveProperty('deviceAuthorizationEndpoint');
  });

  test('R-6749-5 with https, or http on this machine where the issuer is there too, is taken', async () => {
    expect(await discover(remote, { jwks_uri: 'https://keys.example/x' })).toMatchObject({
      tokenEndpoint: `${remote}/token`,
      jwksUri: 'https://keys.example/x',
    });
    expect(await discover(local, { token_endpoint: 'http://localhost:9/token' })).toMatchObject({
      tokenEndpoint: 'http://localhost:9/token',
    });
  });
});
