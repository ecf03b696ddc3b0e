// Starts and asks the servers of the benchmark, each in a process of its own, all on one core where the machine allows it.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('server.mjs', import.meta.url));

/** `taskset -c 0`, or nothing. */
const pin = spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? ['taskset', '-c', '0'] : [];
export const isPinned = pin.length > 0;

/** @returns where it is, how long it took to be ready, and `usage()`: CPU time so far in ms, resident bytes, heap bytes */
export async function startServer(kind, flags = []) {
  const started = performance.now();
  const [file, ...args] = [...pin, process.execPath, ...flags, script, kind];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`${kind} ended with ${status}`);
  });
  const [where] = await Promise.race([once(child, 'message'), ended]);
  const readyMs = performance.now() - started;
  ended.catch(() => undefined);
  return {
    kind,
    where,
    readyMs,
    async usage() {
      child.send('usage');
      const [usage] = await once(child, 'message');
      return usage;
    },
    quit: () => child.send('quit'),
    async close() {
      process.removeListener('exit', stop);
      stop();
      await ended.catch(() => undefined);
    },
  };
}
