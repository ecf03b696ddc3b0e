// An independent, certified authorization server in a process of its own: says its issuer on stdout, its warnings nowhere.
// One public client that is a native application or a device; anybody may sign in.

import { createServer } from 'node:http';

console.info = console.warn = () => undefined;
const { default: Provider } = await import('oidc-provider');

const server = createServer().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'a-native-client',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        redirect_uris: ['http://localhost/auth/callback'],
      },
    ],
    pkce: { required: () => true },
    features: { deviceFlow: { enabled: true } },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: `${sub}@example.com`, email_verified: true, name: 'Robin' }),
    }),
    cookies: { keys: ['a key for tests'] },
  });
  server.on('request', provider.callback());
  process.stdout.write(`${issuer}\n`);
});
