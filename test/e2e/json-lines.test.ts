import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { z } from 'zod';

import { createUserAgent, startAuthorizationServer } from '../../mocks/index.ts';
import { type Line, runCommand, startCommand } from '../support/command.ts';
import { storeFile, temporaryDirectory } from '../support/temporary.ts';

/** The schema that the package publishes, as a stranger would use it. */
function published() {
  const path = join(inject('installed'), 'node_modules/codex-login/dist/events.schema.json');
  return z.fromJSONSchema(JSON.parse(readFileSync(path, 'utf8')));
}

/** Every line is one object of the schema, and the command ends with `result` or `error`. */
function expectContract(stdout: string, last: readonly string[] = ['result', 'error']): Line[] {
  const schema = published();
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  for (const line of lines) {
    const { success, error } = schema.safeParse(line);
    expect({ line, flaw: error?.message, success }).toMatchObject({ success: true });
    expect(line).toMatchObject({ v: 1, type: expect.any(String) });
    expect(new Date(String(line.time)).toISOString()).toBe(line.time);
  }
  expect(last).toContain(lines.at(-1)?.type);
  return lines;
}

describe('every line of --json keeps the published schema:', () => {
  test('the schema is one that says no', () => {
    const line = {
      v: 1,
      type: 'ready',
      time: '2026-11-24T12:00:00.000Z',
      issuer: 'http://127.0.0.1:1',
      clientId: 'c',
    };
    const schema = published();
    expect(schema.safeParse(line).success).toBe(true);
    for (const flaw of [
      { v: 2 },
      { type: 'other' },
      { time: 1_795_000_000_000 },
      { time: 'now' },
      { clientId: 1 },
      { more: 1 },
    ])
      expect({ flaw, ...schema.safeParse({ ...line, ...flaw }) }).toMatchObject({ flaw, success: false });
  });

  test('login, status and order, with what they say of mistakes', async () => {
    const server = await startAuthorizationServer();
    onTestFinished(() => server.close());
    const store = storeFile();
    const options = { home: dirname(store) };
    const login = startCommand(
      ['login', '--issuer', server.issuer, '--port', '0', '--no-browser', '--json', '--store', store],
      options,
    );
    const agent = createUserAgent();
    const { url } = await login.line('authorization_url');
    await fetch(`${(await login.line('listening')).redirectUri}?state=wrong`);
    agent.openUrl(url);
    const types = expectContract((await login.ended).stdout).map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(['listening', 'waiting', 'exchanged', 'committed', 'result']),
    );
    const id = 'openai-codex:robin@example.com';
    for (const args of [
      ['status'],
      ['order', 'get'],
      ['order', 'set', id],
      ['order', 'clear'],
      ['order', 'turn'],
      ['login', '--issuer', 'http://127.0.0.1:9', '--discover', '--client-id', 'c', '--port', '0'],
    ])
      expectContract((await runCommand([...args, '--store', store, '--json'], options)).stdout);
  });

  test('the demo, and a command that there is none of', async () => {
    const home = temporaryDirectory();
    expectContract((await runCommand(['--demo', '--json'], { home })).stdout);
    expectContract((await runCommand(['nonsense', '--json'], { home })).stdout);
  });

  test('mock: where it is, what was asked of it, and its end', async () => {
    const mock = startCommand(['mock', '--json'], { home: temporaryDirectory() });
    const { issuer } = (await mock.line('ready' as never)) as unknown as { issuer: string };
    await fetch(`${issuer}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'x', code: 'c' }),
    });
    await mock.line('request' as never);
    mock.child.kill('SIGINT');
    const types = expectContract((await mock.ended).stdout).map(({ type }) => type);
    expect(types).toEqual(['ready', 'request', 'error']);
  });
});
