import { dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

import { createUserAgent, type ScenarioName, startAuthorizationServer } from '../../mocks/index.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { storeFile } from '../support/temporary.ts';

/** What a terminal would take for more than text, beyond line breaks and our own colours. */
const control = (text: string) => text.replace(EXPECTED, '').match(/[\p{C}\p{Zl}\p{Zp}]/gu);
const EXPECTED = new RegExp(`${'\u001b'}\\[(?:[12]|22|3[1236]|39)m|\\n`, 'g');

/** A login for a person, in colour, whose page is opened as soon as it is printed. */
async function signIn(store: string, scenario?: ScenarioName) {
  const server = await startAuthorizationServer(scenario ? { scenario } : {});
  onTestFinished(() => server.close());
  const args = ['--issuer', server.issuer, '--port', '0', '--no-browser', '--verbose', '--store', store];
  const command = startCommand(args, {
    home: dirname(store),
    env: { NO_COLOR: '', FORCE_COLOR: '1' },
  });
  const agent = createUserAgent();
  let heard = '';
  command.child.stderr?.on('data', (chunk: string) => {
    heard += chunk;
    const url = /http:\/\/127\S+authorize\S+/.exec(stripVTControlCharacters(heard))?.[0];
    if (url !== undefined && heard.includes('Waiting') && agent.visited.length === 0) agent.openUrl(url);
  });
  const ended = await command.ended;
  await agent.settled.catch(() => undefined);
  return { ...ended, page: agent.lastPage()?.html ?? '' };
}

test('R-6749-1 nothing but text reaches the terminal and the page of a hostile error_description (codex prints it raw)', async () => {
  const { status, stderr, page } = await signIn(storeFile(), 'error-description-escapes');
  expect(status).toBe(3);
  expect(stderr).toContain('The sign-in was refused');
  expect(stderr).toContain('\u001b[31m');
  expect(control(stderr)).toBeNull();
  expect(control(page)).toBeNull();
  expect(page).not.toMatch(/<script|<img/);
});

test('nothing but text reaches the terminal of what a store has in it', async () => {
  const id = '\u001b]0;owned\u0007\u001b[2J\u202eid\u2066\u200f\u009b31m\u001b[8m\r';
  const spoof = 'a\n✔ Routable: this profile is the one that will be used.';
  const profile = { type: 'api_key', provider: 'openai-codex', key: 'k' };
  const store = storeFile({
    version: 1,
    profiles: { [id]: profile, [spoof]: profile },
    order: { 'openai-codex': [id, spoof] },
  });
  const { status, stderr } = await signIn(store);
  expect(status).toBe(0);
  expect(stderr).toContain('order');
  expect(control(stderr)).toBeNull();
  expect(stderr.match(/Routable/g)).toHaveLength(2);
  expect(stderr.match(/^\S*✔\S* \S*Routable/gm)).toHaveLength(1);
  for (const command of [['order', 'get'], ['status']]) {
    const { stdout } = await runCommand([...command, '--store', store], {
      home: dirname(store),
      env: { NO_COLOR: '', FORCE_COLOR: '1' },
    });
    expect(stdout).toContain('owned');
    expect(control(stdout)).toBeNull();
    expect(stdout).not.toMatch(/^✔ Routable/m);
  }
});
