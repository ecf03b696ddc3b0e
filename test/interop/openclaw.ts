/** The real OpenClaw with a state directory of its own: as a command, and as functions in a process that answers. */

import { execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test as base, inject, onTestFinished } from 'vitest';

import type { AuthProfiles } from '../../src/store/profile-store.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import type { InstalledOpenClaw } from './set-up.ts';
import { SEED } from './versions.ts';

export const provider = 'openai-codex';

export interface OpenClaw {
  readonly home: string;
  /** What our own command needs to find the same state directory. */
  readonly environment: Readonly<Record<string, string>>;
  /** The main agent's store. */
  readonly storePath: string;
  writeStore(state: AuthProfiles): void;
  writeConfiguration(configuration: object): void;
  /** The package itself, and a PATH on which its Node.js is found. */
  readonly installed: { directory: string; path: string };
  /** Starts a gateway with this configuration; resolves once it is ready. Stopped when the test ends. */
  startGateway(configuration?: object, environment?: Readonly<Record<string, string>>): Promise<void>;
  /** Makes every access token in the main store expired since an hour, by the store's own program. */
  expireCredentials(): Promise<void>;
  /** Runs `openclaw <args>`; resolves to what it prints. */
  run(...args: string[]): Promise<string>;
  /** The same, with more in its environment. */
  runWith(environment: Readonly<Record<string, string>>, ...args: string[]): Promise<string>;
  /** OpenClaw's own functions, see `real.mjs`; with more in their environment. */
  functions(environment?: Readonly<Record<string, string>>): Promise<RealFunctions>;
}

export interface RealFunctions {
  ask(ask: string, question?: object): Promise<never>;
  /** The next event of this name, those included that came since the last call for it. */
  event(name: 'busy' | 'held' | 'ready'): Promise<void>;
  /** How often it removed a lock of another process that was alive, and not too old. */
  robbed(): number;
}

/** `test` with an OpenClaw of that version, in a home of its own; skipped with the reason where there is none. */
export const testOn = (version: string) =>
  base.extend<{ openclaw: OpenClaw }>({
    openclaw: async ({ skip }, use) => {
      const installed = inject('openclaws')[version] ?? { missing: `${version} is not among those tried` };
      if ('missing' in installed) skip(installed.missing);
      else await use(openClawIn(temporaryDirectory(), installed));
    },
  });

/** The version of openclaw #63856. */
export const test = testOn(SEED);

function openClawIn(home: string, { node, directory }: InstalledOpenClaw): OpenClaw {
  const state = join(home, 'state');
  const storePath = join(state, 'agents', 'main', 'agent', 'auth-profiles.json');
  const env = {
    PATH: dirname(node),
    HOME: home,
    TMPDIR: home,
    OPENCLAW_STATE_DIR: state,
    OPENCLAW_LOG_LEVEL: 'silent',
    // Their dependencies come with an install script, which was not run.
    OPENCLAW_DISABLE_BUNDLED_PLUGINS: '1',
    // Versions of 2026.9 would fetch the plug-in of a fallback's provider, and wait for it.
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
    NO_COLOR: '1',
  };
  const write = (path: string, content: object) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(content, null, 2), { mode: 0o600 });
  };
  async function runWith(environment: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
    const program = join(directory, 'openclaw.mjs');
    const options = { env: { ...env, ...environment }, cwd: home, timeout: 100_000 };
    const { stdout } = await promisify(execFile)(node, [program, ...args], options);
    return stdout;
  }
  return {
    home,
    environment: {
      OPENCLAW_STATE_DIR: state,
      TMPDIR: home,
      OPENCLAW_DISABLE_BUNDLED_PLUGINS: '1',
    },
    storePath,
    writeStore: (content) => write(storePath, content),
    writeConfiguration: (content) => write(join(state, 'openclaw.json'), content),
    installed: { directory, path: `${dirname(node)}:/usr/bin:/bin` },
    async startGateway(configuration = {}, environment = {}) {
      const port = await freePort();
      const gateway = {
        mode: 'local',
        port,
        bind: 'loopback',
        auth: { mode: 'token', token: 'a-token-for-tests' },
      };
      write(join(state, 'openclaw.json'), { gateway, ...configuration });
      const program = join(directory, 'openclaw.mjs');
      const options = {
        env: { ...env, ...environment, OPENCLAW_LOG_LEVEL: 'info' },
        cwd: home,
        stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'],
      };
      // Newer ones start themselves anew in a process of their own, which outlives the first: the whole group ends.
      const child = spawn(node, [program, 'gateway', 'run'], { ...options, detached: true });
      onTestFinished(() => endGroup(child.pid));
      let said = '';
      await new Promise<void>((resolve, reject) => {
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
          said += chunk;
          if (/\bready(?: \(|$)/m.test(said)) resolve();
        });
        child.once('exit', (status) => reject(new Error(`the gateway ended with ${status}:\n${said}`)));
      });
    },
    async expireCredentials() {
      const script = fileURLToPath(new URL('expire.mjs', import.meta.url));
      await promisify(execFile)(node, [script, directory, storePath], { env, cwd: home });
    },
    run: (...args) => runWith({}, ...args),
    runWith,
    functions: (environment = {}) => startFunctions(node, directory, { ...env, ...environment }, home),
  };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startFunctions(
  node: string,
  directory: string,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<RealFunctions> {
  const script = fileURLToPath(new URL('real.mjs', import.meta.url));
  const child = spawn(node, [script, directory], { env, cwd, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const questions = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  const events: string[] = [];
  let watch = () => undefined as unknown;
  child.on('message', (message: { id: number; event?: string; answer: never; error?: string }) => {
    if (message.event !== undefined) {
      events.push(message.event);
      watch();
    } else if (message.error !== undefined) questions.get(message.id)?.reject(new Error(message.error));
    else questions.get(message.id)?.resolve(message.answer);
  });
  const functions: RealFunctions = {
    robbed: () => events.filter((event) => event === 'robbed').length,
    ask: (ask, question = {}) =>
      new Promise((resolve, reject) => {
        const id = questions.size;
        questions.set(id, { resolve, reject });
        child.send({ id, ask, ...question });
      }),
    event: (name) =>
      new Promise((resolve, reject) => {
        child.once('exit', (status) => reject(new Error(`ended with ${status} before "${name}"`)));
        watch = () => {
          const index = events.indexOf(name);
          if (index === -1) return;
          events.splice(index, 1);
          resolve();
        };
        watch();
      }),
  };
  await functions.event('ready');
  return functions;
}
