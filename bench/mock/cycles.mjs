// The one client of the benchmark: authorize → token → refresh, over connections that are kept alive. It looks at every answer.

import { createHash, randomBytes } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';

const REDIRECT_URI = 'http://localhost:1455/auth/callback';
const SCOPE = 'openid profile email offline_access';

/** @returns `run(count, width)`: that many cycles, so many at once */
export async function createCycles({ issuer, clientId, authorize, token, signIn }) {
  const { hostname, port } = new URL(issuer);
  const agent = new Agent({ keepAlive: true });

  function send(method, path, { body, cookie } = {}) {
    return new Promise((resolve, reject) => {
      const headers = {
        ...(cookie === undefined ? {} : { cookie }),
        ...(body === undefined
          ? {}
          : {
              'content-type': 'application/x-www-form-urlencoded',
              'content-length': Buffer.byteLength(body),
            }),
      };
      const sent = httpRequest({ hostname, port, method, path, headers, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.once('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }

  async function postToken(parameters) {
    const body = new URLSearchParams({ client_id: clientId, ...parameters }).toString();
    const { status, text } = await send('POST', token, { body });
    const tokens = status === 200 ? JSON.parse(text) : {};
    if (!tokens.access_token || !tokens.id_token || !tokens.refresh_token)
      throw new Error(`${token} answered ${status}: ${text.slice(0, 300)}`);
    return tokens;
  }

  async function cycle(cookie) {
    const verifier = randomBytes(32).toString('base64url');
    const state = randomBytes(16).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: SCOPE,
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const { status, headers, text } = await send('GET', `${authorize}?${query}`, { cookie });
    const answer = new URL(headers.location ?? 'http://localhost/').searchParams;
    const code = answer.get('code');
    if (code === null)
      throw new Error(`${authorize} answered ${status} ${headers.location}: ${text.slice(0, 300)}`);
    const tokens = await postToken({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    });
    await postToken({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
  }

  const redirectUri = clientId === 'example-native-client' ? 'http://localhost:1455/callback' : REDIRECT_URI;
  /** A person each: a session of one's own, where the server has any. */
  async function sessionCookie() {
    if (signIn === undefined) return undefined;
    const { headers } = await send('GET', signIn);
    return headers['set-cookie'].map((one) => one.split(';')[0]).join('; ');
  }
  return {
    async run(count, width) {
      let left = count;
      await Promise.all(
        Array.from({ length: width }, async () => {
          const cookie = await sessionCookie();
          while (left > 0) {
            left -= 1;
            await cycle(cookie);
          }
        }),
      );
    },
    close: () => agent.destroy(),
  };
}
