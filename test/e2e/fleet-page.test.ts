import { execFile } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';

import { startAuthorizationServer } from '../../mocks/index.ts';
import { blocksOf } from '../support/documents.ts';
import { usePostgres } from '../support/postgres.ts';
import { programs } from '../support/readme.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const { createDatabase, run: runSql } = usePostgres();

test('docs/fleet.md: its blocks run from top to bottom, on an empty database', {
  timeout: 60_000,
}, async () => {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const home = temporaryDirectory();
  const directory = programs(home, server.issuer);
  const database = new URL(await createDatabase());
  // Roles are of the whole server, and other tests run on it.
  const users = new Map(['gateway', 'dashboard'].map((name) => [name, `${name}_${process.pid}`]));
  onTestFinished(async () => {
    for (const name of users.values())
      await runSql(`DROP OWNED BY ${name}; DROP ROLE ${name}`, database.href);
  });
  const adapted = (text: string) =>
    [...users]
      .reduce((adapting, [name, own]) => adapting.replaceAll(name, own), text)
      .replaceAll('db.example.com:5432/codex', `${database.host}${database.pathname}`);
  const shell = (text: string) =>
    new Promise<{ text: string; error: unknown; said: string }>((resolve) => {
      const passwords = text.includes('owner@') ? database.password : 'change-me';
      const env = {
        PATH: `${directory}:${process.execPath.replace(/\/node$/, '')}:/usr/bin:/bin`,
        HOME: home,
        PGPASSWORD: passwords,
      };
      execFile('sh', ['-ec', text], { cwd: home, timeout: 60_000, env }, (error, stdout, stderr) =>
        resolve({ text, error, said: `${stdout}${stderr}` }),
      );
    });

  // A variable that one block exports is there in the next one.
  let exports = '';
  let blocks = 0;
  for (const { language, text } of blocksOf('docs/fleet.md')) {
    blocks += 1;
    const block = adapted(text);
    if (language === 'sql') await runSql(block, database.href);
    // Installed by the tests already.
    else if (!block.startsWith('npm install')) {
      const sets = block.split('\n').filter((line) => line.startsWith('export '));
      if (sets.length > 0) exports = sets.join('\n');
      expect(await shell(`${exports}\n${block}`)).toMatchObject({ error: null });
    }
  }
  expect(blocks).toBe(8);
});
