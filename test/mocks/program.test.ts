import { describe, expect, onTestFinished, test } from 'vitest';

import { findLeaks, guardSecrets, runProgram, startAuthorizationServer } from '../../mocks/index.ts';
import * as client from './client.ts';

async function start() {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  return server;
}
const node = (code: string, ...args: string[]) => [process.execPath, '-e', code, ...args] as const;

describe('a program under test', () => {
  test('gets its URL opened, whole, and what it shows is kept', async () => {
    const server = await start();
    const { url } = client.authorizationRequest(server, { redirect_uri: 'http://127.0.0.1:9/auth/callback' });
    const [first, rest] = [url.slice(0, 60), url.slice(60)];
    // In two pieces, and the rest only when the first was read.
    const code = `process.stderr.write('Open ${first}'); process.stdin.once('data', () => {});
      setImmediate(() => { process.stderr.write('${rest}\\n'); });`;
    const run = await runProgram(server, node(code, 'an-argument'), { input: 'x' });
    expect(run).toMatchObject({ status: 0, stdout: '', stderr: `Open ${url}\n` });
    expect(run.argv.slice(1)).toEqual(['-e', code, 'an-argument']);
    await server.journal.until(({ kind, status }) => kind === 'authorization' && status === 302);
    expect(server.journal.entries).toHaveLength(1);
    expect(() => guardSecrets(server, { ...run, allow: ['state'] })).not.toThrow();
  });

  test('is handed its input and its environment, in its directory', async () => {
    const server = await start();
    const code = `process.stdin.on('data', (text) => process.stdout.write(text + process.env.ADDED + process.env.HOME + process.cwd()));`;
    const env = { ADDED: 'added ', HOME: undefined };
    const run = await runProgram(server, node(code), { input: 'typed ', env, cwd: '/' });
    expect(run).toMatchObject({ status: 0, stdout: 'typed added undefined/' });
    expect(run).not.toHaveProperty('page');
  });

  test.skipIf(process.platform !== 'linux')(
    'is watched while it runs: arguments and environment',
    async () => {
      const server = await start();
      const { refresh_token: token } = await client.signIn(server);
      const run = await runProgram(server, node('console.log(1)', String(token)), {
        env: { LEAKED: String(token) },
      });
      expect(findLeaks(server, { texts: run.texts }).map(({ place }) => place)).toEqual([
        'the arguments of a running program',
        'the environment of a running program',
      ]);
    },
  );

  test('is killed when its time is over, and one that is not there is an error', async () => {
    const server = await start();
    const run = await runProgram(server, node('setInterval(() => {}, 1e6)'), { timeoutMs: 300 });
    expect(run.status).toBeNull();
    await expect(runProgram(server, ['/no/such/program'])).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
