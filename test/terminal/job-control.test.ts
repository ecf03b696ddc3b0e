import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../mocks/index.ts';
import { noPseudoTerminal, startProgramInTerminal } from '../support/pseudo-terminal.ts';
import { storeFile } from '../support/temporary.ts';

/** A login, as a job of a shell that knows jobs. */
async function job(ending = '') {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const store = storeFile('{"version":1,"profiles":{}}');
  const shell = startProgramInTerminal(['bash', '--norc', '--noprofile', '-i'], {
    home: dirname(store),
    env: { PS1: 'ready> ', HISTFILE: '' },
  });
  await shell.shows(/ready> /);
  const program = join(inject('installed'), 'node_modules/codex-login/bin/codex-login.cjs');
  const words = [
    process.execPath,
    program,
    'login',
    '--issuer',
    server.issuer,
    '--port',
    '0',
    '--store',
    store,
  ];
  shell.type(`${words.join(' ')}${ending}\r`);
  const [, url = ''] = await shell.shows(/(http:\S+\/oauth\/authorize\S+)/);
  const answer = await fetch(url, { redirect: 'manual' });
  return { shell, address: answer.headers.get('location') ?? '' };
}

describe('a login in a shell', () => {
  beforeEach(({ skip }) => {
    if (noPseudoTerminal !== undefined) skip(noPseudoTerminal);
  });

  test('goes on in the background after Ctrl-Z, writes over nothing there, and takes the callback', async () => {
    const { shell, address } = await job();
    await shell.shows(/Waiting: /);
    shell.type('\u001a');
    await shell.shows(/Stopped[\s\S]*ready> /);
    shell.type('bg\r');
    await shell.shows(/ready> /);
    const before = shell.output.length;
    // Three seconds by the clock of the shell: the line would have been written anew.
    shell.type('sleep 3; jobs\r');
    await shell.shows(/Running/);
    expect(shell.output.slice(before)).not.toMatch(/Waiting|\[2K/);
    createUserAgent().openUrl(address);
    await shell.shows(/Routable/);
    // A job that was stopped would be waited for without an end.
    shell.type('wait; echo over $((1 + 1))\r');
    await shell.shows(/over 2/);
    shell.type('exit\r');
    await shell.ended;
  });

  test('takes a paste after it was in the background, and shows nothing of it', async () => {
    const { shell, address } = await job();
    await shell.shows(/Waiting: /);
    shell.type('\u001a');
    await shell.shows(/Stopped[\s\S]*ready> /);
    shell.type('bg\r');
    await shell.shows(/ready> /);
    shell.type('fg\r');
    await shell.shows(/\[\?2004h/);
    await shell.shows(/Waiting: /);
    shell.paste(address);
    await shell.shows(/Routable/);
    expect(shell.output).not.toContain(new URL(address).searchParams.get('code'));
    shell.type('exit\r');
    await shell.ended;
  });

  test('is not stopped by what is typed while a shell lets it go on in its background', async () => {
    const { shell, address } = await job();
    await shell.shows(/Waiting: /);
    for (let round = 0; round < 2; round += 1) {
      shell.type('\u001a');
      await shell.shows(/Stopped[\s\S]*ready> /);
      // The second word is there before the program has looked where it is.
      shell.type('bg\recho still here\r');
      await shell.shows(/still here\r?\n[\s\S]*ready> /);
      shell.type('jobs\r');
      await shell.shows(/Running/);
      shell.type('fg\r');
      await shell.shows(/Waiting: /);
    }
    shell.paste(address);
    await shell.shows(/Routable/);
    shell.type('exit\r');
    await shell.ended;
  });

  test('that was started in the background leaves the shell its line, and is not stopped', async () => {
    const { shell, address } = await job(' &');
    await shell.shows(/Waiting for you to sign in \(600 seconds/);
    createUserAgent().openUrl(address);
    await shell.shows(/Routable/);
    expect(shell.output).not.toContain('\u001b[2K');
    shell.type('exit\r');
    await shell.ended;
  });
});
