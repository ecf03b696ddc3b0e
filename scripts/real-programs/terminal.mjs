// One program in a pseudo-terminal (`script`, of util-linux): what it shows, what is typed, how it ends.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const quote = (word) => `'${word.replaceAll("'", `'\\''`)}'`;

/** @returns what a person at that terminal sees and can do; `ended` tells the exit status and when, in milliseconds since the start */
export function startInTerminal(argv, { env, cwd }) {
  const started = performance.now();
  // A wide one: nothing that is looked for is wrapped.
  const line = `stty cols 2000; echo "[pid $$]"; exec ${argv.map(quote).join(' ')}`;
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    env: { ...env, SHELL: '/bin/sh', TERM: 'xterm-256color' },
    cwd,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let output = '';
  const watchers = new Set();
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
    for (const watch of watchers) watch();
  });
  child.stdin.on('error', () => undefined);
  let end;
  const ended = new Promise((resolve) => {
    child.once('close', (status) => {
      end = { status, afterMs: performance.now() - started };
      resolve(end);
    });
  });

  return {
    ended,
    get end() {
      return end;
    },
    /** As sent, without the first line, which is ours. */
    get output() {
      return output.replace(/^\[pid \d+\]\r?\n/, '');
    },
    type: (text) => void child.stdin.write(text),
    /** The first match of what is shown without escape sequences; undefined when it ends or the time is up before. */
    async shows(pattern, withinMs) {
      const look = () => pattern.exec(plain(output));
      return await new Promise((resolve) => {
        const settle = (found) => {
          clearTimeout(timer);
          watchers.delete(watch);
          resolve(found);
        };
        const watch = () => {
          const found = look();
          if (found) settle(found);
        };
        const timer = setTimeout(settle, withinMs);
        watchers.add(watch);
        ended.then(() => settle(look() ?? undefined));
        watch();
      });
    },
    /** The program's own process. */
    pid: () => pidIn(output),
    /** User and system time so far of everything in the terminal's session. */
    processorMs: () => processorMs(pidIn(output)),
    /** Ends the program and what it started in its session: by the number that its own shell told. */
    async kill() {
      const pid = pidIn(output);
      if (end === undefined && pid > 1) {
        try {
          process.kill(-pid, 'SIGKILL');
        } catch {}
      }
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const pidIn = (output) => Number(/\[pid (\d+)\]/.exec(output)?.[1]);

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

/** @see proc(5): of `/proc/<pid>/stat`, after the name: session (4th), utime, stime, cutime, cstime (12th to 15th) */
function processorMs(session) {
  let ticks = 0;
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      if (fields[3] === session) ticks += fields[11] + fields[12] + fields[13] + fields[14];
    } catch {
      // It has ended meanwhile.
    }
  }
  return ticks * TICK_MS;
}

/** Without escape sequences and carriage returns. */
export function plain(text) {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
      .replace(/\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b[@-_]/g, '')
      .replaceAll('\r', '')
  );
}
