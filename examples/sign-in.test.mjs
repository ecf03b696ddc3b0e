// The sign-in of login-cli.mjs from end to end, against a strict authorization server: `npx vitest run`.
import { guardSecrets, runProgram, test } from 'codex-login/testing/vitest';
import { describe, expect } from 'vitest';

const run = (server) =>
  runProgram(server, ['node', 'login-cli.mjs'], {
    env: { MY_CLI_ISSUER: server.issuer, MY_CLI_STORE: 'auth.json' },
  });

describe('my command line', () => {
  test('signs in, and keeps its secrets', async ({ authorizationServer: server }) => {
    const ended = await run(server);
    expect(ended).toMatchObject({ status: 0, stdout: 'Signed in as robin@example.com; it will be used.\n' });
    expect(server).toHaveExchangedOnce();
    expect(server).not.toHaveRefused();
    guardSecrets(server, { ...ended, files: ['.'], except: ['auth.json', 'node_modules'] });
  });

  test('says it when the person refuses', async ({ authorizationServer: server }) => {
    server.scenario('access-denied');
    expect(await run(server)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('ERR_ACCESS_DENIED'),
    });
  });

  test('believes no ID token of another key', async ({ authorizationServer: server }) => {
    server.scenario('id-token-bad-signature');
    expect(await run(server)).toMatchObject({ status: 8, stdout: '' });
    expect(server).toHaveMet('id-token-bad-signature');
  });
});
