// A stale lock and many who wait for it: exactly one takes it over, and nobody takes the lock of who did.

import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { count, withDirectory, withProcesses } from './built.mjs';

const DEAD_PID = 2 ** 22 + 1;

/** Every reason for which OpenClaw holds a lock to be stale, in turn. */
const bodies = [
  () => JSON.stringify({ pid: DEAD_PID, createdAt: new Date().toISOString() }),
  () => JSON.stringify({ pid: process.pid, createdAt: new Date(Date.now() - 60_000).toISOString() }),
  () => JSON.stringify({ pid: 0, createdAt: new Date(Date.now() - 60_000).toISOString() }),
];

/** The suite asks for fewer. */
export async function* staleLocks(progress, { waiters: crowd = 32, rounds = 1_000 } = {}) {
  yield await withDirectory((directory) => {
    const path = join(directory, 'auth-profiles.json');
    const counter = join(directory, 'counter');
    writeFileSync(counter, '0');
    return withProcesses(
      'waiter.mjs',
      crowd,
      () => [path, counter],
      async (waiters) => {
        await waiters.askAll({});
        const flaws = [];
        const startedAt = performance.now();
        for (let round = 0; round < rounds; round += 1) {
          writeFileSync(`${path}.planted`, bodies[round % bodies.length]());
          renameSync(`${path}.planted`, `${path}.lock`);
          const takeOvers = (await waiters.askAll({})).reduce((total, one) => total + one, 0);
          if (takeOvers !== 1) flaws.push(`round ${round}: ${takeOvers} take-overs`);
          if (round % 100 === 99) progress(`${round + 1} rounds`);
        }
        const right = rounds - flaws.length;
        const total = Number(readFileSync(counter, 'utf8'));
        const lost = crowd * (rounds + 1) - total;
        const left = readdirSync(directory).filter((name) => name !== 'counter');
        flaws.push(...left.map((name) => `S-7 ${name} was left`));
        return {
          what: `a stale lock with ${crowd} processes waiting, ${count(rounds)} rounds`,
          figure: `exactly one take-over in ${count(right)} rounds; the lock taken ${count(total)} times, two at once ${lost} times, in ${Math.round((performance.now() - startedAt) / 1000)} s`,
          holds: flaws.length === 0 && lost === 0,
          flaws,
        };
      },
    );
  });
}
