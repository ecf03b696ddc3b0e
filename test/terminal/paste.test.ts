import { dirname } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import { type AuthorizationServer, createUserAgent, startAuthorizationServer } from '../../mocks/index.ts';
import { noPseudoTerminal, type PseudoTerminal, startInTerminal } from '../support/pseudo-terminal.ts';
import { storeFile } from '../support/temporary.ts';

/** A login in a terminal, and the address at which its browser ends. */
async function waitingLogin(more: string[] = []) {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const store = storeFile('{"version":1,"profiles":{}}');
  const terminal = startInTerminal(
    ['login', '--issuer', server.issuer, '--port', '0', '--store', store, ...more],
    { home: dirname(store) },
  );
  const [, url = ''] = await terminal.shows(/long address[\s\S]*?\s(http:\S+\/oauth\/authorize\S+)/);
  await terminal.shows(/Waiting/);
  const answer = await fetch(url, { redirect: 'manual' });
  return { server, terminal, store, address: answer.headers.get('location') ?? '' };
}

const exchanges = (server: AuthorizationServer) =>
  server.journal.entries.filter(({ path }) => path === '/oauth/token').length;

/** What the terminal was found like: the settings that `stty -g` tells of a new one. */
async function expectEndedWell(terminal: PseudoTerminal, status: number): Promise<void> {
  const ended = await terminal.ended;
  expect(ended.status).toBe(status);
  const fresh = startInTerminal(['--version'], { home: '/' });
  expect(ended.settings).toBe((await fresh.ended).settings);
}

describe('in a terminal', () => {
  beforeEach(({ skip }) => {
    if (noPseudoTerminal !== undefined) skip(noPseudoTerminal);
  });

  test('R-9700-3 a pasted address completes the login, and is not shown', async () => {
    const { server, terminal, address } = await waitingLogin();
    terminal.paste(address);
    await terminal.shows(/Routable/);
    await expectEndedWell(terminal, 0);
    expect(exchanges(server)).toBe(1);
    expect(terminal.output).not.toContain(new URL(address).searchParams.get('code'));
  });

  test.each([
    ['which marks it', (terminal: PseudoTerminal, text: string) => terminal.paste(text)],
    ['which does not', (terminal: PseudoTerminal, text: string) => terminal.type(`${text}\r`)],
  ])('an address that is wrapped over three lines is one, in a terminal %s', async (_, put) => {
    const { terminal, address } = await waitingLogin();
    const third = Math.ceil(address.length / 3);
    put(terminal, [0, 1, 2].map((part) => address.slice(part * third, (part + 1) * third)).join('\r'));
    await terminal.shows(/Routable/);
    await expectEndedWell(terminal, 0);
  });

  test('a wrong paste is told in a sentence, and the right one after it counts', async () => {
    const { terminal, address } = await waitingLogin();
    terminal.paste('https://chatgpt.com/');
    await terminal.shows(/That is another address/);
    terminal.paste(address);
    await terminal.shows(/Routable/);
    await expectEndedWell(terminal, 0);
  });

  test('R-9700-1 a code without its state is used after a clear yes only', async () => {
    const { server, terminal, address } = await waitingLogin();
    const code = new URL(address).searchParams.get('code') ?? '';
    terminal.type(`${code}\r`);
    await terminal.shows(/without its "state"[\s\S]*\[y\/N\]/);
    terminal.type('\r\rn\r');
    await terminal.shows(/thrown away/);
    expect(exchanges(server)).toBe(0);
    terminal.type(`${code}\r`);
    await terminal.shows(/\[y\/N\]/);
    terminal.type('y\r');
    await terminal.shows(/Routable/);
    await expectEndedWell(terminal, 0);
  });

  test('Ctrl-C ends the wait with exit status 130 and gives the terminal back as it was', async () => {
    const { terminal } = await waitingLogin();
    terminal.type('\u0003');
    await terminal.shows(/interrupted|Interrupted/);
    await expectEndedWell(terminal, 130);
  });

  test('Ctrl-D leaves the callback, and the login completes by it', async () => {
    const { terminal, address } = await waitingLogin();
    terminal.type('\u0004');
    createUserAgent().openUrl(address);
    await terminal.shows(/Routable/);
    await expectEndedWell(terminal, 0);
  });
});
