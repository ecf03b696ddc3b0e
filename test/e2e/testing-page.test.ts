/** Every block of docs/testing.md is run, as it stands: in Node.js, the shell, Python and Go. */

import { type ExecFileException, execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { controlOperations } from '../../mocks/control/control.ts';
import { conformanceNames, strictness } from '../../mocks/index.ts';
import { readPage, tablesOf, withTables } from '../../scripts/testing-tables.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readPage();
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
/** The block whose first line names this file, or that holds this text. */
const block = (needle: string, language?: string) =>
  blocks.find((one) => one.text.includes(needle) && (language ?? one.language) === one.language)?.text ?? '';

let project: string;
let path: string;

/** A project of somebody else's: the packed package, and vitest beside it. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'codex-login-'));
  const bin = join(project, 'bin');
  mkdirSync(bin);
  const program = (name: string, lines: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${lines}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  // The registry has neither this version nor a part in a test.
  program('npm', '[ "$*" = "install --save-dev codex-login vitest" ]');
  program(
    'npx',
    `[ "$1" = vitest ] && shift && exec "${process.execPath}" node_modules/vitest/vitest.mjs "$@"`,
  );
  program('node', `exec "${process.execPath}" "$@"`);
  const launcher = join(inject('installed'), 'node_modules/codex-login/bin/codex-login.cjs');
  program('codex-login', `exec "${process.execPath}" "${launcher}" "$@"`);
  path = `${bin}:${process.env.PATH}`;
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** What `npm install` would have done. */
function install(): void {
  const real = join(inject('installed'), 'node_modules');
  mkdirSync(join(project, 'node_modules'));
  for (const name of readdirSync(real).filter((entry) => entry !== 'codex-login' && !entry.startsWith('.')))
    symlinkSync(join(real, name), join(project, 'node_modules', name));
  symlinkSync(join(root, 'node_modules/vitest'), join(project, 'node_modules/vitest'));
  // A copy: vitest is to be found beside it, not where it was packed.
  const copy = join(project, 'node_modules/codex-login');
  cpSync(join(real, 'codex-login'), copy, { recursive: true });
}

interface Ended {
  readonly status: number;
  readonly output: string;
}

function run(program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const own = { PATH: path, NO_COLOR: '1', HOME: project, VITEST: undefined, CI: 'true' };
  const env = { ...process.env, ...own, ...more };
  const options = { cwd: project, env, timeout: 120_000 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error: ExecFileException | null, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
    );
  });
}
const shell = (text: string) => run('sh', ['-ec', text]);
const write = (name: string) => writeFileSync(join(project, name), block(`// ${name}\n`, 'js'));

/** Applies the lines of a difference, each group after the lines it begins with. */
function applyDiff(name: string, difference: string): void {
  let text = readFileSync(join(project, name), 'utf8');
  for (const group of difference.split(/^@@\n/m)) {
    const lines = group.split('\n').filter((line) => line !== '' && !line.startsWith(' // my-cli'));
    const before = lines.filter((line) => !line.startsWith('+')).map((line) => `${line.slice(1)}\n`);
    const after = lines.filter((line) => !line.startsWith('-')).map((line) => `${line.slice(1)}\n`);
    if (lines.length === 0) continue;
    expect(text.split(before.join(''))).toHaveLength(2);
    text = text.replace(before.join(''), () => after.join(''));
  }
  writeFileSync(join(project, name), text);
}

/** Whether there is one here; loud where there is not. */
function isInstalled(program: string, ...args: string[]): boolean {
  const found = spawnSync(program, args).status === 0;
  if (!found) process.stderr.write(`docs/testing.md: no ${program} here, its example is NOT RUN.\n`);
  return found;
}

describe.sequential('docs/testing.md', () => {
  test('has no block that is not run here, and a first test of ten lines', () => {
    expect(blocks.map(({ language, text }) => `${language} ${text.split('\n')[0]}`)).toEqual([
      'sh npm install --save-dev codex-login vitest',
      'js // my-cli.mjs',
      'js // sign-in.test.mjs',
      'sh npx vitest run',
      'diff  // my-cli.mjs',
      'js // faults.test.mjs',
      'diff  // my-cli.mjs',
      "js import { startAuthorizationServer } from 'codex-login/testing';",
      "js import { startAuthorizationServer } from 'codex-login/testing';",
      "js import * as openid from 'openid-client';",
      'sh codex-login mock --json --control-port 0 > mock.jsonl &',
      'python # test_sign_in.py',
      'go // sign_in_test.go',
    ]);
    const lines = block('// sign-in.test.mjs').split('\n').slice(1);
    expect(lines.filter((line) => line !== '').length).toBeLessThanOrEqual(10);
  });

  test('its tables are what the mock itself says', () => {
    expect(page).toBe(withTables(page, tablesOf({ strictness, conformanceNames, controlOperations })));
  });

  test('the first test fails as it says and passes after the change; the fault shows what is still missing, until it is there', {
    timeout: 150_000,
  }, async () => {
    const [pkce = '', state = ''] = blocks
      .filter(({ language }) => language === 'diff')
      .map(({ text }) => text);
    const runTests = () => shell(block('npx vitest run'));
    expect(await shell(block('npm install'))).toEqual({ status: 0, output: '' });
    install();
    for (const name of ['my-cli.mjs', 'sign-in.test.mjs']) write(name);
    const first = await runTests();
    expect(first.status).not.toBe(0);
    expect(first.output).toContain(
      'expected a request not to be refused; refused were pkce-required (R-8252-7)',
    );
    applyDiff('my-cli.mjs', pkce);
    write('faults.test.mjs');
    const second = await runTests();
    expect(second.output).toContain('state-checked (R-9700-1)');
    expect(second.output).toContain('1 failed | 1 passed');
    applyDiff('my-cli.mjs', state);
    const third = await runTests();
    expect(third.output).toContain('2 passed');
    expect(third.status).toBe(0);
  });

  test('the programs run: a slow answer, an approval, another provider', async () => {
    const outputs = ['jwks-slow', "approve: 'manual'", 'userinfo_endpoint'].map(async (needle, index) => {
      const text = block(needle, 'js').replace('await using server', 'const server');
      const ends = text.includes('server.close()') ? text : `${text}await server.close();\n`;
      writeFileSync(join(project, `block-${index}.mjs`), ends);
      return run(process.execPath, [`block-${index}.mjs`]);
    });
    expect(await Promise.all(outputs)).toEqual(
      ['200\n', 'team\n', 'true\n'].map((output) => ({ status: 0, output })),
    );
  });

  test('the example with curl', async (context) => {
    if (!isInstalled('curl', '--version')) return context.skip('no curl here');
    const { status, output } = await shell(block('curl -sS'));
    expect(output).toContain('"scenarios":["token-503"]');
    expect(status).toBe(0);
  });

  test('the example in Python', async (context) => {
    if (!isInstalled('python3', '--version')) return context.skip('no Python here');
    writeFileSync(join(project, 'test_sign_in.py'), block('# test_sign_in.py'));
    const { status, output } = await run('python3', ['test_sign_in.py']);
    expect(output).toContain('\nOK');
    expect(status).toBe(0);
  });

  test('the example in Go', async (context) => {
    if (!isInstalled('go', 'version')) return context.skip('no Go here');
    // Its cache of what is compiled is the person's own.
    const { HOME } = process.env;
    writeFileSync(join(project, 'sign_in_test.go'), block('// sign_in_test.go'));
    const { status, output } = await run('go', ['test', '-count=1', './sign_in_test.go'], { HOME });
    expect(output).toMatch(/^ok\s/m);
    expect(status).toBe(0);
  });
});
