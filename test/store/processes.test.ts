import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { openFileStore } from '../../src/store/file/file-store.ts';
import { commitLogin, provider } from '../support/record.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { storeFile } from '../support/temporary.ts';

const writer = fileURLToPath(new URL('../support/writer.mjs', import.meta.url));

function startWriter(
  path: string,
  name: string,
  count: number,
  onAcknowledged: (account: string, child: ChildProcess) => void = () => undefined,
) {
  const module = pathToFileURL(
    join(inject('installed'), 'node_modules/codex-login/dist/src/store/index.js'),
  ).href;
  const child = spawn(process.execPath, [writer, module, path, name, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  createInterface(child.stdout).on('line', (account) => onAcknowledged(account, child));
  return new Promise<number | null>((resolve) => child.once('close', resolve));
}

const idOf = (account: string) => `${provider}:${account}@example.com`;

describe('processes that write to one store', () => {
  test('S-5 S-1 S-2 lose no update of each other, and no reader ever sees half a commit', async () => {
    const path = storeFile({ profiles: {} });
    const reader = openFileStore(path);
    let running = true;
    let reads = 0;
    const reading = (async () => {
      while (running) {
        const { state } = await reader.read();
        const lastGood = state.lastGood?.[provider];
        if (lastGood !== undefined) expect(state.order?.[provider]?.[0]).toBe(lastGood);
        if (lastGood !== undefined) expect(state.profiles).toHaveProperty([lastGood]);
        reads += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const statuses = await Promise.all(['a', 'b', 'c', 'd'].map((name) => startWriter(path, name, 25)));
    running = false;
    await reading;
    expect(statuses).toEqual([0, 0, 0, 0]);
    const state = expectInvariants(path);
    expect(Object.keys(state.profiles)).toHaveLength(100);
    expect(new Set(state.order?.[provider]).size).toBe(100);
    expect(reads).toBeGreaterThan(10);
  });

  test('S-8 S-1 S-7 killed at any moment leave a whole store with every commit that was acknowledged, and no lock that lasts', async () => {
    const path = storeFile({ profiles: {}, kept: { by: 'everybody' } });
    const acknowledged: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      let seen = 0;
      await startWriter(path, `r${round}-`, 500, (account, child) => {
        acknowledged.push(account);
        seen += 1;
        if (seen > round) child.kill('SIGKILL');
      });
      const state = JSON.parse(readFileSync(path, 'utf8'));
      expect(state).toMatchObject({ kept: { by: 'everybody' } });
      for (const account of acknowledged) expect(state.profiles).toHaveProperty([idOf(account)]);
    }
    const longAgo = new Date(Date.now() - 3_600_000);
    for (const name of readdirSync(dirname(path))) utimesSync(join(dirname(path), name), longAgo, longAgo);
    await commitLogin(openFileStore(path), 'after');
    expectInvariants(path);
    // Twelve processes, one after the other: on a busy machine each takes seconds to start.
  }, 90_000);
});
