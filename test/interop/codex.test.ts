import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';

import { type AuthorizationServer, type ScenarioName, startAuthorizationServer } from '../../mocks/index.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const codex = inject('codex');

/** The real Codex signs in on another device, at the mock. */
async function login(server: AuthorizationServer, onCode: (userCode: string) => void = () => undefined) {
  if ('missing' in codex) throw new Error(codex.missing);
  const home = temporaryDirectory();
  const args = [codex.program, 'login', '--device-auth', '--experimental_issuer', server.issuer];
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, args, {
    env: { PATH, HOME: home, CODEX_HOME: home, BROWSER: '/bin/true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  let seen = false;
  const hear = (chunk: string) => {
    output += chunk;
    const [userCode] = /[A-Z]{4}-[A-Z]{5}/.exec(output) ?? [];
    if (userCode === undefined || seen) return;
    seen = true;
    onCode(userCode);
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  const status = await new Promise((resolve) => child.once('close', resolve));
  return { status, output, stored: () => JSON.parse(readFileSync(join(home, 'auth.json'), 'utf8')) };
}

async function start(options: { approve?: 'auto' | 'page'; scenario?: ScenarioName; times?: number } = {}) {
  const { scenario, times = 1, ...serverOptions } = options;
  const server = await startAuthorizationServer({ deviceIntervalSeconds: 1, ...serverOptions });
  onTestFinished(() => server.close());
  if (scenario) server.scenario(scenario, { times });
  return server;
}
const requests = ({ journal }: AuthorizationServer) =>
  journal.entries.map(({ path, outcome }) => `${path} ${outcome}`);

const USER_CODE = '/api/accounts/deviceauth/usercode device code issued';
const TOKEN = '/api/accounts/deviceauth/token';
const PENDING = `${TOKEN} deviceauth_authorization_pending`;

describe('the real Codex, at the mock', () => {
  beforeEach(({ skip }) => {
    if ('missing' in codex) skip(codex.missing);
  });

  test('signs in with a device code, and stores tokens with the account', async () => {
    const server = await start({ scenario: 'device-pending', times: 2 });
    const { status, output, stored } = await login(server);
    expect([status, output]).toEqual([0, expect.stringContaining('Successfully logged in')]);
    expect(output).toContain(`${server.issuer}/codex/device`);
    expect(requests(server)).toEqual([
      USER_CODE,
      `${PENDING}: by scenario`,
      `${PENDING}: by scenario`,
      `${TOKEN} issued`,
      '/oauth/token issued',
    ]);
    expect(stored().tokens).toMatchObject({
      account_id: '6f2c1a58-3d0e-4b7a-9c41-0d5e8a7b1f20',
      refresh_token: expect.stringMatching(/^rt_/),
    });
  });

  test('is approved by a person, as whom they choose', async () => {
    const account = { accountId: 'b81d4fae-7dec-41d0-a765-00a0c91e6bf6', userId: 'user-Sam', plan: 'team' };
    const server = await start({ approve: 'page' });
    const { status, stored } = await login(server, (userCode) =>
      server.device.approve(userCode, { account }),
    );
    expect(status).toBe(0);
    expect(stored().tokens.account_id).toBe(account.accountId);
  });

  test('ends when the person refuses', async () => {
    const server = await start({ approve: 'page' });
    const { status, output, stored } = await login(server, (userCode) => server.device.deny(userCode));
    expect([status, output]).toEqual([1, expect.stringContaining('device auth failed with status 400')]);
    expect(stored).toThrow('ENOENT');
  });

  test('is told that device codes are not enabled', async () => {
    const server = await start({ scenario: 'device-disabled' });
    const { status, output } = await login(server);
    expect([status, output]).toEqual([1, expect.stringContaining('not enabled')]);
  });
});
