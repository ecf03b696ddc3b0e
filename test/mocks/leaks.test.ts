import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import {
  type AuthorizationServer,
  findLeaks,
  guardSecrets,
  SecretLeakError,
  startAuthorizationServer,
} from '../../mocks/index.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import * as client from './client.ts';

let server: AuthorizationServer;
let url: string;
let state: string;
let codeVerifier: string;
let tokens: Record<'access_token' | 'refresh_token' | 'id_token', string>;

beforeAll(async () => {
  server = await startAuthorizationServer();
  const granted = await client.authorize(server);
  ({ url, state, codeVerifier } = granted);
  const body = client.exchangeBody(server, granted);
  const answer = await client.postForm(`${server.issuer}/oauth/token`, body);
  tokens = (await client.jsonOf(answer)) as typeof tokens;
});
afterAll(() => server.close());

describe('the guard', () => {
  test('lets pass what is no secret: labels, the issuer, the authorization URL where a person opens it', () => {
    const stdout = `Open ${url}\nSigned in: refresh#1, ${server.clientId}, robin@example.com\n`;
    expect(() =>
      guardSecrets(server, { stdout, stderr: Buffer.from(stdout), argv: ['login'], env: { A: 'b' } }),
    ).not.toThrow();
  });

  test.each([
    ['stdout', (secret: string) => ({ stdout: `token: ${secret}\n` })],
    ['stderr', (secret: string) => ({ stderr: Buffer.from(`x${secret}`) })],
    ['argv', (secret: string) => ({ argv: ['--token', secret] })],
    ['env TOKEN', (secret: string) => ({ env: { TOKEN: secret } })],
    ['the log', (secret: string) => ({ texts: { 'the log': inspect({ secret }) } })],
  ] as const)('finds every kind of secret in %s, and says its label only', (place, placesWith) => {
    for (const [label, secret] of [
      ['refresh#1', tokens.refresh_token],
      ['access#1', tokens.access_token],
      ['id-token#1', tokens.id_token],
      ['verifier#1', codeVerifier],
      ['state#1', state],
    ] as const) {
      const leaks = findLeaks(server, placesWith(secret));
      expect(leaks).toContainEqual({ label, place, form: 'as it is' });
      const error = new SecretLeakError(leaks);
      expect(inspect(error)).toContain(`${label} in ${place}`);
      expect(inspect(error)).not.toContain(secret);
    }
  });

  test.each([
    ['url-encoded', (secret: string) => encodeURIComponent(`${secret}`)],
    ['base64', (secret: string) => Buffer.from(secret).toString('base64')],
    ['base64 inside something longer', (secret: string) => Buffer.from(`a:${secret}`).toString('base64')],
    ['base64 further in', (secret: string) => Buffer.from(`ab${secret}cd`).toString('base64')],
    ['base64url', (secret: string) => Buffer.from(secret).toString('base64url')],
    ['hexadecimal', (secret: string) => Buffer.from(secret).toString('hex')],
    ['UTF-16', (secret: string) => Buffer.from(secret, 'utf16le').toString('latin1')],
    ['reversed', (secret: string) => [...secret].reverse().join('')],
    ['half of it', (secret: string) => secret.slice(0, 30)],
  ])('finds a refresh token that is %s', (_, disguise) => {
    const leaks = findLeaks(server, { stdout: `{"x":"${disguise(tokens.refresh_token)}"}` });
    expect(leaks).toMatchObject([{ label: 'refresh#1', place: 'stdout' }]);
  });

  test('finds a token whose signature is shown alone', () => {
    const signature = tokens.access_token.split('.')[2];
    expect(findLeaks(server, { stdout: `${signature}` })).toMatchObject([
      { label: 'access#1', form: 'its signature' },
    ]);
  });

  test('spares nothing but the authorization URL: another URL of the server with the state is a leak', () => {
    expect(findLeaks(server, { stdout: `${server.issuer}/cb?state=${state}` })).toHaveLength(1);
    expect(findLeaks(server, { argv: [url] })).toMatchObject([{ label: 'state#1', place: 'argv' }]);
    expect(findLeaks(server, { argv: [url], allow: ['state'] })).toEqual([]);
    expect(findLeaks(server, { argv: [url], allow: ['state#1'] })).toEqual([]);
  });

  test('looks at files, and below directories, but not at the store', () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'logs/old'), { recursive: true });
    const log = join(directory, 'logs/old/debug.log');
    const store = join(directory, 'auth-profiles.json');
    writeFileSync(log, Buffer.concat([Buffer.from([0xff, 0x00]), Buffer.from(tokens.refresh_token)]));
    writeFileSync(store, JSON.stringify(tokens));
    const found = findLeaks(server, { files: [directory], except: [store] });
    expect(found).toEqual([{ label: 'refresh#1', place: log, form: 'as it is' }]);
    expect(findLeaks(server, { files: [directory] }).map(({ place }) => place)).toContain(store);
    expect(findLeaks(server, { files: [directory], except: [store, join(directory, 'logs')] })).toEqual([]);
    expect(findLeaks(server, { files: [join(directory, 'none')] })).toEqual([]);
  });

  test.skipIf(process.platform !== 'linux')(
    'looks into a process that runs: arguments, environment',
    async () => {
      const args = ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1e6)', tokens.refresh_token];
      const env = { PATH: '', LEAKED: tokens.id_token };
      const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
      onTestFinished(() => void child.kill('SIGKILL'));
      await once(child.stdout, 'data');
      const pid = child.pid ?? 0;
      expect(findLeaks(server, { pid })).toEqual([
        { label: 'refresh#1', place: `argv of ${pid}`, form: 'as it is' },
        { label: 'id-token#1', place: `environment of ${pid}`, form: 'as it is' },
      ]);
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(findLeaks(server, { pid })).toEqual([]);
    },
  );

  test('fails the test, with every leak in one error', () => {
    const places = { stdout: tokens.refresh_token, stderr: tokens.access_token };
    expect(() => guardSecrets(server, places)).toThrow(SecretLeakError);
    expect(() => guardSecrets(server, places)).toThrow(/refresh#1 in stdout[\s\S]*access#1 in stderr/);
  });
});
