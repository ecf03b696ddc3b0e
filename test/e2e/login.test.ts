import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import {
  type AuthorizationServerOptions,
  createUserAgent,
  startAuthorizationServer,
} from '../../mocks/index.ts';
import { loginEventSchema } from '../../src/words/schemas/login.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { programs, runShell } from '../support/readme.ts';
import { expectNoSecret } from '../support/sign-in.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';

async function startMock(options: AuthorizationServerOptions = {}) {
  const server = await startAuthorizationServer(options);
  onTestFinished(() => server.close());
  return server;
}

/** One `codex-login login` against the mock, the browser step done by an HTTP client. */
async function run(options: { mock?: AuthorizationServerOptions; store?: string; args?: string[] } = {}) {
  const server = await startMock(options.mock);
  const store = options.store ?? storeFile();
  const agent = createUserAgent();
  const args = [
    'login',
    '--issuer',
    server.issuer,
    '--port',
    '0',
    '--no-browser',
    '--json',
    '--store',
    store,
    ...(options.args ?? []),
  ];
  const command = startCommand(args, { home: dirname(store) });
  command.line('authorization_url').then(
    ({ url }) => agent.openUrl(url),
    () => undefined,
  );
  const ended = await command.ended;
  if (agent.visited.length > 0) await agent.settled.catch(() => undefined);
  const spoken = ended.stdout.split('\n').filter((line) => !line.includes('"authorization_url"'));
  expectNoSecret(server, [spoken.join('\n'), ended.stderr]);
  return { ...ended, server, store, agent, last: ended.events.at(-1) };
}

describe('codex-login login --json', () => {
  test('tells its events in the order of the contract, and leaves profile, order and lastGood in a file of mode 0600 (pi leaves 0644; openclaw 4.5 writes neither order nor lastGood)', async () => {
    const { status, events, stderr, store, last } = await run();
    expect(status).toBe(0);
    expect(stderr).toBe('');
    expect(events.map(({ type }) => type)).toEqual([
      'listening',
      'authorization_url',
      'browser',
      'exchanged',
      'committed',
      'result',
    ]);
    for (const event of events) expect(loginEventSchema.safeParse(event)).toMatchObject({ success: true });
    const id = 'openai-codex:robin@example.com';
    expect(last).toMatchObject({
      v: 1,
      type: 'result',
      ok: true,
      routable: true,
      profileId: id,
      order: [id],
      lastGood: id,
      store,
      email: 'robin@example.com',
      plan: 'plus',
    });
    const state = expectInvariants(store);
    expect(state).toMatchObject({ order: { 'openai-codex': [id] }, lastGood: { 'openai-codex': id } });
    expect(state.profiles[id]).toMatchObject({
      type: 'oauth',
      provider: 'openai-codex',
      accountId: last?.accountId,
      expires: last?.expires,
    });
    expect(statSync(store).mode & 0o777).toBe(0o600);
  });

  test.each([
    [
      '3, at once, when the person refuses (pi and openclaw 4.5 wait or spin for ever)',
      'access-denied',
      3,
      'ERR_ACCESS_DENIED',
    ],
    ['6 when the token endpoint fails', 'token-500', 6, 'ERR_TOKEN_ENDPOINT'],
    [
      '6 when a token is missing, and prints none of the others (openclaw and pi print them)',
      'token-no-refresh-token',
      6,
      'ERR_TOKEN_ENDPOINT',
    ],
    ['6 when the exchange fails (openclaw 4.5 ends with 0)', 'token-invalid-grant', 6, 'ERR_TOKEN_ENDPOINT'],
    ['8 when the ID token is for somebody else', 'id-token-wrong-audience', 8, 'ERR_ID_TOKEN_INVALID'],
    ['8 when no token names an account', 'id-token-no-account', 8, 'ERR_ACCOUNT_MISSING'],
  ] as const)('ends with %s', async (_, scenario, exitCode, code) => {
    const old = '{"profiles":{},"mine":true}';
    const store = storeFile(old);
    const { status, last, agent } = await run({ mock: { scenario }, store });
    expect(status).toBe(exitCode);
    expect(last).toMatchObject({ type: 'error', ok: false, code, exitCode, hint: expect.any(String) });
    expect(readFileSync(store, 'utf8')).toBe(old);
    expect(agent.lastPage()?.html).toContain(code);
  });

  test('ends with 4 when nobody answers within --timeout', async () => {
    const server = await startMock();
    const store = storeFile();
    const { status, events } = await runCommand(
      [
        'login',
        '--issuer',
        server.issuer,
        '--port',
        '0',
        '--no-browser',
        '--json',
        '--timeout',
        '1',
        '--store',
        store,
      ],
      { home: dirname(store) },
    );
    expect(status).toBe(4);
    expect(events.at(-1)).toMatchObject({ code: 'ERR_TIMED_OUT' });
    expect(existsSync(store)).toBe(false);
  });

  test('ends with 5 when the port is taken, and opens nothing', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void blocker.close());
    const { port } = blocker.address() as { port: number };
    const { status, events } = await runCommand(
      ['--issuer', 'http://127.0.0.1:9', '--port', String(port), '--json', '--store', storeFile()],
      { home: temporaryDirectory() },
    );
    expect(status).toBe(5);
    expect(events.map(({ type }) => type)).toEqual(['error']);
    expect(events[0]).toMatchObject({ message: expect.stringContaining(`port ${port} is held by `) });
  });

  test('ends with 7 before anybody signs in when the store cannot be understood, and leaves its bytes', async () => {
    const store = storeFile('{"profiles":');
    const { status, events, last } = await run({ store });
    expect(status).toBe(7);
    expect(events).toHaveLength(1);
    expect(last).toMatchObject({ code: 'ERR_STORE_CORRUPT' });
    expect(readFileSync(store, 'utf8')).toBe('{"profiles":');
  });

  test('ends with 7 beside a database of a newer OpenClaw, and writes no file that nobody would read', async () => {
    const store = storeFile();
    writeFileSync(join(dirname(store), 'openclaw-agent.sqlite'), '');
    const { status, last } = await run({ store });
    expect(status).toBe(7);
    expect(last).toMatchObject({
      code: 'ERR_STORE_GENERATION',
      hint: expect.stringContaining('openclaw models auth login'),
    });
    expect(existsSync(store)).toBe(false);
  });

  test('ends with 9 when the credential is stored and would not be used, with the reason and what to do', async () => {
    const store = storeFile();
    const id = 'openai-codex:robin@example.com';
    writeFileSync(
      join(dirname(store), 'openclaw.json'),
      `{ auth: { profiles: { '${id}': { provider: 'openai-codex', mode: 'api_key' } } } } // JSON5`,
    );
    const { status, last, agent } = await run({ store });
    expect(status).toBe(9);
    expect(last).toMatchObject({
      type: 'result',
      ok: true,
      routable: false,
      reason: 'mode_mismatch',
      hint: expect.stringContaining('openclaw.json'),
    });
    expect(expectInvariants(store).profiles).toHaveProperty([id]);
    expect(agent.lastPage()?.html).toContain('mode_mismatch');
  });

  test('R-9700-3 shows no secret to whoever lists processes: neither argv nor environment changes', async () => {
    const server = await startMock();
    const store = storeFile();
    const command = startCommand(
      ['login', '--issuer', server.issuer, '--port', '0', '--no-browser', '--json', '--store', store],
      { home: dirname(store) },
    );
    const { url } = await command.line('authorization_url');
    const state = new URL(url).searchParams.get('state') ?? '';
    const shown = ['cmdline', 'environ']
      .map((file) => readFileSync(`/proc/${command.child.pid}/${file}`, 'utf8'))
      .join('\n');
    expect(state).toHaveLength(43);
    expect(shown).not.toContain(state);
    command.child.kill('SIGINT');
    expect((await command.ended).status).toBe(130);
  });
});

describe('codex-login for a person', () => {
  test('keeps stdout clean and tells on stderr what happens, how long it waits and what to do', async () => {
    const server = await startMock();
    const store = storeFile();
    const agent = createUserAgent();
    const command = startCommand(['--issuer', server.issuer, '--port', '0', '--store', store], {
      home: dirname(store),
      env: { SSH_TTY: '/dev/pts/0' },
    });
    let heard = '';
    command.child.stderr?.on('data', (chunk: string) => {
      heard += chunk;
      const url = /http:\/\/127\S+authorize\S+/.exec(heard)?.[0];
      if (url !== undefined && heard.includes('Waiting') && agent.visited.length === 0) agent.openUrl(url);
    });
    const { status, stdout, stderr } = await command.ended;
    expect(status).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /No browser was opened \(this is an SSH session\)\.[\s\S]*ssh -L[\s\S]*open the page above there/,
    );
    expect(stderr).toMatch(/600 seconds at most; Ctrl-C ends it/);
    expect(stderr).toMatch(/Signed in as robin@example\.com, plus plan/);
    expect(stderr).toMatch(/Routable: this profile is the one that will be used/);
    expect(stderr).not.toContain('\u001b');
    await agent.settled;
  });

  test('on a machine far away prints the page to open, and ends by itself once it is stored ("remote" mode of openclaw 4.5 never exits)', async () => {
    const server = await startMock();
    const store = storeFile();
    const agent = createUserAgent();
    const command = startCommand(['--issuer', server.issuer, '--port', '0', '--json', '--store', store], {
      home: dirname(store),
      env: { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' },
    });
    expect(await command.line('browser')).toMatchObject({ opened: false, reason: 'this is an SSH session' });
    agent.openUrl((await command.line('authorization_url')).url);
    const { status, events } = await command.ended;
    expect({ status, last: events.at(-1)?.type }).toEqual({ status: 0, last: 'result' });
    expectInvariants(store);
  });

  test('has one clear sentence, the next step and a code for every mistake', async () => {
    const home = temporaryDirectory();
    for (const args of [
      ['--port', '0'],
      ['--issuer', 'http://example.com'],
      ['nonsense'],
      ['--timeout', '0'],
      ['--browser', '--no-browser'],
      ['order', 'set'],
      ['order', 'turn'],
      ['mock', '--scenario', 'nope'],
      ['--store', 'postgres://x'],
    ]) {
      const { status, stdout, stderr } = await runCommand(args, { home });
      expect({ args, status, stdout }).toEqual({ args, status: 2, stdout: '' });
      expect(stderr).toMatch(/^✖ [^\n]+\.\n {2}[^\n]+ \(ERR_USAGE\)\n$/);
    }
  });

  test('prints help a newcomer can act on, and its version', async () => {
    const home = temporaryDirectory();
    const { status, stdout } = await runCommand(['--help'], { home });
    expect(status).toBe(0);
    for (const word of ['login', 'status', 'order', 'mock', '--demo', '--json', 'Exit codes', 'Examples'])
      expect(stdout).toContain(word);
    expect((await runCommand(['status', '--help'], { home })).stdout).toContain('codex-login status --json');
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect((await runCommand(['--version'], { home })).stdout).toBe(`${version}\n`);
  });
});

describe('codex-login in a pipe', () => {
  test('whose reader went away ends without a stack trace', async () => {
    const home = temporaryDirectory();
    for (const line of [
      '--help | true',
      '--help | head -1',
      'nonsense 2>&1 | true',
      'status --store x.json | true',
      '--demo --json | head -1',
    ]) {
      const ended = await runShell(`codex-login ${line}`, home, programs(temporaryDirectory(), 'unused'));
      expect({ line, error: ended.error, trace: /at .*\.js:\d+/.test(ended.stdout) }).toEqual({
        line,
        error: null,
        trace: false,
      });
    }
  });

  test.runIf(existsSync('/dev/full'))(
    'into a device that is full ends with a status that says so',
    async () => {
      const home = temporaryDirectory();
      const { error } = await runShell(
        'codex-login --help > /dev/full',
        home,
        programs(temporaryDirectory(), 'unused'),
      );
      expect(error).toMatchObject({ code: 1 });
    },
  );
});
