import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import {
  createUserAgent,
  type ScenarioName,
  startAuthorizationServer,
  startTlsFront,
  type TlsFrontOptions,
} from '../../mocks/index.ts';
import { loginEventSchema } from '../../src/words/schemas/login.ts';
import { startCommand } from '../support/command.ts';
import { holdPort, useRegisteredPorts } from '../support/registered-ports.ts';
import { expectNoSecret } from '../support/sign-in.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';

// The ports are of the machine: this file is the only one that has them.
useRegisteredPorts();

const issuer = 'https://auth.openai.com';
const PASSWORD = 'pl4nted-password';

interface Surroundings extends Partial<Omit<TlsFrontOptions, 'server'>> {
  /** A fault of the token endpoint, for as long as the test runs. */
  fault?: ScenarioName;
  /** The variable that names the proxy. */
  named?: string;
  args?: string[];
  env?: Record<string, string | undefined>;
}

/**
 * `codex-login login` as it is installed, with every constant that it came with; the network around it is a proxy and a
 * certificate. A browser is what the system starts for it: one that writes down where it was sent, and goes there.
 */
async function login(surroundings: Surroundings = {}) {
  const { fault, named = 'HTTPS_PROXY', args = [], env = {}, ...options } = surroundings;
  const store = storeFile();
  const server = await startAuthorizationServer({ issuer });
  const front = await startTlsFront({ server, credentials: `robin:${PASSWORD}`, ...options });
  onTestFinished(() => Promise.all([front.close(), server.close()]).then(() => undefined));
  if (fault !== undefined) server.scenario(fault, { times: Number.POSITIVE_INFINITY });
  const told = join(temporaryDirectory(), 'told');
  const { NODE_EXTRA_CA_CERTS, HTTPS_PROXY, NO_PROXY } = front.environment;
  const around = { NODE_EXTRA_CA_CERTS, [named]: HTTPS_PROXY, NO_PROXY, ...env };
  const command = startCommand(['login', '--json', '--store', store, ...args], {
    home: dirname(store),
    env: { ...around, BROWSER: browser(told) },
  });
  const agent = createUserAgent({ front });
  const opened = command.line('browser').then(
    () => agent.openUrl(readFileSync(told, 'utf8').trim()),
    () => undefined,
  );
  const ended = await command.ended;
  await opened;
  if (agent.visited.length > 0) await agent.settled.catch(() => undefined);
  for (const event of ended.events)
    expect(loginEventSchema.safeParse(event)).toMatchObject({ success: true });
  const spoken = ended.stdout.split('\n').filter((line) => !line.includes('"authorization_url"'));
  expectNoSecret(server, [spoken.join('\n'), ended.stderr]);
  expect(ended.stdout + ended.stderr).not.toContain(PASSWORD);
  return {
    ...ended,
    store,
    server,
    front,
    page: agent.lastPage()?.html ?? '',
    /** Whether a browser was started. */
    sent: existsSync(told),
    /** What came to the token endpoint. */
    exchanges: server.journal.entries.filter(({ path }) => path === '/oauth/token'),
    last: ended.events.at(-1),
    network: ended.events.filter(({ type }) => type === 'network'),
  };
}

/** A program that writes down its one argument, whole or not at all. */
function browser(told: string): string {
  const path = join(temporaryDirectory(), 'browser');
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$1" > '${told}.part' && mv '${told}.part' '${told}'\n`);
  chmodSync(path, 0o755);
  return path;
}

describe.runIf(process.platform === 'linux')('plain codex-login login, through a proxy that ends TLS', () => {
  test('signs in on port 1455, with the constants it came with', async () => {
    const { status, events, store, front, server, page, exchanges, stderr } = await login();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(events.map(({ type }) => type)).toEqual([
      'listening',
      'authorization_url',
      'network',
      'browser',
      'exchanged',
      'committed',
      'result',
    ]);
    expect(events[0]).toMatchObject({ redirectUri: 'http://localhost:1455/auth/callback' });
    expect(events[1]).toMatchObject({ url: expect.stringContaining(`${issuer}/oauth/authorize?`) });
    expect(events[2]).toMatchObject({ ok: true, via: `http://127.0.0.1:${front.port} (HTTPS_PROXY)` });
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]?.parameters).toMatchObject({ redirect_uri: 'http://localhost:1455/auth/callback' });
    expectInvariants(store);
    expect(page).toContain('robin@example.com');
    expect(front.journal.entries.every(({ target }) => target === 'auth.openai.com:443')).toBe(true);
    expect(server.journal.entries.map(({ path }) => path).sort()).toEqual([
      '/.well-known/jwks.json',
      '/oauth/authorize',
      '/oauth/token',
    ]);
  });

  test('signs in on port 1457 where 1455 is taken, on that redirect URI from end to end (R-8252-3)', async () => {
    await holdPort(1455);
    const { status, events, store, exchanges } = await login();
    expect(status).toBe(0);
    expect(events[0]).toMatchObject({
      redirectUri: 'http://localhost:1457/auth/callback',
      note: expect.stringContaining('1455'),
    });
    expect(exchanges[0]?.parameters).toMatchObject({ redirect_uri: 'http://localhost:1457/auth/callback' });
    expectInvariants(store);
  });

  test('takes the certificate by --ca-file as well, and the proxy by another name', async () => {
    const caFile = join(temporaryDirectory(), 'ca.pem');
    const { status, network, store } = await login({
      caFile,
      args: ['--ca-file', caFile],
      env: { NODE_EXTRA_CA_CERTS: undefined },
      named: 'all_proxy',
    });
    expect([status, network]).toMatchObject([
      0,
      [{ ok: true, via: expect.stringMatching(/\(all_proxy\)$/) }],
    ]);
    expectInvariants(store);
  });

  test('refuses a certificate file that is none before anything else', async () => {
    const { status, stderr, last, sent } = await login({ args: ['--ca-file', '/dev/null'] });
    expect([status, stderr, sent]).toEqual([2, '', false]);
    expect(last).toMatchObject({ code: 'ERR_USAGE', message: expect.stringContaining('/dev/null') });
  });
});

describe.runIf(process.platform === 'linux')(
  'a way that is blocked ends the login before a browser opens:',
  () => {
    test.each([
      [
        'connect-403',
        'proxy',
        /^The proxy http:\/\/127\.0\.0\.1:\d+ \(HTTPS_PROXY\) refused to connect to auth\.openai\.com:443: 403 Forbidden\.$/,
        /NO_PROXY/,
      ],
      [
        'connect-407',
        'proxy',
        /407 Proxy Authentication Required\.$/,
        /does not take the user name and password/,
      ],
      ['connect-502', 'proxy', /502 Bad Gateway\.$/, /NO_PROXY/],
      [
        'tls-unknown-ca',
        'tls',
        /is issued by "Unknown test CA", which is not trusted here/,
        /--ca-file <pem> or NODE_EXTRA_CA_CERTS/,
      ],
      ['tls-expired', 'tls', /is not valid at this time \(CERT_HAS_EXPIRED\)/, /clock/],
      ['tls-wrong-name', 'tls', /is for another name/, /in a browser/],
    ] as const)('%s, with exit status 6', async (scenario, hop, summary, hint) => {
      const { status, last, network, sent, exchanges, store } = await login({ scenario });
      expect({ status, sent, stored: existsSync(store) }).toEqual({ status: 6, sent: false, stored: false });
      const told = { message: expect.stringMatching(summary), hint: expect.stringMatching(hint) };
      expect(last).toMatchObject({ type: 'error', code: 'ERR_NETWORK', exitCode: 6, ...told });
      expect(network).toMatchObject([{ ok: false, hop, summary: last?.message, hint: last?.hint }]);
      expect(exchanges).toEqual([]);
    });

    test('a proxy that nobody runs', async () => {
      const { status, last, sent } = await login({ env: { HTTPS_PROXY: 'http://127.0.0.1:9' } });
      expect([status, sent]).toEqual([6, false]);
      expect(last).toMatchObject({
        message: 'The proxy http://127.0.0.1:9, which HTTPS_PROXY names, cannot be reached (ECONNREFUSED).',
        hint: expect.stringMatching(/^Correct HTTPS_PROXY/),
      });
    });
  },
);

describe.runIf(process.platform === 'linux')('a token endpoint that', () => {
  test.each([
    [
      'resets',
      'token-reset',
      'ERR_NETWORK',
      /^The connection to auth\.openai\.com broke off before the answer was complete \(\w+\)\.$/,
      /Check the network/,
    ],
    [
      'answers half a JSON',
      'token-truncated',
      'ERR_NETWORK',
      /broke off before the answer was complete/,
      /Check the network/,
    ],
    [
      'answers 307',
      'token-redirect',
      'ERR_TOKEN_ENDPOINT',
      /redirect \(307\), which is never followed/,
      /Run the command again/,
    ],
    [
      'answers 403 with a page',
      'token-html',
      'ERR_TOKEN_ENDPOINT',
      /answered 403 with a web page/,
      /VPN, proxy and network filters/,
    ],
    ['answers 429', 'token-429', 'ERR_TOKEN_ENDPOINT', /answered 429/, /Retry-After: \d+/],
    [
      'serves no such country',
      'token-region',
      'ERR_REGION_UNSUPPORTED',
      /refuses this country, region or territory/,
      /supported region/,
    ],
  ] as const)(
    '%s: exit status 6, the same sentence on terminal and page, one exchange (R-6749-4, R-7636-5)',
    async (_, fault, code, message, hint) => {
      const { status, last, page, exchanges, store, sent } = await login({ fault });
      expect({ status, sent, stored: existsSync(store) }).toEqual({ status: 6, sent: true, stored: false });
      expect(last).toMatchObject({
        code,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
      expect(exchanges).toHaveLength(1);
      expect(page).toContain(code);
      expect(page.replaceAll('&quot;', '"').replaceAll('&#39;', "'")).toContain(String(last?.message));
    },
  );

  // One that hangs takes its 30 seconds wherever it stands: test/e2e/deadline.test.ts waits for one.
});
