import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { reloadGateway } from '../../../src/openclaw/gateway.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const configurationPath = '/home/me/.openclaw/openclaw.json';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A temporary directory in which a gateway of this process, or of another, has its lock. */
function withLock(pid: number | undefined): string {
  const directory = temporaryDirectory();
  const uid = process.getuid?.();
  const own = join(directory, uid === undefined ? 'openclaw' : `openclaw-${uid}`);
  mkdirSync(own);
  const hash = createHash('sha256').update(configurationPath).digest('hex').slice(0, 8);
  if (pid !== undefined) writeFileSync(join(own, `gateway.${hash}.lock`), JSON.stringify({ pid }));
  return directory;
}

/** A program that stands for the installed OpenClaw. */
function program(source: string, node: string = process.execPath) {
  const script = join(temporaryDirectory(), 'openclaw.mjs');
  writeFileSync(script, source);
  return async () => ({ node, script });
}
const confirming = `console.log('a banner'); console.log(JSON.stringify({ ok: true, warningCount: 0 }, null, 2));`;

describe('a running gateway', () => {
  test('is absent where nothing has its lock and nothing answers on its port', async () => {
    const port = await freePort();
    for (const pid of [undefined, 2 ** 22 + 1]) {
      expect(
        await reloadGateway({
          configurationPath,
          port,
          environment: {},
          temporaryDirectories: ['/nonexistent', withLock(pid)],
          program: program(confirming),
        }),
      ).toEqual({ state: 'absent' });
    }
  });

  test('is reloaded when it confirms it, whether it was found by its lock or by its port', async () => {
    const port = await freePort();
    const found = { configurationPath, port, environment: {}, program: program(confirming) };
    expect(
      await reloadGateway({ ...found, temporaryDirectories: ['/nonexistent', withLock(process.pid)] }),
    ).toEqual({
      state: 'reloaded',
    });
    const server = createServer().listen(port, '127.0.0.1');
    onTestFinished(() => void server.close());
    expect(
      await reloadGateway({ ...found, temporaryDirectories: ['/nonexistent', withLock(undefined)] }),
    ).toEqual({
      state: 'reloaded',
    });
    const elsewhere = {
      ...found,
      port: await freePort(),
      environment: { OPENCLAW_GATEWAY_PORT: String(port) },
    };
    expect(
      await reloadGateway({ ...elsewhere, temporaryDirectories: ['/nonexistent', withLock(undefined)] }),
    ).toEqual({
      state: 'reloaded',
    });
  });

  test.each([
    ['ends with status 0 and says nothing', 'process.exit(0)'],
    ['says that it failed', `console.log('{"ok":false}')`],
    ['says something that is no answer', `console.log('{"ok":tr')`],
    ['cannot be started', '', '/nonexistent/node'],
    ['never answers', 'setInterval(() => {}, 1000)'],
  ])(
    'is stale, with the command to run, when the program that asks it %s',
    async (_, source, node = process.execPath) => {
      const outcome = await reloadGateway({
        configurationPath,
        port: await freePort(),
        environment: {},
        temporaryDirectories: ['/nonexistent', withLock(process.pid)],
        program: program(source, node),
        timeoutMs: 1500,
      });
      expect(outcome).toMatchObject({
        state: 'stale',
        hint: expect.stringContaining('Run: openclaw secrets reload'),
      });
    },
  );

  test('is stale, and has to be restarted, where OpenClaw’s own command may not reload it', async () => {
    const refusal = 'gateway closed (1008): pairing required: device is asking for more scopes';
    const outcome = await reloadGateway({
      configurationPath,
      port: await freePort(),
      environment: {},
      temporaryDirectories: ['/nonexistent', withLock(process.pid)],
      program: program(`console.error(${JSON.stringify(refusal)}); process.exit(1)`),
    });
    expect(outcome).toMatchObject({ state: 'stale', hint: expect.stringContaining('Restart the gateway') });
  });

  test('is stale when no OpenClaw is in reach to ask it', async () => {
    const outcome = await reloadGateway({
      configurationPath,
      port: await freePort(),
      environment: {},
      temporaryDirectories: ['/nonexistent', withLock(process.pid)],
    });
    expect(outcome).toMatchObject({ state: 'stale' });
  });
});
