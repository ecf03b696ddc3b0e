/** Every block of docs/providers.md is run, as it stands; and its tables say what the profiles say. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../mocks/index.ts';
import { openaiChatgpt } from '../../src/provider/openai-chatgpt.ts';
import { providers } from '../../src/provider/providers.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { programs, runModule, runShell } from '../support/readme.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/providers.md', import.meta.url)), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
const block = (language: string) => blocks.find(([, one]) => one === language)?.[2] ?? '';

async function startMock() {
  const server = await startAuthorizationServer({ profile: 'openai-chatgpt' });
  onTestFinished(() => server.close());
  return server;
}

describe('docs/providers.md', () => {
  test('has two blocks, and a provider that nobody has heard of goes all the way', async () => {
    expect(blocks.map(([, language]) => language)).toEqual(['js', 'sh']);
    const { status, stdout, stderr } = await runModule(block('js'), 'http://127.0.0.1:9');
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: 'example-id:robin@example.com true true\n',
      stderr: '',
    });
    expect(page).toContain('`example-id:robin@example.com true true`');
  });

  test('its commands sign in, print a token, show the profile and end it', async () => {
    const home = temporaryDirectory();
    const server = await startMock();
    const { error, stdout } = await runShell(block('sh'), home, programs(home, server.issuer));
    expect(error).toBeNull();
    expect(stdout).toMatch(/^Authorization: Bearer at_/);
    expect(stdout).toContain('will be used');
    const { journal } = server;
    expect(journal.entries.filter(({ rule }) => rule !== undefined)).toEqual([]);
    expect(journal.tokens().filter(({ state }) => state === 'live')).toEqual([]);
  });

  test('names every provider that there is, and the constants of the second one', () => {
    for (const id of Object.keys(providers)) expect(page).toContain(`| \`${id}\``);
    const { endpoints, scope, resource, clientId, issuedClient, neededScopes = [] } = openaiChatgpt;
    const paths = Object.values(endpoints).filter((value) => String(value).startsWith('/'));
    const parameters = Object.entries(issuedClient?.parameters ?? {}).map((pair) => pair.join('='));
    const constants = [
      ...paths,
      scope,
      resource,
      clientId,
      issuedClient?.hostParameter,
      ...parameters,
      ...neededScopes,
    ];
    expect(constants.filter((constant) => !page.includes(String(constant)))).toEqual([]);
  });
});

describe('codex-login --provider openai-chatgpt', () => {
  test('says before anybody signs in that it is experimental, and that OpenClaw has no use for it; then so does status', async () => {
    const home = temporaryDirectory();
    const server = await startMock();
    const args = ['--provider', 'openai-chatgpt', '--issuer', server.issuer];
    const command = startCommand(['login', ...args, '--no-browser'], { home });
    const [url] = await command.said(/http:\/\/127\S+authorize\S+/);
    await createUserAgent().openUrl(url);
    const { status, stderr } = await command.ended;
    expect(status).toBe(9);
    const [before = ''] = stderr.split('authorize?');
    expect(before.replace(/\s+/g, ' ')).toMatch(
      /Note: openai-chatgpt is experimental: .*not been tried against the live service\. Note: OpenClaw has no provider "openai-chatgpt": .*--store <path>/,
    );
    expect(stderr).toContain('not routable: provider_unknown');
    const shown = await runCommand(['status', '--provider', 'openai-chatgpt', '--json'], { home });
    expect(shown.status).toBe(9);
    expect(shown.events[0]).not.toHaveProperty('selected');
    expect(shown.events[0]?.profiles).toMatchObject([
      { routable: false, reason: 'provider_unknown', selected: false },
    ]);
  });
});
