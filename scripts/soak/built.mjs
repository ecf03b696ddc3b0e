// The built package as the parts of `soak` use it, their processes, and their directories.

import { fork } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const dist = fileURLToPath(new URL('../../dist/src/store', import.meta.url));
const load = (file) => import(new URL(`../../dist/src/store/${file}.js`, import.meta.url).href);
export const { openFileStore, recordLogin, systemClock } = await load('index');
export const { nodeFileSystem } = await load('file/file-system');
export const { takeSidecarLock } = await load('file/sidecar-lock');

export const modules = { openFileStore, recordLogin, nodeFileSystem };

/** A directory on the real disk, until `use` has ended. */
export async function withDirectory(use) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'codex-login-soak-')));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Processes of one script, asked by messages and answering in their sequence. Ended when `use` has ended, however it did.
 * `ask(i, question)` resolves to the answer of the i-th; `hear(listener)` gets what they say unasked, as `{ note }`.
 */
export async function withProcesses(script, count, args, use) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const listeners = new Set();
  const children = Array.from({ length: count }, (_, index) => {
    const child = fork(path, args(index), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const waiting = [];
    child.on('message', (message) => {
      if (message.note !== undefined) for (const listen of listeners) listen(message.note, index);
      else waiting.shift()?.resolve(message.answer);
    });
    child.once('exit', (status) => {
      for (const { reject } of waiting) reject(new Error(`process ${index} ended with ${status}`));
    });
    const ask = (question) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.send(question);
      });
    return { child, ask };
  });
  try {
    return await use({
      ask: (index, question) => children[index].ask(question),
      askAll: (question) => Promise.all(children.map(({ ask }) => ask(question))),
      tell: (message) => {
        for (const { child } of children) child.send(message);
      },
      hear: (listen) => listeners.add(listen),
    });
  } finally {
    for (const { child } of children) child.kill('SIGKILL');
  }
}

/** `await tell(...)` to the parent, in a process of `withProcesses`. */
export function answerTo(handler) {
  process.on('message', async (question) => {
    const answer = await handler(question);
    if (answer !== undefined) process.send({ answer });
  });
  process.on('disconnect', () => process.exit());
}

export const median = (figures) => figures.toSorted((a, b) => a - b)[figures.length >> 1];
export const quantile = (figures, part) =>
  figures.toSorted((a, b) => a - b)[Math.min(figures.length - 1, Math.floor(figures.length * part))];
export const count = (number) => number.toLocaleString('en-US');
