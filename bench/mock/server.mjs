// One server of the benchmark, in a process of its own: `server.mjs <kind>`. Says `{ issuer, … }` when it is ready; asked for `usage`,
// it tells what it has used.

/** Loaded by those alone that need them: what Node.js itself takes is the measure. */
const crypto = () => process.getBuiltinModule('node:crypto');
const http = () => process.getBuiltinModule('node:http');

const REDIRECT_URI = 'http://localhost:1455/auth/callback';

const KINDS = {
  /** The mock as it is: JWT access tokens. */
  mock: () => mock({}),
  /** The mock with opaque access tokens. */
  'mock-opaque': () => mock({ profile: 'generic-oidc' }),
  async 'oauth2-mock-server'() {
    const { OAuth2Server } = await import('oauth2-mock-server');
    const server = new OAuth2Server();
    await server.issuer.keys.generate('RS256');
    await server.start(0, '127.0.0.1');
    const { url: issuer } = server.issuer;
    return { issuer, clientId: 'a-client', authorize: '/authorize', token: '/token' };
  },
  /** A certified server, set up so that a cycle costs it as little as can be: no login page, no consent. */
  'oidc-provider': () => oidcProvider({ jwt: true }),
  'oidc-provider-opaque': () => oidcProvider({ jwt: false }),
  /** What no server can be faster than: node:http, and two signatures a token response. */
  floor,
  /** Node.js and nothing else, for the time until it is ready. */
  bare: () => ({}),
};

async function mock(options) {
  const { startAuthorizationServer } = await import('../../dist/mocks/index.js');
  const { issuer, clientId } = await startAuthorizationServer(options);
  const [authorize, token] =
    options.profile === undefined ? ['/oauth/authorize', '/oauth/token'] : ['/authorize', '/token'];
  return { issuer, clientId, authorize, token };
}

async function oidcProvider({ jwt }) {
  console.info = console.warn = () => undefined;
  const { default: Provider } = await import('oidc-provider');
  const server = http().createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const clientId = 'a-client';
  const { privateKey } = crypto().generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' };
  const resource = 'https://api.example';
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        // A native one would be asked for consent every time.
        application_type: 'web',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [REDIRECT_URI],
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['a key'] },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    issueRefreshToken: () => true,
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: jwt,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'openid offline_access',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    // Signed in, and everything granted, as after a login with "remember me".
    async loadExistingGrant(context) {
      const grant = new context.oidc.provider.Grant({ clientId, accountId: 'robin' });
      grant.addOIDCScope('openid profile email offline_access');
      grant.addResourceScope(resource, 'openid offline_access');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (context, next) => {
    if (context.path !== '/sign-in') return await next();
    const session = await provider.Session.get(context);
    session.loginAccount({ accountId: 'robin' });
    await session.save(86_400);
    context.cookies.set(provider.cookieName('session'), session.id, { signed: true, httpOnly: true });
    context.body = 'signed in';
  });
  server.on('request', provider.callback());
  return { issuer, clientId, authorize: '/auth', token: '/token', signIn: '/sign-in' };
}

async function floor() {
  const { privateKey } = crypto().generateKeyPairSync('rsa', { modulusLength: 2048 });
  const claims = Buffer.alloc(900, 'a').toString('base64url');
  const signed = () =>
    `${claims}.${crypto().createSign('sha256').update(claims).sign(privateKey, 'base64url')}`;
  const server = http().createServer((request, response) => {
    request.resume().once('end', () => {
      if (request.method === 'GET')
        return response.writeHead(302, { location: `${REDIRECT_URI}?code=a&state=b` }).end();
      const tokens = { access_token: signed(), id_token: signed(), refresh_token: 'rt' };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(tokens));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  return { issuer, clientId: 'a-client', authorize: '/authorize', token: '/token' };
}

/** CPU time of this process so far, its other threads included. */
function usedMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const found = await KINDS[process.argv[2]]();
process.on('message', (message) => {
  if (message === 'quit') process.exit(0);
  if (message !== 'usage') return;
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send({ cpuMs: usedMs(), rss, heapUsed });
});
process.send({ ...found, cpuMs: usedMs() });
