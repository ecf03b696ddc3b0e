import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../mocks/index.ts';
import { startCommand } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A login that asks the system for a browser; `BROWSER` is what the system then starts. */
async function loginWith(browser: string) {
  const home = temporaryDirectory();
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const args = [
    'login',
    '--issuer',
    server.issuer,
    '--port',
    '0',
    '--json',
    '--store',
    join(home, 'store.json'),
  ];
  const command = startCommand(args, { home, env: { BROWSER: browser } });
  const { url } = await command.line('authorization_url');
  const browserEvent = await command.line('browser');
  createUserAgent().openUrl(url);
  return { home, url, browserEvent, ended: await command.ended };
}

function program(script: string): string {
  const path = join(temporaryDirectory(), 'browser');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe.runIf(process.platform === 'linux')("the person's browser", () => {
  test('that fails to start is noticed, told, and does not end the login', async () => {
    const { browserEvent, ended } = await loginWith('/bin/false');
    expect(browserEvent).toMatchObject({
      opened: false,
      reason: expect.stringMatching(/status [1-9]|could not be started/),
    });
    expect(ended.status).toBe(0);
  });

  test('R-8252-1 R-9700-3 gets a one-time loopback address as its one argument, and no state in the list of processes', async () => {
    const told = join(temporaryDirectory(), 'told');
    const { url, browserEvent, ended } = await loginWith(program(`printf '%s\\n' "$#" "$@" > ${told}`));
    expect(browserEvent).toMatchObject({ opened: true });
    const [count, shown = ''] = readFileSync(told, 'utf8').split('\n');
    expect(count).toBe('1');
    expect(shown).toMatch(/^http:\/\/localhost:\d+\/[\w-]{22}$/);
    expect(url).not.toContain(shown);
    expect(ended.status).toBe(0);
  });
});

test.runIf(process.platform === 'linux')(
  'R-9700-2 the one-time address leads to the authorization URL once',
  async () => {
    const told = join(temporaryDirectory(), 'told');
    const asks = `for (const _ of [1, 2]) await new Promise((done) => get(process.argv[2], ({ statusCode, headers }) => { console.log(statusCode, headers.location); done(); }));`;
    const script = join(temporaryDirectory(), 'ask.mjs');
    writeFileSync(script, `import { get } from 'node:http';\n${asks}`);
    const browser = program(`${process.execPath} ${script} "$1" >> ${told}`);
    const { url } = await loginWith(browser);
    const [first, second] = readFileSync(told, 'utf8').split('\n');
    expect(first).toBe(`302 ${url}`);
    expect(second).toMatch(/^404 /);
  },
);
