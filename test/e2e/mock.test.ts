import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';

import { createUserAgent, scenarios, tunnelScenarios } from '../../mocks/index.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';

describe('codex-login mock', () => {
  test('is a server in a process of its own that a login can be made against', async () => {
    const store = storeFile();
    const mock = startCommand(['mock'], { home: dirname(store) });
    const [, issuer = ''] = await mock.text(/^Mock authorization server: (http:\/\/127\.0\.0\.1:\d+)$/m);
    const agent = createUserAgent();
    const login = startCommand(
      ['login', '--issuer', issuer, '--port', '0', '--no-browser', '--json', '--store', store],
      { home: dirname(store) },
    );
    agent.openUrl((await login.line('authorization_url')).url);
    const { status, events } = await login.ended;
    expect(status).toBe(0);
    expect(events.at(-1)).toMatchObject({ type: 'result', routable: true });
    expectInvariants(store);
    mock.child.kill('SIGINT');
    const ended = await mock.ended;
    expect(ended.status).toBe(130);
    expect(ended.stderr).toContain('POST /oauth/token → 200');
    expect(ended.stderr).toContain('The mock authorization server has stopped.');
    expect(ended.stderr).not.toContain('stored');
  });

  test('tells machines where it is and what was asked, with labels for secrets', async () => {
    const store = storeFile();
    const mock = startCommand(['mock', '--json', '--scenario', 'access-denied', '--fixed-ports'], {
      home: dirname(store),
    });
    const ready = (await mock.line('ready' as never)) as unknown as { issuer: string; clientId: string };
    expect(ready).toMatchObject({ clientId: 'app_EMoamEEZ73f0CkXaXp7hrann' });
    const asked = await fetch(`${ready.issuer}/oauth/authorize?client_id=x&state=planted-state-value`);
    expect(asked.status).toBe(400);
    const request = (await mock.line('request' as never)) as unknown as { parameters: object };
    expect(request).toMatchObject({
      method: 'GET',
      path: '/oauth/authorize',
      status: 400,
      parameters: { state: 'state#1' },
    });
    mock.child.kill('SIGTERM');
    const { status, stdout } = await mock.ended;
    expect(status).toBe(143);
    expect(stdout).not.toContain('planted-state-value');
  });

  test('is controlled over HTTP, on a port of its own, and its time is virtual', async () => {
    const args = [
      '--control-port',
      '0',
      '--clock',
      'virtual',
      '--profile',
      'generic-oidc',
      '--lenient',
      'client-id',
    ];
    const mock = startCommand(['mock', '--json', ...args], { home: temporaryDirectory() });
    const { issuer, controlUrl, clientId } = (await mock.line('ready' as never)) as unknown as Record<
      string,
      string
    >;
    expect(clientId).toBe('example-native-client');
    const control = async (path: string, body?: object) => {
      const headers = { 'Content-Type': 'application/json' };
      const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
      return (await (await fetch(controlUrl + path, init)).json()) as Record<string, string>;
    };
    const { now } = await control('/');
    const later = await control('/clock/advance', { by: '10d' });
    expect(Date.parse(later.now ?? '') - Date.parse(now ?? '')).toBe(864_000_000);
    await control('/scenarios', { name: 'refresh-503' });
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'x',
      refresh_token: 'made-up',
    });
    const ask = async () => (await fetch(`${issuer}/token`, { method: 'POST', body })).status;
    expect([await ask(), await ask()]).toEqual([503, 400]);
    expect(await control('/journal/wait?after=1')).toMatchObject({ kind: 'refresh', rule: 'RFC 6749 §5.2' });
    mock.child.kill('SIGTERM');
    const { stdout } = await mock.ended;
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told.at(-2)).toMatchObject({
      type: 'request',
      kind: 'refresh',
      strictness: 'refresh-token-known',
    });
    expect(stdout).not.toContain('made-up');
  });

  test.each([
    [['--lenient', 'client-id,pkce'], 'There is no strictness of that name.', 'pkce-required'],
    [['--profile', 'github'], 'There is no profile of that name.', 'generic-oidc'],
    [['--approve', 'never'], '--approve takes auto, page or manual.', '--approve page'],
    [['--clock', 'real'], '--clock takes virtual.', 'the time of this machine'],
    [['--control-port', 'x'], '--control-port takes a whole number', '--control-port 0'],
  ])('says what it does not know: %j', async (args, summary, hint) => {
    const { status, stderr } = await runCommand(['mock', ...args], { home: temporaryDirectory() });
    expect(status).toBe(2);
    expect(stderr).toContain(summary);
    expect(stderr).toContain(hint);
  });

  test('knows its scenarios by name, and says them when it does not', async () => {
    const { status, stderr } = await runCommand(['mock', '--scenario', 'token-hung'], {
      home: temporaryDirectory(),
    });
    expect(status).toBe(2);
    for (const name of Object.keys({ ...scenarios, ...tunnelScenarios })) expect(stderr).toContain(name);
  });

  test('has help that names every scenario and what it does, and its own port', async () => {
    const { status, stdout } = await runCommand(['mock', '--help'], { home: temporaryDirectory() });
    expect(status).toBe(0);
    for (const [name, { description }] of Object.entries(scenarios))
      expect(stdout).toMatch(
        new RegExp(`^  ${name} +${description.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`, 'm'),
      );
    expect(stdout).toMatch(/--port <n> +the port to listen on \(any free one\)$/m);
    expect(stdout).not.toContain('callback');
  });

  test('with --tls-front it prints the variables for a program that knows only the real name', async () => {
    const mock = startCommand(['mock', '--tls-front', '--scenario', 'connect-407'], {
      home: temporaryDirectory(),
    });
    const [, proxyUrl = ''] = await mock.text(/^export HTTPS_PROXY='(http:\/\/127\.0\.0\.1:\d+)'$/m);
    const [, caFile = ''] = await mock.text(/^export NODE_EXTRA_CA_CERTS='(.+)'$/m);
    expect(readFileSync(caFile, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/);
    const status = await new Promise((resolve) => {
      request({
        host: '127.0.0.1',
        port: new URL(proxyUrl).port,
        method: 'CONNECT',
        path: 'auth.openai.com:443',
      })
        .on('connect', ({ statusCode }, socket) => {
          socket.destroy();
          resolve(statusCode);
        })
        .end();
    });
    expect(status).toBe(407);
    mock.child.kill('SIGINT');
    const { stdout, stderr } = await mock.ended;
    expect(stdout).toMatch(/^(?:export \w+='[^']+'\n)+$/);
    expect(stderr).toContain('CONNECT auth.openai.com:443 → 407 (connect-407)');
    expect(stderr).toContain('https://auth.openai.com');
    expect(existsSync(caFile)).toBe(false);
  });

  test('with --tls-front and --json the variables are in its ready line, and every tunnel is a line', async () => {
    const mock = startCommand(['mock', '--tls-front', '--json'], { home: temporaryDirectory() });
    const ready = (await mock.line('ready' as never)) as unknown as { environment: Record<string, string> };
    expect(ready).toMatchObject({ issuer: 'https://auth.openai.com' });
    request({
      host: '127.0.0.1',
      port: new URL(ready.environment.HTTPS_PROXY ?? '').port,
      method: 'CONNECT',
      path: 'example.com:443',
    })
      .on('connect', (_, socket) => void socket.destroy())
      .on('error', () => undefined)
      .end();
    expect(await mock.line('tunnel' as never)).toMatchObject({
      target: 'example.com:443',
      status: 403,
      outcome: 'refused: another name',
    });
  });

  test('ends at once when its port is taken', async () => {
    const home = temporaryDirectory();
    const first = startCommand(['mock'], { home });
    const [, port = ''] = await first.text(/127\.0\.0\.1:(\d+)/);
    const { status, stderr } = await runCommand(['mock', '--port', port], { home });
    expect(status).toBe(2);
    expect(stderr).toContain(`Port ${port}`);
  });
});
