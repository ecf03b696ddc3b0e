/** Every file of examples/ is run, as it stands, with the package as it is published. */

import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import { runProgram, type ScenarioName, startAuthorizationServer } from '../../mocks/index.ts';
import { type ForeignProject, foreignProject } from '../support/foreign-project.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const read = (name: string) => readFileSync(join(examples, name), 'utf8');

function project(packages?: readonly string[]): ForeignProject {
  const made = foreignProject(packages);
  cpSync(examples, made.directory, { recursive: true });
  return made;
}

async function signIn({ directory }: ForeignProject, scenario?: ScenarioName) {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  if (scenario !== undefined) server.scenario(scenario);
  const env = { MY_CLI_ISSUER: server.issuer, MY_CLI_STORE: 'auth.json' };
  const ended = await runProgram(server, [process.execPath, 'login-cli.mjs'], { cwd: directory, env });
  return { server, ended };
}

const stored = ({ directory }: ForeignProject, path = 'auth.json') =>
  JSON.parse(readFileSync(join(directory, path), 'utf8'));

/** An API that rejects each token that it is told to, and says of any other one what it was asked with. */
async function startApi() {
  const rejected = new Set<string>();
  const seen: string[] = [];
  const api = createServer((request, response) => {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    seen.push(token);
    response.writeHead(rejected.has(token) ? 401 : 200).end(String(request.headers['chatgpt-account-id']));
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void api.close());
  return { url: `http://127.0.0.1:${(api.address() as { port: number }).port}/`, rejected, seen };
}

describe('examples', () => {
  test('are all in the list of their README, and no other', () => {
    const listed = [...read('README.md').matchAll(/^\| \[([\w.-]+)\]\(\1\) \| .{30,} \|$/gm)].map(
      ([, name]) => name,
    );
    expect(listed.sort()).toEqual(
      readdirSync(examples)
        .filter((name) => name !== 'README.md')
        .sort(),
    );
  });

  test('are typed as the package says: the compiler has nothing to object', async () => {
    const { compile } = project();
    expect(await compile(readdirSync(examples).filter((name) => name.endsWith('.mjs')))).toBe('');
  });

  test('login-cli: 20 lines sign a person in', async () => {
    const lines = read('login-cli.mjs')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('//'));
    expect(lines.length).toBeLessThanOrEqual(20);
    const mine = project();
    const { server, ended } = await signIn(mine);
    expect(ended).toMatchObject({ status: 0, stdout: 'Signed in as robin@example.com; it will be used.\n' });
    expect(server.journal.entries.filter(({ kind }) => kind === 'code-exchange')).toHaveLength(1);
    expect(stored(mine)).toMatchObject({ lastGood: { 'openai-codex': 'openai-codex:robin@example.com' } });
    expect(statSync(join(mine.directory, 'auth.json')).mode & 0o777).toBe(0o600);
  });

  test('login-cli: a refusal has its exit status, and stores nothing', async () => {
    const mine = project();
    const { ended } = await signIn(mine, 'access-denied');
    expect(ended).toMatchObject({
      status: 3,
      stdout: '',
      stderr: expect.stringContaining('(ERR_ACCESS_DENIED)'),
    });
    expect(readdirSync(mine.directory)).not.toContain('auth.json');
  });

  test('token-consumer: calls with the stored token, and after a 401 once more with a new one', async () => {
    const mine = project();
    await signIn(mine);
    const api = await startApi();
    const call = () => mine.run(['token-consumer.mjs', 'auth.json', api.url]);
    const [profile] = Object.values<{ access: string; accountId: string }>(stored(mine).profiles);
    expect(await call()).toEqual({ status: 0, stdout: `200 ${profile?.accountId}\n`, stderr: '' });
    expect(api.seen).toEqual([profile?.access]);
    api.rejected.add(profile?.access ?? '');
    expect(await call()).toEqual({ status: 0, stdout: `200 ${profile?.accountId}\n`, stderr: '' });
    expect(api.seen).toHaveLength(3);
    expect(api.seen[2]).not.toBe(profile?.access);
  });

  test('token-consumer: says what to do where there is no credential', async () => {
    const { status, stdout, stderr } = await project().run([
      'token-consumer.mjs',
      'none.json',
      'http://127.0.0.1:9/',
    ]);
    expect({ status, stdout }).toEqual({ status: 9, stdout: '' });
    expect(stderr).toBe('No credential can be used (profile_missing). Sign in: codex-login.\n');
  });

  test('without-express: records tokens where no other package is installed, and shuts nobody out', async () => {
    const mine = project(['codex-login']);
    const tokens = (email: string) =>
      JSON.stringify({
        access: `a-${email}`,
        refresh: `r-${email}`,
        expires: Date.now() + 3_600_000,
        email,
        accountId: email,
      });
    const record = (email: string) =>
      mine.run(['without-express.mjs', 'auth.json'], { input: tokens(email) });
    expect(await record('a@example.com')).toEqual({
      status: 0,
      stdout: 'openai-codex:a@example.com is the first of 1.\n',
      stderr: '',
    });
    expect((await record('b@example.com')).stdout).toBe('openai-codex:b@example.com is the first of 2.\n');
    expect(stored(mine)).toMatchObject({
      order: { 'openai-codex': ['openai-codex:b@example.com', 'openai-codex:a@example.com'] },
      lastGood: { 'openai-codex': 'openai-codex:b@example.com' },
    });
  });

  test('sign-in.test: passes in a project of its own', { timeout: 90_000 }, async () => {
    const { status, stdout } = await project().run(['node_modules/vitest/vitest.mjs', 'run']);
    expect(stdout).toContain('3 passed');
    expect(status).toBe(0);
  });
});
