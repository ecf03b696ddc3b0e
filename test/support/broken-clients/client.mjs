/**
 * An OAuth client that signs in at any OpenID provider: discovery, code flow, device codes, refresh, revocation. Plain fetch and
 * node:crypto, nothing of `src` and nothing of the mock. Each of its decisions is one of `correct`'s, or a broken one in its place.
 */

import { correct, newSecret, Stopped } from './correct.mjs';

/** The server said no. */
export class Refused extends Error {
  constructor(where, status, error) {
    super(`${where}: ${status}${error === undefined ? '' : ` ${error}`}`);
    this.status = status;
  }
}

const SCOPE = 'openid profile email offline_access';
const MOST_POLLS = 20;
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/**
 * @param world `issuer`, `clientId`, `redirectUri`, `extras` (more authorization parameters), `visit` (a person signs in: URL →
 * callback URL, undefined where a page says no), `approve` (a person at the page for devices), `sleep`, `now` (seconds), `say` (the log), `start` (another program)
 */
export function createClient(world, changes = {}) {
  const is = { ...correct, ...changes };
  const { issuer, clientId, redirectUri } = world;
  let metadata;
  let keys;
  let credential;
  let renewing;

  async function get(url) {
    const response = await fetch(url, { redirect: 'manual' });
    if (!response.ok) throw new Refused(new URL(url).pathname, response.status);
    return await response.json();
  }

  async function discover() {
    metadata = await get(`${issuer}/.well-known/openid-configuration`);
    is.checkMetadata(metadata, { issuer });
  }

  async function post(url, body) {
    const form = { method: 'POST', redirect: 'manual', headers: {}, body: new URLSearchParams(body) };
    let request = is.tokenRequest({ url, ...form });
    for (;;) {
      let response;
      try {
        response = await fetch(request.url, request);
      } catch {
        throw new Stopped('the connection broke');
      }
      const next = response.headers.get('location');
      if (response.status === 307 && is.followsRedirects && next !== null) {
        request = { ...request, url: new URL(next, request.url).href };
        continue;
      }
      const answer = await response.json().catch(() => ({}));
      if (response.ok) return answer;
      const { error } = answer;
      throw new Refused(new URL(request.url).pathname, response.status, error?.code ?? error);
    }
  }

  async function checkTokens(tokens, expected) {
    is.checkTokenType(tokens);
    if (tokens.id_token === undefined) throw new Stopped('no ID token');
    const [header = '', payload = '', signature = ''] = tokens.id_token.split('.');
    const part = (text) => JSON.parse(Buffer.from(text, 'base64url').toString());
    const signed = { signed: `${header}.${payload}`, signature: Buffer.from(signature, 'base64url') };
    keys ??= (await get(metadata.jwks_uri)).keys;
    is.checkSignature({ header: part(header), ...signed }, keys);
    const claims = part(payload);
    is.checkIssuer(claims, { issuer });
    is.checkAudience(claims, { clientId });
    is.checkTimes(claims, { now: world.now() });
    if (expected.nonce !== undefined) is.checkNonce(claims, expected);
    is.checkAtHash(claims, { accessToken: tokens.access_token });
    is.checkSubject(claims, expected);
    return claims.sub;
  }

  async function keep(tokens, expected) {
    const subject = await checkTokens(tokens, expected);
    credential = { ...tokens, subject };
    is.signedIn(world, tokens, metadata);
  }

  async function renew() {
    const { refresh_token: refreshToken, subject } = credential;
    const body = { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken };
    const tokens = await is.renewal(() => post(metadata.token_endpoint, body));
    if (tokens.id_token !== undefined) await checkTokens(tokens, { subject });
    credential = is.replace(credential, tokens);
  }

  return {
    async signIn() {
      if (metadata === undefined) await discover();
      const verifier = is.newVerifier();
      const state = newSecret();
      const nonce = newSecret();
      const parameters = is.authorizationParameters({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: SCOPE,
        state,
        nonce,
        ...is.challengeOf(verifier),
        ...world.extras,
      });
      const url = `${metadata.authorization_endpoint}?${new URLSearchParams(parameters)}`;
      const callback = await world.visit(url, parameters.redirect_uri);
      if (callback === undefined) throw new Refused('the sign-in page', 'an error');
      const { search, hash } = new URL(callback);
      const query = new URLSearchParams(search === '' ? hash.slice(1) : search);
      is.checkState(query, { state });
      const promised = metadata.authorization_response_iss_parameter_supported === true;
      is.checkIss(query, { issuer, promised });
      if (query.has('error')) throw new Refused('authorization', 302, query.get('error'));
      const body = {
        grant_type: 'authorization_code',
        client_id: clientId,
        code: query.get('code') ?? '',
        redirect_uri: parameters.redirect_uri,
        ...(parameters.code_challenge === undefined ? {} : { code_verifier: verifier }),
      };
      const context = { state };
      await keep(
        await is.exchange((edit = {}) => post(metadata.token_endpoint, { ...body, ...edit }), context),
        {
          nonce,
        },
      );
    },
    async signInOnAnotherDevice() {
      if (metadata === undefined) await discover();
      const device = await post(metadata.device_authorization_endpoint, {
        client_id: clientId,
        scope: SCOPE,
      });
      await world.approve(device);
      let { interval } = device;
      const body = { grant_type: DEVICE_GRANT, client_id: clientId, device_code: device.device_code };
      for (let polls = 0; polls < MOST_POLLS; polls += 1) {
        await is.waitBeforePoll(world.sleep, interval);
        try {
          await keep(await post(metadata.token_endpoint, body), {});
          return;
        } catch (error) {
          if (/slow_down$/.test(error.message)) interval = is.slowDown(interval);
          else if (!/authorization_pending$/.test(error.message)) throw error;
        }
      }
      throw new Stopped('nobody approved it');
    },
    /** Asks who signed in, with the access token. */
    async use() {
      const { access_token: accessToken, subject } = credential;
      const request = is.bearer({ url: metadata.userinfo_endpoint, headers: {} }, accessToken);
      const response = await fetch(request.url, request);
      if (!response.ok) throw new Refused('userinfo', response.status);
      if ((await response.json()).sub !== subject) throw new Stopped('sub of userinfo');
    },
    /** Whoever needs a new access token calls it. */
    renew() {
      if (!is.sharesRenewal) return renew();
      renewing ??= renew().finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
    async signOut() {
      const body = { ...is.toRevoke(credential), client_id: clientId };
      await post(metadata.revocation_endpoint, body);
      credential = undefined;
    },
  };
}

/** All that a person does with it in a week. */
export async function week(client) {
  await client.signIn();
  await client.use();
  await Promise.all([client.renew(), client.renew()]);
  await client.use();
  await client.renew();
  await client.use();
  await client.signOut();
  await client.signIn();
  await client.use();
}

/** The same on a machine without a browser. */
export async function weekWithoutBrowser(client) {
  await client.signInOnAnotherDevice();
  await client.use();
  await client.signOut();
}
