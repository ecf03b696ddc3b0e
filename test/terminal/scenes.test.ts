import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  createUserAgent,
  type ScenarioName,
  startAuthorizationServer,
} from '../../mocks/index.ts';
import { noPseudoTerminal, type PseudoTerminal, startInTerminal } from '../support/pseudo-terminal.ts';
import { storeFile } from '../support/temporary.ts';

beforeEach(({ skip }) => {
  if (noPseudoTerminal !== undefined) skip(noPseudoTerminal);
});

interface Scene {
  readonly server: AuthorizationServer;
  readonly terminal: PseudoTerminal;
  /** The page that a person is sent to. */
  readonly page: string;
}

/** A login in a terminal, up to the page that it sends a person to. */
async function open(
  options: AuthorizationServerOptions & { args?: string[]; env?: NodeJS.ProcessEnv; columns?: number } = {},
): Promise<Scene> {
  const { args = [], env = {}, columns, ...serverOptions } = options;
  const server = await startAuthorizationServer(serverOptions);
  onTestFinished(() => server.close());
  const store = storeFile('{"version":1,"profiles":{}}');
  const terminal = startInTerminal(
    [
      'login',
      '--issuer',
      server.issuer,
      '--store',
      store,
      ...(args.includes('--port') ? [] : ['--port', '0']),
      ...args,
    ],
    { home: dirname(store), env, ...(columns === undefined ? {} : { columns }) },
  );
  const [page] = await terminal.shows(/http:\/\/(?:localhost:\d+\/[\w-]{22}|\S+\/oauth\/authorize\?\S+)/);
  return { server, terminal, page };
}

async function holdPort(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

/** What may be sent beside text: the line that lives is taken away, and a paste is marked. */
const OURS = ['\u001b[2K', '\u001b[?2004h', '\u001b[?2004l'];

/** What a person reads: no line is longer than the terminal but for an address, and nothing but text and the one living line. */
function expectReadable(terminal: PseudoTerminal, columns = 80): void {
  for (const line of terminal.output.split(/\r?\n|\r/)) {
    const text = OURS.reduce((rest, ours) => rest.replaceAll(ours, ''), line);
    expect(text).not.toContain('\u001b');
    if (!/https?:\/\/\S{40,}/.test(text) && !text.startsWith('[status'))
      expect(text.length).toBeLessThanOrEqual(columns);
  }
}

describe('a person sees', () => {
  test('a normal login: the short page, the line that lives, what was stored, and that it will be used', async () => {
    const { terminal, page } = await open({ env: { DISPLAY: ':9', BROWSER: '/bin/true' } });
    expect(page).toMatch(/^http:\/\/localhost:\d+\/[\w-]{22}$/);
    await terminal.shows(/Waiting: \d+:\d\d left/);
    createUserAgent().openUrl(page);
    await terminal.shows(/Stored [\s\S]*lastGood[\s\S]*Signed in as robin@example\.com[\s\S]*Routable/);
    expect((await terminal.ended).status).toBe(0);
    expectReadable(terminal);
  });

  test('no browser: why, and the long address to paste from', async () => {
    const { terminal } = await open({ args: ['--no-browser'] });
    await terminal.shows(/No browser was opened \(not asked for\)/);
    await terminal.shows(/paste here the one that it ends at/);
    terminal.type('\u0003');
    expect((await terminal.ended).status).toBe(130);
    expectReadable(terminal);
  });

  test('SSH: the exact line that forwards the port', async () => {
    const env = { SSH_CONNECTION: '10.0.0.5 51111 192.168.7.9 2222', USER: 'robin' };
    const { terminal, page } = await open({ env });
    const { port } = new URL(page);
    await terminal.shows(new RegExp(`ssh -p 2222 -L ${port}:localhost:${port} robin@192\\.168\\.7\\.9`));
    terminal.type('\u0003');
    expect((await terminal.ended).status).toBe(130);
    expectReadable(terminal);
  });

  test('a port that is taken: by whom, and that a paste is the way', async () => {
    const { port } = await holdPort();
    const { terminal } = await open({ args: ['--port', String(port)] });
    expect(terminal.output.replaceAll(/\s+/g, ' ')).toMatch(
      new RegExp(`port ${port} is held by node \\(pid ${process.pid}\\).*paste its address`),
    );
    terminal.type('\u0003');
    expect((await terminal.ended).status).toBe(130);
  });

  test('a denial: what happened, what to do, and the code', async () => {
    const { terminal, page } = await open({ scenario: 'access-denied' });
    createUserAgent().openUrl(page);
    await terminal.shows(/✖ The sign-in was refused[\s\S]*Run the command again[\s\S]*ERR_ACCESS_DENIED/);
    expect((await terminal.ended).status).toBe(3);
    expectReadable(terminal);
  });

  test('the end of the time: how long it was', async () => {
    const { terminal } = await open({ args: ['--timeout', '1'] });
    await terminal.shows(/✖ Nobody finished the sign-in within 1 second/);
    expect((await terminal.ended).status).toBe(4);
    expectReadable(terminal);
  });

  test.each([40, 20])('everything in a terminal of %i columns', async (columns) => {
    const { terminal, page } = await open({ columns, args: ['--no-browser'] });
    createUserAgent().openUrl(page);
    expect((await terminal.ended).status).toBe(0);
  });
});

describe('a device code in a terminal', () => {
  const code = /enter\s+this\s+code:\s+([A-Z\d]{4,}-[A-Z\d]{4,})/;

  test('is shown with its page and a warning, and a yes completes the login', async () => {
    const { server, terminal } = await open({
      args: ['--device'],
      approve: 'page',
      deviceIntervalSeconds: 1,
    });
    const [, userCode = ''] = await terminal.shows(code);
    await terminal.shows(/never because somebody\s+asks you to/);
    server.device.approve(userCode);
    await terminal.shows(/Routable/);
    expect((await terminal.ended).status).toBe(0);
    expectReadable(terminal);
  });

  test('that is refused ends with exit status 3', async () => {
    const { server, terminal } = await open({
      args: ['--device'],
      approve: 'page',
      deviceIntervalSeconds: 1,
    });
    const [, userCode = ''] = await terminal.shows(code);
    server.device.deny(userCode);
    await terminal.shows(/✖ The sign-in was refused/);
    expect((await terminal.ended).status).toBe(3);
  });

  test.each<[ScenarioName, number, RegExp]>([
    ['device-expired', 4, /✖ .*expired/],
    ['device-disabled', 3, /Settings > Security/],
  ])('"%s" ends with exit status %i and what to do', async (scenario, status, sentence) => {
    const { terminal } = await open({ args: ['--device'], scenario, deviceIntervalSeconds: 1 });
    await terminal.shows(sentence);
    expect((await terminal.ended).status).toBe(status);
  });
});

describe('Ctrl-C in a terminal gives it back as it was, with exit status 130', () => {
  test.each<[string, AuthorizationServerOptions & { args?: string[] }, RegExp, boolean]>([
    ['while the page is open', { approve: 'page' }, /Waiting/, false],
    ['while a device code waits', { approve: 'page', args: ['--device'] }, /asks you to/, false],
    ['while the token endpoint hangs', { scenario: 'token-hang' }, /Waiting/, true],
    ['while the keys do not come', { scenario: 'jwks-hang' }, /Waiting/, true],
  ])('%s', async (_, options, moment, comesBack) => {
    const { terminal, page } = await open({ ...options, args: ['--no-browser', ...(options.args ?? [])] });
    await terminal.shows(moment);
    if (comesBack) createUserAgent().openUrl(page);
    terminal.type('\u0003');
    const { status, settings } = await terminal.ended;
    expect(status).toBe(130);
    const fresh = startInTerminal(['--version'], { home: '/' });
    expect(settings).toBe((await fresh.ended).settings);
  });
});
