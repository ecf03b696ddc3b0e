/**
 * oidc-provider as a bench for clients: a certified server and no mock. It makes no mistakes on demand, so what shows only after a
 * fault cannot be tried (but for answers that one edits oneself in a middleware); what a request does wrong, it refuses.
 */

import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { visit } from '../visitor.mjs';

const CLIENT = {
  client_id: 'a-native-client',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  redirect_uris: ['http://localhost/auth/callback', 'http://127.0.0.1/auth/callback'],
};
const FIELDS = { login: 'robin', password: 'any' };

export const oidcProviderBench = {
  async open({ fault }) {
    // A code that nobody has approved yet is the one circumstance that it brings about by itself.
    if (fault !== undefined && fault !== 'device-pending') return undefined;
    const { info, warn } = console;
    console.info = console.warn = () => undefined;
    const { default: Provider } = await import('oidc-provider');
    const server = createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${server.address().port}`;
    const provider = new Provider(issuer, {
      clients: [CLIENT],
      pkce: { required: () => true },
      features: { deviceFlow: { enabled: true }, revocation: { enabled: true } },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
      cookies: { keys: ['a key for tests'] },
    });
    server.on('request', provider.callback());
    Object.assign(console, { info, warn });
    const world = {
      issuer,
      clientId: CLIENT.client_id,
      redirectUri: 'http://localhost:1455/auth/callback',
      // Without it there is no refresh token.
      extras: { prompt: 'consent' },
      visit: (url, redirectUri) => callbackOf(url, redirectUri),
      async approve({ verification_uri_complete: page }) {
        const approving = () => visit(page, FIELDS, (_, html) => html?.includes('Sign-in Success') ?? false);
        if (fault === 'device-pending') setTimeout(() => approving().catch(() => undefined), 200);
        else await approving();
      },
      now: () => Date.now() / 1000,
      sleep: (ms) => sleep(Math.min(ms, 400)),
    };
    const close = () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    return { world, findings: () => [], close };
  },
};

/** A page that leads nowhere is an error page. */
async function callbackOf(url, redirectUri) {
  const { origin, pathname } = new URL(redirectUri);
  const arrived = (address) => address.origin === origin && address.pathname === pathname;
  return await visit(url, FIELDS, arrived).catch(() => undefined);
}
