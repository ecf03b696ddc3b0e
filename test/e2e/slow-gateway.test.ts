/** A gateway that is running and does not answer: what was stored is told at once, and nobody has to wait for the rest. */

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../mocks/index.ts';
import { startCommand } from '../support/command.ts';
import { openclawPackage } from '../support/openclaw-package.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { temporaryDirectory } from '../support/temporary.ts';

async function listener(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as { port: number }).port;
}

test('R-8252-6 interrupted while a gateway is asked to reload, a login ends at once, as stored and stale, with its lock released', async () => {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const home = temporaryDirectory();
  const directory = openclawPackage('2026.4.5');
  const asked = join(home, 'asked');
  // It tells that it was started, and never answers.
  writeFileSync(
    join(directory, 'openclaw.mjs'),
    `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(asked)}, String(process.pid)); setInterval(() => {}, 1000);`,
  );
  const command = startCommand(
    ['login', '--issuer', server.issuer, '--port', '0', '--no-browser', '--json', '--openclaw', directory],
    { home, env: { OPENCLAW_GATEWAY_PORT: String(await listener()) } },
  );
  const agent = createUserAgent();
  agent.openUrl((await command.line('authorization_url')).url);
  const { store } = await command.line('committed');
  await expect.poll(() => existsSync(asked), { timeout: 20_000 }).toBe(true);
  expect(readdirSync(join(store, '..'))).toContain('auth-profiles.json.lock');
  command.child.kill('SIGINT');
  const { status, events } = await command.ended;
  expect(status).toBe(0);
  expect(events.slice(-2)).toMatchObject([
    { type: 'gateway', state: 'stale', hint: expect.stringContaining('openclaw secrets reload') },
    { type: 'result', routable: true, gateway: 'stale' },
  ]);
  expectInvariants(store);
  expect(readdirSync(join(store, '..'))).toEqual(['auth-profiles.json']);
  // The gateway would be waited for longer than this.
}, 18_000);

test('a store that somebody else has locked: the wait is told, with whose it is', async () => {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const home = temporaryDirectory();
  const store = join(home, 'auth-profiles.json');
  writeFileSync(`${store}.lock`, JSON.stringify({ pid: process.pid, createdAt: new Date().toISOString() }));
  const command = startCommand(
    ['login', '--issuer', server.issuer, '--port', '0', '--no-browser', '--json', '--store', store],
    { home },
  );
  createUserAgent().openUrl((await command.line('authorization_url')).url);
  await command.line('exchanged');
  expect(await command.line('waiting')).toMatchObject({
    reason: expect.stringContaining(`process ${process.pid}`),
  });
  command.child.kill('SIGINT');
  expect((await command.ended).status).toBe(130);
});
