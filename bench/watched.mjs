// One process, from its start to a mark in what it says or to its end: time on the clock, CPU time, peak memory. Everything that it
// starts counts as well. Linux: /proc.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * @param {string[]} argv
 * @param {{ env: object, cwd: string, mark?: RegExp, whenMarked?: (text: string) => Promise<void> }} options without a mark: to its end
 * @returns {Promise<{ ms: number, cpuMs: number, peakMiB: number, more?: number }>} `more`: ms from the start to the end of `whenMarked`
 */
export async function watch([file, ...args], { env, cwd, mark, whenMarked }) {
  const started = process.hrtime.bigint();
  const since = () => Number(process.hrtime.bigint() - started) / 1e6;
  const child = spawn(file, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let found;
  const marked = new Promise((resolve) => {
    const look = (chunk) => {
      text += chunk;
      if (found !== undefined || mark === undefined || !mark.test(text)) return;
      found = { ms: since(), ...costOf(child.pid) };
      resolve();
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', look);
    child.once('close', resolve);
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await marked;
  if (mark === undefined) return { ms: since() };
  if (found === undefined) throw new Error(`${file} ${args[0]}: ended without its mark: ${text.slice(-300)}`);
  if (whenMarked !== undefined) {
    await whenMarked(text);
    found = { ...found, more: since(), ...costOf(child.pid) };
  }
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await ended;
  clearTimeout(impatient);
  return found;
}

/** A process and its children: nanoseconds on a processor (the scheduler's own count), and the most memory that each has had. */
export function costOf(pid) {
  let ns = 0;
  let kib = 0;
  for (const one of family(pid)) {
    try {
      for (const task of readdirSync(`/proc/${one}/task`))
        ns += Number(readFileSync(`/proc/${one}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
      kib += Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  }
  return { cpuMs: ns / 1e6, peakMiB: kib / 1024 };
}

function family(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => family(Number(child))))];
  } catch {
    return [pid];
  }
}
