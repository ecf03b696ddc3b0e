/**
 * The installed OpenClaw's own SDK, in a process of its own and in the Node.js that OpenClaw runs in, which may be newer than
 * ours. Started at the first question, ended with the last. It carries questions; what they ask, `sdk-store` decides.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { Environment } from '../words/ports.ts';
import type { SdkAnswer, SdkQuestion } from './sdk-worker.ts';

export interface SdkProcess {
  /** @returns what OpenClaw answered; `failed` where its process ended or did not answer in time */
  ask(question: Omit<SdkQuestion, 'id'>): Promise<SdkOutcome>;
  /** Ends the process, also in the middle of an answer. */
  close(): void;
}

export type SdkOutcome = Omit<SdkAnswer, 'id'> | { readonly outcome: 'failed'; readonly why: string };

export interface SdkProcessOptions {
  /** The directory of the package `openclaw`. */
  directory: string;
  /** The Node.js program to run it in. */
  node: () => Promise<string>;
  environment: Environment;
  /** The program to run there. Default: the one of this package. */
  worker?: string | undefined;
  /** How long one answer may take, the start included, in milliseconds. Default: 30,000. */
  timeoutMs?: number | undefined;
}

export function openSdkProcess({
  directory,
  node,
  environment,
  worker = WORKER,
  timeoutMs = 30_000,
}: SdkProcessOptions): SdkProcess {
  let running: Promise<ChildProcess> | undefined;
  let asked = 0;

  async function start(): Promise<ChildProcess> {
    const child = spawn(await node(), [worker, directory], {
      env: { ...environment },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // Ctrl-C is for us: a commit that has begun is finished.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    child.once('exit', () => {
      running = undefined;
    });
    rest(child);
    return child;
  }

  return {
    async ask(question) {
      running ??= start();
      const child = await running.catch((error: unknown) => {
        running = undefined;
        throw error;
      });
      const id = ++asked;
      keepAwake(child);
      try {
        return await new Promise<SdkOutcome>((resolve) => {
          const settle = (outcome: SdkOutcome) => {
            clearTimeout(limit);
            child.off('message', hear).off('exit', ended).off('error', failed);
            resolve(outcome);
          };
          const fail = (why: string) => settle({ outcome: 'failed', why });
          const hear = (answer: SdkAnswer) => {
            if (answer.id === id) settle(answer);
          };
          const ended = (status: number | null) => fail(`its process ended with status ${status ?? 'none'}`);
          const failed = (error: Error) => {
            running = undefined;
            fail(`its process could not be reached (${'code' in error ? String(error.code) : error.name})`);
          };
          const limit = setTimeout(() => {
            child.kill('SIGKILL');
            fail(`it did not answer within ${timeoutMs / 1000} s`);
          }, timeoutMs);
          child.on('message', hear).once('exit', ended).once('error', failed);
          child.send({ ...question, id }, (error) => {
            if (error !== null) failed(error);
          });
        });
      } finally {
        rest(child);
      }
    },
    close() {
      void running?.then(
        (child) => child.connected && child.disconnect(),
        () => undefined,
      );
      running = undefined;
    },
  };
}

/** Beside this file as it is published. */
const WORKER = fileURLToPath(new URL('sdk-worker.js', import.meta.url));

/** A process that waits for the next question keeps nobody else from ending. */
function rest(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

function keepAwake(child: ChildProcess): void {
  child.ref();
  child.channel?.ref();
}
