import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { openSdkProcess } from '../../../src/openclaw/sdk-process.ts';
import { openSdkStore } from '../../../src/openclaw/sdk-store.ts';
import type { AuthProfiles } from '../../../src/store/profile-store.ts';
import { systemClock } from '../../../src/system.ts';
import { type Misbehaviour, openclawPackage } from '../../support/openclaw-package.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const id = 'openai:me@example.com';
const signedIn = (state: AuthProfiles, access = 'an-access-token'): AuthProfiles => ({
  ...state,
  profiles: {
    ...state.profiles,
    [id]: { type: 'oauth', provider: 'openai', access, refresh: 'r', expires: 1 },
  },
  order: { ...state.order, openai: [id] },
  lastGood: { ...state.lastGood, openai: id },
});

function opened({
  state = temporaryDirectory(),
  mode,
  agentDirectory,
  package: directory = openclawPackage('2026.8.2'),
  timeoutMs,
}: {
  state?: string;
  mode?: Misbehaviour;
  agentDirectory?: string;
  package?: string;
  timeoutMs?: number;
} = {}) {
  const sdk = openSdkProcess({
    directory,
    node: async () => process.execPath,
    environment: { OPENCLAW_STATE_DIR: state, ...(mode === undefined ? {} : { FAKE_OPENCLAW: mode }) },
    worker: join(inject('installed'), 'node_modules/codex-login/dist/src/openclaw/sdk-worker.js'),
    timeoutMs,
  });
  onTestFinished(() => sdk.close());
  const location =
    agentDirectory === undefined
      ? join(state, 'state/openclaw.sqlite')
      : join(agentDirectory, 'openclaw-agent.sqlite');
  const store = openSdkStore({
    sdk,
    agentDirectory,
    location,
    generation: 'D',
    version: '2026.8.2',
    clock: systemClock,
    assertWritable: () => undefined,
    assertChanges: async () => undefined,
  });
  return { store, location, state };
}
const commit = ({ store }: ReturnType<typeof opened>, access?: string) =>
  store.commit((state) => ({ write: true, next: signedIn(state, access), result: 'done' }));

describe("OpenClaw's database through its own SDK", () => {
  test('a look at a store that is not there yet makes none', async () => {
    const { store, location } = opened();
    expect((await store.read()).state).toEqual({ version: 1, profiles: {} });
    expect(existsSync(location)).toBe(false);
  });

  test('S-2 profile, order and lastGood are one transaction, and what is read is what was written', async () => {
    const at = opened();
    expect(await commit(at)).toBe('done');
    expect((await at.store.read()).state).toEqual(signedIn({ version: 1, profiles: {} }));
    expect((await opened({ state: at.state }).store.read()).state).toEqual(
      signedIn({ version: 1, profiles: {} }),
    );
  });

  test('S-5 a commit of somebody else in between is seen: the edit is made anew on what they wrote', async () => {
    const at = opened();
    await commit(at);
    const other = opened({ state: at.state });
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? at : other).store.commit((state) => ({
          write: true,
          next: { ...state, order: { ...state.order, [`p${index}`]: [id] } },
          result: undefined,
        })),
      ),
    );
    const { state } = await other.store.read();
    expect(Object.keys(state.order ?? {}).sort()).toEqual(
      ['openai', ...Array.from({ length: 10 }, (_, index) => `p${index}`)].sort(),
    );
  });

  test("an agent's own order may name a profile that the shared store holds", async () => {
    const agentDirectory = temporaryDirectory();
    const { store } = opened({ agentDirectory });
    await commit(opened({ agentDirectory }));
    await store.commit((state) => ({
      write: true,
      next: { ...state, profiles: {}, order: { openai: [id] }, lastGood: { openai: id } },
      result: undefined,
    }));
    expect((await store.read()).state).toMatchObject({ profiles: {}, order: { openai: [id] } });
  });

  test.each([
    ['migration', 'ERR_STORE_GENERATION', 'openclaw doctor --fix'],
    ['locked', 'ERR_STORE_LOCKED', 'Wait until it has finished'],
    ['null', 'ERR_STORE_IO', 'openclaw doctor'],
    ['exit', 'ERR_STORE_IO', 'its process ended'],
    ['forget', 'ERR_STORE_IO', 'did not keep what was written'],
  ] as const)(
    'an OpenClaw that answers with %s is told as %s, and of what to do',
    async (mode, code, said) => {
      const error = await commit(opened({ mode })).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code, exitCode: 7, message: expect.stringContaining(said) });
      // What it printed may quote anything.
      expect(inspect(error)).not.toContain('A-SECRET');
    },
  );

  test.each(['killed after', 'null after'] as const)(
    'S-8 a write whose answer is lost, and which is there, is done: %s',
    async (mode) => {
      const at = opened({ mode });
      expect(await commit(at)).toBe('done');
      expect((await opened({ state: at.state }).store.read()).state).toMatchObject({
        order: { openai: [id] },
      });
    },
  );

  test('S-8 a write that was cut off before it began is a failure with the old state', async () => {
    const at = opened({ mode: 'killed before' });
    await expect(commit(at)).rejects.toMatchObject({ code: 'ERR_STORE_IO', outcome: 'unchanged' });
    expect((await at.store.read()).state.profiles).toEqual({});
  });

  test.each(['gone after', 'forget'] as const)(
    'S-8 a write that may have been done is never called unchanged: %s',
    async (mode) => {
      const error = await commit(opened({ mode })).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'ERR_STORE_IO', outcome: 'unknown' });
      expect(String(error)).not.toMatch(/unchanged|Nothing/);
    },
  );

  test('an OpenClaw that never answers is ended, and told of', async () => {
    await expect(commit(opened({ mode: 'hang', timeoutMs: 1500 }))).rejects.toMatchObject({
      code: 'ERR_STORE_IO',
      message: expect.stringContaining('did not answer within 1.5 s'),
    });
  });

  test('an OpenClaw whose SDK cannot write is refused with the command to run instead', async () => {
    const old = openclawPackage('2026.6.5', { sdk: 'export const other = 1;' });
    await expect(commit(opened({ package: old }))).rejects.toMatchObject({
      code: 'ERR_STORE_GENERATION',
      message: expect.stringContaining('openclaw models auth login'),
    });
  });

  test('a probe finds an OpenClaw that cannot write before anything is opened, and makes no database', async () => {
    const at = opened();
    await at.store.probe?.();
    expect(existsSync(at.location)).toBe(false);
    const old = openclawPackage('2026.6.5', { sdk: 'export const other = 1;' });
    await expect(opened({ package: old }).store.probe?.()).rejects.toMatchObject({
      code: 'ERR_STORE_GENERATION',
    });
  });

  test.runIf(process.platform === 'linux')(
    'R-9700-3 no token is an argument of its process or stands in its environment',
    async () => {
      const at = opened();
      await commit(at, 'PLANTED-SECRET');
      const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
      const about = children.flatMap((pid) =>
        ['cmdline', 'environ'].map((file) => {
          try {
            return readFileSync(`/proc/${pid}/${file}`, 'utf8');
          } catch {
            return '';
          }
        }),
      );
      expect(about.some((text) => text.includes('sdk-worker'))).toBe(true);
      expect(about.join('')).not.toContain('PLANTED-SECRET');
    },
  );
});
